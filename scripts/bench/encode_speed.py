"""How fast a peer encodes a text on one thread, as one JSON object.

Usage: encode_speed.py tiktoken|tokenizers MODEL.gguf TEXT
       encode_speed.py text BOOKS.tar.xz OUT   writes twenty megabytes of English

The vocabulary is the model's, so that the ids can be compared. Only the split of SmolLM's
tokenizer is known here: digits one by one, then GPT-2's pattern.
"""

import json
import os
import pathlib
import sys
import sysconfig
import tarfile
import time

TEXT_BYTES = 20_000_000
RUNS = 3

# GPT-2's pattern on what lies between digits: the space before a digit is no longer followed
# by anything, so it stays with the spaces before it.
PATTERN = (r"'(?:[sdmt]|ll|ve|re)|\p{N}| ?\p{L}+| ?[^\s\p{L}\p{N}]+"
           r"|\s+(?![^\s\p{N}])|\s+")


def vocabulary(path):
    """Pieces in GPT-2's letters for bytes, and merges."""
    import gguf
    fields = gguf.GGUFReader(path).fields
    if fields["tokenizer.ggml.pre"].contents() != "smollm":
        sys.exit("only SmolLM's split is known here")
    kinds = fields["tokenizer.ggml.token_type"].contents()
    tokens = fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(m.split(" ")) for m in fields["tokenizer.ggml.merges"].contents()]
    return tokens, kinds, merges


def letters():
    """GPT-2's letter for each byte: visible ones stand for themselves."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [b for b in range(256) if b not in visible]
    return {b: chr(b) for b in visible} | {b: chr(256 + i) for i, b in enumerate(hidden)}


def tiktoken(path):
    import tiktoken
    tokens, kinds, _ = vocabulary(path)
    byte = {letter: b for b, letter in letters().items()}
    ranks = {bytes(byte[c] for c in token): id
             for id, (token, kind) in enumerate(zip(tokens, kinds)) if kind == 1}
    encoding = tiktoken.Encoding("model", pat_str=PATTERN, mergeable_ranks=ranks,
                                 special_tokens={})
    return encoding.encode_ordinary


def tokenizers(path):
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    from tokenizers import Tokenizer, models, pre_tokenizers
    tokens, _, merges = vocabulary(path)
    vocab = {token: id for id, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids


def checksum(ids):
    prime, total = 4_294_967_291, 0
    for i, id in enumerate(ids):
        total = (total + (i + 1) % prime * (id + 1)) % prime
    return total


def measure(encode, text):
    best = float("inf")
    deadline = time.perf_counter() + 20
    for _ in range(RUNS):
        start = time.perf_counter()
        ids = encode(text)
        best = min(best, time.perf_counter() - start)
        if time.perf_counter() > deadline:
            break
    return {"tokens": len(ids), "checksum": checksum(ids),
            "mb_per_s": len(text.encode()) / best / 1e6}


def english(books, out):
    """The books, or what English the standard library's sources have."""
    parts, size = [], 0

    def add(data):
        nonlocal size
        text = data.decode("utf-8", errors="replace")
        parts.append(text)
        size += len(text.encode())

    if os.path.exists(books):
        with tarfile.open(books) as archive:
            for member in archive:
                if member.isfile() and member.name.endswith(".md"):
                    add(archive.extractfile(member).read())
                if size > TEXT_BYTES:
                    break
    sources = sorted(pathlib.Path(sysconfig.get_path("stdlib")).glob("*.py"))
    while size < TEXT_BYTES:
        for source in sources:
            add(source.read_bytes())
    text = "".join(parts).encode()[:TEXT_BYTES].decode("utf-8", errors="ignore")
    pathlib.Path(out).write_text(text, encoding="utf-8", newline="")


def main():
    command, *rest = sys.argv[1:]
    if command == "text":
        english(*rest)
        print("{}")
        return
    # No line ending is translated: the other side reads bytes.
    text = pathlib.Path(rest[1]).read_bytes().decode("utf-8")
    encode = {"tiktoken": tiktoken, "tokenizers": tokenizers}[command](rest[0])
    print(json.dumps(measure(encode, text)))


if __name__ == "__main__":
    main()
