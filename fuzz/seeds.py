"""Writes fuzz/seeds/: small valid inputs for each target.

    python fuzz/seeds.py        (needs numpy, gguf and safetensors)
"""

import json
from pathlib import Path

import gguf
import numpy as np
from safetensors.numpy import save

SEEDS = Path(__file__).parent / "seeds"
MODELS = Path(__file__).parent.parent / "fixtures/models"
GGUF_FILES = Path(__file__).parent.parent / "fixtures/gguf"

BLOCK = {
    "llama": {"attn_norm": 8, "attn_q": (8, 8), "attn_k": (4, 8), "attn_v": (4, 8),
              "attn_output": (8, 8), "ffn_norm": 8, "ffn_gate": (4, 8), "ffn_up": (4, 8),
              "ffn_down": (8, 4)},
    "gpt2": {"attn_norm": 8, "attn_qkv": (24, 8), "attn_output": (8, 8), "ffn_norm": 8,
             "ffn_up": (4, 8), "ffn_down": (8, 4)},
}
BLOCK["gptneox"] = BLOCK["gpt2"]


def main():
    for target in ("gguf", "safetensors", "checkpoint_config", "tokenizer_json",
                   "chat_template", "vocabulary"):
        (SEEDS / target).mkdir(parents=True, exist_ok=True)
    for name in ("types-v2.gguf", "types-v3.gguf"):
        (SEEDS / "gguf" / name).write_bytes((GGUF_FILES / name).read_bytes())
    tensors = {"a": np.ones((2, 3), np.float32), "b": np.ones(4, np.float16),
               "c": np.ones(2, np.int64), "d": np.ones((0, 2), np.float32)}
    (SEEDS / "safetensors/four").write_bytes(save(tensors, metadata={"format": "pt"}))
    (SEEDS / "safetensors/none").write_bytes(save({}))
    for config in MODELS.glob("*/config.json"):
        text = json.dumps(json.loads(config.read_text()))
        (SEEDS / "checkpoint_config" / f"{config.parent.name}.json").write_text(text)
    for architecture in BLOCK:
        model(SEEDS / "checkpoint_config" / f"{architecture}.gguf", architecture)
    for kind in ("gpt2", "llama", "t5"):
        vocabulary(SEEDS / "vocabulary" / f"{kind}.gguf", kind)
    for name, value in tokenizers().items():
        (SEEDS / "tokenizer_json" / name).write_bytes(json.dumps(value).encode() + b"\0ab a b")
    for name, text in TEMPLATES.items():
        (SEEDS / "chat_template" / name).write_text(text)


def model(path, architecture, tokenizer=None):
    """One block of width 8, two heads, three tokens."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(16)
    writer.add_embedding_length(8)
    writer.add_block_count(1)
    writer.add_head_count(2)
    writer.add_feed_forward_length(4)
    if architecture == "llama":
        writer.add_head_count_kv(1)
        writer.add_layer_norm_rms_eps(1e-5)
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(4.0)
        writer.add_rope_scaling_orig_ctx_len(8)
    else:
        writer.add_layer_norm_eps(1e-5)
    if architecture == "gptneox":
        writer.add_rope_dimension_count(2)
    if tokenizer:
        tokenizer(writer)

    def add(name, shape):
        writer.add_tensor(f"{name}.weight", np.full(shape, 0.5, np.float32))
        if architecture != "llama" and "embd" not in name and name != "output":
            bias = shape if isinstance(shape, int) else shape[0]
            writer.add_tensor(f"{name}.bias", np.full(bias, 0.5, np.float32))

    add("token_embd", (3, 8))
    add("output_norm", 8)
    if architecture == "gpt2":
        add("position_embd", (16, 8))
    if architecture == "gptneox":
        add("output", (3, 8))
    for name, shape in BLOCK[architecture].items():
        add(f"blk.0.{name}", shape)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def vocabulary(path, kind):
    def describe(writer):
        writer.add_tokenizer_model(kind)
        if kind == "gpt2":
            writer.add_tokenizer_pre("smollm")
            tokens = ["<s>", "a", "b", "ab", "\u0120", "\u0120a", "1"]
            types = [3, 1, 1, 1, 1, 1, 1]
            writer.add_token_merges(["a b", "\u0120 a"])
        else:
            tokens = ["<unk>", "<s>", "</s>", "<0x0A>", "\u2581", "a", "b", "ab", "\u2581a"]
            types = [2, 3, 3, 6, 1, 1, 1, 1, 1]
            writer.add_token_scores([0.0, 0.0, 0.0, 0.0, -4.0, -3.0, -5.0, -1.0, -2.0])
            writer.add_unk_token_id(0)
        writer.add_token_list(tokens)
        writer.add_token_types(types)
        writer.add_bos_token_id(1)
        writer.add_eos_token_id(2)
        writer.add_add_space_prefix(True)

    model(path, "llama", describe)


def tokenizers():
    bpe = {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "\u0120": 3}, "merges": ["a b"]}
    added = [{"id": 4, "content": "<s>", "special": True, "normalized": False,
              "single_word": False, "lstrip": False, "rstrip": False}]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
    split = {"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}|\\s+(?!\\S)"},
             "behavior": "Isolated", "invert": False}
    spm = {"type": "BPE", "vocab": {"<unk>": 0, "<0x41>": 1, "\u2581": 2, "a": 3, "\u2581a": 4},
           "merges": [["\u2581", "a"]], "unk_token": "<unk>", "byte_fallback": True,
           "fuse_unk": True}
    prepend = {"type": "Sequence", "normalizers": [
        {"type": "Prepend", "prepend": "\u2581"},
        {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]}
    strip = {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
        {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
    unigram = {"type": "Unigram", "unk_id": 0,
               "vocab": [["<unk>", 0.0], ["a", -1.0], ["\u2581a", -1.5], ["b", -2.0]]}
    metaspace = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always",
                 "split": True}
    return {
        "byte_level": {"added_tokens": added, "model": bpe, "decoder": byte_level,
                       "pre_tokenizer": {"type": "Sequence",
                                         "pretokenizers": [split, byte_level]}},
        "sentencepiece": {"added_tokens": [], "model": spm, "normalizer": prepend,
                          "decoder": strip},
        "unigram": {"added_tokens": [], "model": unigram, "normalizer": {"type": "NFKC"},
                    "pre_tokenizer": metaspace, "decoder": metaspace},
        "gpt": {"added_tokens": [], "normalizer": {"type": "BertNormalizer", "lowercase": True},
                "model": {**bpe, "end_of_word_suffix": "</w>", "unk_token": "a"},
                "pre_tokenizer": {"type": "BertPreTokenizer"},
                "decoder": {"type": "BPEDecoder", "suffix": "</w>"}},
    }


TEMPLATES = {
    "chatml": "{% for m in messages %}{{ '<|' + m['role'] + '|>' + m.content | trim }}"
              "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}",
    "macro": "{% macro f(x) %}[{{ x }}]{% endmacro %}{{ bos_token }}"
             "{% set ns = namespace(n=0) %}{% for m in messages[1:] %}{% set ns.n = ns.n + 1 %}"
             "{{ f(m.content.split(' ')[0].strip()) }}{% endfor %}{{ ns.n }}{{ eos_token }}",
    "raise": "{% if messages[0].role != 'user' %}{{ raise_exception('no') }}{% endif %}"
             "{{ strftime_now('%d %b') }}{{ messages | tojson }}",
}


if __name__ == "__main__":
    main()
