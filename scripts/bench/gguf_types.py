"""The types of a file's matrices with their numbers, most first.

Usage: gguf_types.py MODEL.gguf
"""

import collections
import sys

import gguf

tensors = gguf.GGUFReader(sys.argv[1]).tensors
types = collections.Counter(t.tensor_type.name for t in tensors if len(t.shape) > 1)
print(", ".join(f"{count} {name}" for name, count in types.most_common()))
