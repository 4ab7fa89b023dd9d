"""Texts per second of the embedding model in PyTorch and in ONNX Runtime.

Usage: embed_speed.py texts OUTPUT.json
       embed_speed.py PEER FOLDER TEXTS.json THREADS ROUNDS

PEER is `sentence-transformers` or `onnxruntime`. All batch sizes, and bfloat16 where
the peer has it, are tried on a part of the texts; the best setting is then measured.
Both sort by length, so that little is padded. Time runs from the texts to vectors of
length 1. Prints one JSON object:
  setting     what was best
  seconds     of each round
  vectors     of the first texts, for comparison
"""

import json
import os
import sys
import time
from pathlib import Path

THREADS = sys.argv[4] if len(sys.argv) > 4 else "1"
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = THREADS
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import numpy as np  # noqa: E402  (after the threads are set)

TRIED, SHOWN = 200, 8
BATCHES = [4, 8, 16, 32, 64, 128]


def main():
    if sys.argv[1] == "texts":
        sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fixtures"))
        from sentence_texts import sentences
        Path(sys.argv[2]).write_text(json.dumps(sentences(1000)))
        return
    peer, folder, texts, threads, rounds = sys.argv[1:]
    texts = json.loads(Path(texts).read_text())
    make = {"sentence-transformers": pytorch, "onnxruntime": onnx}[peer]
    best, encode = best_of(make(folder, int(threads)), texts[:TRIED])
    seconds = []
    for _ in range(int(rounds)):
        start = time.perf_counter()
        vectors = encode(texts)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"setting": best, "seconds": seconds,
                      "vectors": np.asarray(vectors[:SHOWN], dtype=float).tolist()}))


def best_of(settings, texts):
    def timed(encode, texts):
        start = time.perf_counter()
        encode(texts)
        return time.perf_counter() - start
    quickest, measured = float("inf"), []
    for name, encode in settings:
        encode(texts[:SHOWN])
        # What is far behind on a few texts, as bfloat16 where processors lack it, is not best.
        few = timed(encode, texts[:32])
        quickest = min(quickest, few)
        if few <= 2 * quickest:
            measured.append((timed(encode, texts), name, encode))
    _, name, encode = min(measured, key=lambda m: m[0])
    return name, encode


def pytorch(folder, threads):
    import torch
    from sentence_transformers import SentenceTransformer
    torch.set_num_threads(threads)
    folder = as_published(folder)
    for dtype in ["float32", "bfloat16"]:
        model = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": dtype})
        for batch in BATCHES:
            yield f"{dtype}, batches of {batch}", (
                lambda texts, model=model, batch=batch: model.encode(
                    texts, batch_size=batch, show_progress_bar=False, convert_to_tensor=True,
                    normalize_embeddings=True).float().numpy())


def as_published(folder):
    """The same files where sentence-transformers looks for them: ours lie side by side."""
    pooling = Path(folder) / "1_Pooling.config.json"
    if not pooling.exists():
        return folder
    copy = Path(sys.argv[3]).with_name("sentence-transformers")
    (copy / "1_Pooling").mkdir(parents=True, exist_ok=True)
    for file in Path(folder).iterdir():
        to = copy / ("1_Pooling/config.json" if file == pooling else file.name)
        to.unlink(missing_ok=True)
        to.symlink_to(file.resolve())
    return str(copy)


def onnx(folder, threads):
    import onnxruntime
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(exported(folder), options,
                                           providers=["CPUExecutionProvider"])

    def encode(texts, batch):
        rows = [e.ids for e in tokenizer.encode_batch(texts)]
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
        out = np.empty((len(rows), 384), np.float32)
        for start in range(0, len(order), batch):
            some = order[start:start + batch]
            width = len(rows[some[0]])
            ids = np.zeros((len(some), width), np.int64)
            mask = np.zeros_like(ids)
            for at, i in enumerate(some):
                ids[at, :len(rows[i])] = rows[i]
                mask[at, :len(rows[i])] = 1
            (hidden,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
            kept = mask[..., None].astype(np.float32)
            mean = (hidden * kept).sum(1) / kept.sum(1)
            out[some] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return out

    for batch in [1, 2, *BATCHES]:
        yield f"batches of {batch}", lambda texts, batch=batch: encode(texts, batch)


def exported(folder):
    """The model as ONNX, with the fusions that ONNX Runtime has for BERT."""
    path = Path(sys.argv[3]).with_name("embedder.onnx")
    if path.exists():
        return str(path)
    import torch
    import transformers
    from onnxruntime.transformers import optimizer
    model = transformers.AutoModel.from_pretrained(folder, attn_implementation="eager").eval()

    class Hidden(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, input_ids, attention_mask):
            return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    ids = torch.randint(1000, 2000, (2, 9))
    axes = {0: "batch", 1: "tokens"}
    plain = str(path.with_suffix(".plain.onnx"))
    torch.onnx.export(Hidden(), (ids, torch.ones_like(ids)), plain, dynamo=False,
                      input_names=["input_ids", "attention_mask"], output_names=["hidden"],
                      dynamic_axes={"input_ids": axes, "attention_mask": axes, "hidden": axes},
                      opset_version=17)
    fused = optimizer.optimize_model(plain, model_type="bert", num_heads=12, hidden_size=384,
                                     opt_level=1)
    fused.save_model_to_file(str(path))
    print(fused.get_fused_operator_statistics(), file=sys.stderr)
    return str(path)


if __name__ == "__main__":
    main()
