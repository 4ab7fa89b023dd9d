"""Speed of llama.cpp through its C API, one JSON object on stdout.

Usage: llama_cpp_speed.py COMMAND MODEL.gguf THREADS [NUMBERS]

  tune     PROMPT ANSWER SEQUENCES            its best settings for that work
  speed    PROMPT ANSWER SEQUENCES RUNS SETTINGS
           tokens per second of the prompts, of the answers and of all together
  first    PROMPT                             seconds from loading to the first token
  busy     PROMPT LONG SETTINGS               seconds to the first token of a short prompt, alone
           and behind a long one
  quantize OUT TYPE                           the model in another format (THREADS as everywhere)

Only calls into the library are timed: no sampling, no text, any token follows any other. That
favours llama.cpp, as ours is timed with sampling and with the way through its queue.
"""

import ctypes
import itertools
import json
import statistics
import sys
import time

import llama_cpp as lib

# What has an influence on speed: flash attention, tokens of a micro-batch, one cache for all
# sequences or one for each.
CHOICES = [dict(flash=flash, ubatch=ubatch, unified=False)
           for flash, ubatch in itertools.product([0, 1], [128, 512])]


@lib.llama_log_callback
def quiet(_level, _text, _data):
    """llama.cpp writes thousands of lines."""


def load(path):
    params = lib.llama_model_default_params()
    model = lib.llama_model_load_from_file(path.encode(), params)
    if not model:
        sys.exit(f"llama.cpp cannot load {path}")
    return model


class Context:
    """A context with `sequences` of at most `length` tokens."""

    def __init__(self, model, threads, length, sequences, settings):
        params = lib.llama_context_default_params()
        params.n_ctx = (length + 255) // 256 * 256 * sequences
        params.n_batch = max(512, length * sequences)
        params.n_ubatch = settings["ubatch"]
        params.n_seq_max = sequences
        params.n_threads = params.n_threads_batch = threads
        params.flash_attn_type = settings["flash"]
        params.kv_unified = settings["unified"]
        self.context = lib.llama_init_from_model(model, params)
        if not self.context:
            sys.exit(f"llama.cpp takes no {settings}")
        self.memory = lib.llama_get_memory(self.context)
        self.batch = lib.llama_batch_init(params.n_batch, 0, 1)
        self.vocab = lib.llama_vocab_n_tokens(lib.llama_model_get_vocab(model))
        self.sequences = sequences

    def close(self):
        lib.llama_batch_free(self.batch)
        lib.llama_free(self.context)

    def clear(self):
        lib.llama_memory_clear(self.memory, False)

    def fill(self, tokens):
        """Fills the batch with (sequence, position, wants logits)."""
        batch = self.batch
        for i, (sequence, position, logits) in enumerate(tokens):
            # The same ids as `lyceum bench` takes.
            batch.token[i] = (position * 7919 + sequence * 104729 + 13) % self.vocab
            batch.pos[i] = position
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = sequence
            batch.logits[i] = logits
        batch.n_tokens = len(tokens)

    def decode(self):
        if lib.llama_decode(self.context, self.batch) != 0:
            sys.exit("llama_decode failed")
        lib.llama_get_logits_ith(self.context, self.batch.n_tokens - 1)

    def prompts(self, length):
        self.fill([(s, i, i == length - 1) for s in range(self.sequences) for i in range(length)])
        start = time.perf_counter()
        self.decode()
        return time.perf_counter() - start

    def answers(self, after, length):
        """The first token of an answer comes with the prompt, so one step less."""
        took = 0.0
        for position in range(after, after + length - 1):
            self.fill([(s, position, 1) for s in range(self.sequences)])
            start = time.perf_counter()
            self.decode()
            took += time.perf_counter() - start
        return took


def tune(model, threads, prompt, answer, sequences):
    choices = CHOICES
    if sequences > 1:
        choices = [dict(c, unified=u) for c in CHOICES for u in (False, True)]
    elif prompt > 2000:  # takes a minute each, for a decode that knows no micro-batch
        choices = [c for c in CHOICES if c["ubatch"] == 512]
    steps = min(answer, 9)
    times = []
    for choice in choices:
        context = Context(model, threads, prompt + answer, sequences, choice)
        times.append((context.prompts(prompt), context.answers(prompt, steps)))
        context.close()
    best = [min(range(len(choices)), key=lambda i: times[i][phase]) for phase in (0, 1)]
    whole = [p + a * answer / steps for p, a in times]
    return {"prefill": choices[best[0]], "decode": choices[best[1]],
            "all": choices[whole.index(min(whole))]}


