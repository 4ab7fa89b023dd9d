"""200 log-likelihood requests as lm-evaluation-harness sends them, against transformers.

Usage: loglikelihood.py MODEL.gguf CACHE

`local-completions` asks for token ids to be echoed with their log-probabilities
and for one more token, and reads `token_logprobs[context:-1]` and whether each is
the largest of its `top_logprobs`. The texts are HellaSwag's where it lies beside
the repository (50 questions, 4 endings each), else passages of Python's own
documentation, cut in two. transformers computes on the weights that the file
holds (../fixtures/reference.py), once; its results are kept in the folder CACHE.

The server at LYCEUM_EXACT_URL computes with activations and cache in f32, and
must agree within 1e-3 on every token. What the default, faster mode costs is
printed.
"""

import bz2
import hashlib
import json
import os
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
HELLASWAG = ROOT.parent / "shared/data/eval/hellaswag_val_full.txt.bz2"
QUESTIONS, ENDINGS = 50, 4
REQUESTS = QUESTIONS * ENDINGS
SOME = 10 * ENDINGS  # of them in the default mode
CLOSE = 1e-3

sys.path.insert(0, str(ROOT / "scripts/fixtures"))


def main():
    model, cache = map(Path, sys.argv[1:])
    pairs, want = wanted(model, cache)
    started = time.monotonic()
    exact = asked(os.environ["LYCEUM_EXACT_URL"], "smollm2-135m-instruct", pairs)
    seconds = time.monotonic() - started
    wrong = sum(not agrees(got, one, context)
                for got, one, (context, _) in zip(exact, want, pairs))
    print(f"f32: {compared(exact, want, pairs)}")
    default = asked(os.environ["OPENAI_BASE_URL"], "ada", pairs[:SOME])
    print(f"default: {compared(default, want[:SOME], pairs[:SOME])}")
    print(f"{wrong} failed, {REQUESTS - wrong} passed in {seconds:.1f}s")
    sys.exit(wrong > 0)


def asked(url, name, pairs):
    """The answers' log-probabilities, asked four at a time."""
    def ask(pair):
        context, ending = pair
        body = {"model": name, "prompt": [context + ending], "max_tokens": 1, "logprobs": 1,
                "echo": True, "temperature": 0, "seed": 1234}
        request = urllib.request.Request(url + "/completions", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=300) as answer:
            return json.load(answer)["choices"][0]["logprobs"]

    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(ask, pairs))


def agrees(got, want, context):
    """Whether one answer is what transformers computes, as the harness reads it."""
    logprobs, greedy = want
    ours = got["token_logprobs"]
    if len(ours) != len(logprobs) + 2 or ours[0] is not None:
        return False  # the first token has none, and one more was asked for
    if np.abs(np.array(ours[1:-1]) - logprobs).max() > CLOSE:
        return False
    largest = [token == max(top.values()) for token, top in
               zip(ours[len(context):-1], got["top_logprobs"][len(context):-1])]
    clear = greedy[len(context) - 1:]
    return all(ours == theirs for ours, theirs in zip(largest, clear) if theirs is not None)


def compared(got, want, pairs):
    differences = np.concatenate([np.abs(np.array(one["token_logprobs"][1:-1]) - logprobs)
                                  for one, (logprobs, _) in zip(got, want)])
    ours = [sum(one["token_logprobs"][len(context):-1]) for one, (context, _) in zip(got, pairs)]
    theirs = [logprobs[len(context) - 1:].sum()
              for (logprobs, _), (context, _) in zip(want, pairs)]
    choices = [np.reshape(sums, (-1, ENDINGS)).argmax(1) for sums in (ours, theirs)]
    same = int((choices[0] == choices[1]).sum())
    return (f"{len(differences)} tokens, largest difference {differences.max():.2e}, "
            f"mean {differences.mean():.2e}, {same} of {len(choices[0])} choices the same")


def wanted(model, cache):
    """Pairs of context and ending, and for each what transformers computes."""
    sources = [Path(__file__), ROOT / "scripts/fixtures/reference.py", model]
    sources += [HELLASWAG] if HELLASWAG.exists() else []
    key = hashlib.sha256(b"".join(hashlib.sha256(p.read_bytes()).digest() for p in sources))
    file = cache / f"loglikelihood-{key.hexdigest()[:16]}.json"
    if not file.exists():
        print("   transformers computes, once, which takes a minute or two")
        pairs, want = computed(model)
        partial = file.with_suffix(f".{os.getpid()}.partial")
        cache.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps([pairs, want]))
        partial.rename(file)
    pairs, want = json.loads(file.read_text())
    return pairs, [(np.array(logprobs), greedy) for logprobs, greedy in want]


def computed(path):
    import gguf
    import reference
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    reader = gguf.GGUFReader(path)
    meta = {name: field.contents() for name, field in reader.fields.items()
            if not name.startswith("GGUF.")}
    model = reference.load(reader, meta)
    pairs = texts(reference, reference.tokenizer(meta))
    want = []
    with torch.no_grad():
        for at in range(0, REQUESTS, ENDINGS):
            rows = [torch.tensor(context + ending) for context, ending in pairs[at:at + ENDINGS]]
            # What stands behind a row's end does not reach back into it.
            padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
            for ids, logits in zip(rows, model(padded).logits):
                logits = logits[:len(ids) - 1]
                norm = logits.double().logsumexp(-1)
                taken = logits.gather(1, ids[1:, None])[:, 0] - norm
                first, second = (logits.topk(2).values - norm[:, None]).T
                # Where two tokens are as likely, either may come out first.
                clear = first - second > 2 * CLOSE
                greedy = [bool(t == f) if c else None for t, f, c in zip(taken, first, clear)]
                want.append((taken.tolist(), greedy))
    return pairs, want


def texts(reference, encoder):
    def encode(text):
        return encoder.encode(text).ids

    if HELLASWAG.exists():
        lines = bz2.decompress(HELLASWAG.read_bytes()).decode().splitlines()
        return [(encode(lines[at]), encode(" " + ending))
                for at in range(0, 6 * QUESTIONS, 6) for ending in lines[at + 2:at + 6]]
    rows = reference.encode_texts(encoder).tolist()
    pieces = [row[at:at + 60] for row in rows for at in range(0, 200, 20) if at <= 140]
    pieces += [row[:90] for row in rows] + [row[100:] for row in rows]
    return [(piece[:40], piece[40:]) for piece in pieces[:REQUESTS]]


if __name__ == "__main__":
    main()
