"""Prefill and decode speed of llama.cpp, printed as `lyceum bench --json` does.

Usage: llama_cpp_speed.py MODEL.gguf THREADS PREFILL DECODE RUNS
"""

import json
import statistics
import sys
import time

import llama_cpp


def main():
    path, threads, prefill, decode, runs = sys.argv[1], *map(int, sys.argv[2:])
    llm = llama_cpp.Llama(path, n_ctx=prefill + decode + 8, n_batch=prefill, n_ubatch=prefill,
                          n_threads=threads, n_threads_batch=threads, verbose=False)
    # Any ids do; the ones that have no meaning of their own come first.
    tokens = [100 + i * 7 % 1000 for i in range(prefill)]
    prefills, decodes = [], []
    for _ in range(1 + runs):  # the first warms the caches up
        llm.reset()
        start = time.perf_counter()
        llm.eval(tokens)
        middle = time.perf_counter()
        for i in range(decode):
            llm.eval([tokens[i % prefill]])
        end = time.perf_counter()
        prefills.append(prefill / (middle - start))
        decodes.append(decode / (end - middle))
    print(json.dumps({"prefill_tokens_per_s": statistics.median(prefills[1:]),
                      "decode_tokens_per_s": statistics.median(decodes[1:])}))


if __name__ == "__main__":
    main()