def speed(model, threads, prompt, answer, sequences, runs, settings):
    def measure(settings):
        context = Context(model, threads, prompt + answer, sequences, settings)
        context.fill([(0, i, i == 31) for i in range(32)])
        context.decode()  # pages of the model and the cache are touched
        times = []
        for _ in range(runs):
            context.clear()
            times.append((context.prompts(prompt), context.answers(prompt, answer)))
        context.close()
        return times

    by = {}
    for name in settings:
        key = json.dumps(settings[name], sort_keys=True)
        by.setdefault(key, measure(settings[name]))
    times = {name: by[json.dumps(settings[name], sort_keys=True)] for name in settings}
    result = {"layer_parameters": layer_parameters(model),
              "weight_bytes": lib.llama_model_size(model),
              "kv_bytes_per_token": kv_bytes(model)}
    if "prefill" in times:
        result["prefill_tokens_per_s"] = (
            prompt * sequences / statistics.median(p for p, _ in times["prefill"]))
    if "decode" in times:
        result["decode_tokens_per_s"] = (
            (answer - 1) * sequences / statistics.median(a for _, a in times["decode"]))
    if "all" in times:
        result["generated_tokens_per_s"] = (
            answer * sequences / statistics.median(p + a for p, a in times["all"]))
    return result


def layer_parameters(model):
    """Of the matrices that every token of a prompt goes through: all but the embedding."""
    vocab = lib.llama_vocab_n_tokens(lib.llama_model_get_vocab(model))
    return lib.llama_model_n_params(model) - vocab * lib.llama_model_n_embd(model)


def kv_bytes(model):
    """Of a token's keys and values in f16."""
    head = lib.llama_model_n_embd(model) // lib.llama_model_n_head(model)
    return 2 * 2 * head * lib.llama_model_n_head_kv(model) * lib.llama_model_n_layer(model)


def first(path, threads, prompt):
    """From loading to the first token; starting Python is not counted."""
    start = time.perf_counter()
    model = load(path)
    settings = dict(flash=1, ubatch=512, unified=False)
    context = Context(model, threads, 512, 1, settings)
    text = prompt.encode()
    tokens = (lib.llama_token * 64)()
    vocab = lib.llama_model_get_vocab(model)
    count = lib.llama_tokenize(vocab, text, len(text), tokens, 64, True, False)
    batch = lib.llama_batch_get_one(tokens, count)
    if lib.llama_decode(context.context, batch) != 0:
        sys.exit("llama_decode failed")
    sampler = lib.llama_sampler_init_greedy()
    lib.llama_sampler_sample(sampler, context.context, -1)
    return {"first_token_s": time.perf_counter() - start}


def busy(model, threads, prompt, long, settings):
    """The long prompt goes in micro-batches, in the order of arrival, as in llama-server."""
    context = Context(model, threads, long + prompt, 2, settings)
    length = settings["ubatch"]

    def chunk(sequence, first, last, end):
        context.fill([(sequence, i, i == end - 1) for i in range(first, last)])
        context.decode()

    chunk(0, 0, 32, 32)
    context.clear()
    start = time.perf_counter()
    chunk(1, 0, prompt, prompt)
    alone = time.perf_counter() - start
    context.clear()
    start = time.perf_counter()
    for first in range(0, long, length):
        chunk(0, first, min(first + length, long), long)
    chunk(1, 0, prompt, prompt)
    return {"alone_s": alone, "long_then_short_s": time.perf_counter() - start}


def quantize(path, threads, out, kind):
    params = lib.llama_model_quantize_default_params()
    params.nthread = threads
    params.ftype = getattr(lib, f"LLAMA_FTYPE_{kind}")
    params.allow_requantize = True
    status = lib.llama_model_quantize(path.encode(), out.encode(), ctypes.byref(params))
    if status != 0:
        sys.exit(f"llama_model_quantize failed ({status})")
    return {"out": out}


def main():
    lib.llama_log_set(quiet, ctypes.c_void_p(0))
    command, path, threads, *rest = sys.argv[1:]
    threads = int(threads)
    if command == "quantize":
        result = quantize(path, threads, *rest)
    elif command == "first":
        result = first(path, threads, *rest)
    elif command == "tune":
        result = tune(load(path), threads, *map(int, rest))
    elif command == "speed":
        result = speed(load(path), threads, *map(int, rest[:4]), json.loads(rest[4]))
    elif command == "busy":
        result = busy(load(path), threads, int(rest[0]), int(rest[1]), json.loads(rest[2]))
    else:
        sys.exit(__doc__)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
