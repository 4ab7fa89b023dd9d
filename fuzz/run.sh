#!/bin/sh
# Fuzzes targets, by default all, for some seconds each:
#   fuzz/run.sh SECONDS [TARGET...]
# cargo-fuzz must be on the PATH.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:?usage: fuzz/run.sh SECONDS [TARGET...]}
shift
[ $# -gt 0 ] || set -- gguf safetensors checkpoint_config tokenizer_json chat_template vocabulary tool_call
for target; do
    mkdir -p "fuzz/corpus/$target"
    cargo +nightly fuzz run "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time="$seconds" -rss_limit_mb=1024 -malloc_limit_mb=256 \
        -max_len=65536 -timeout=10 -print_final_stats=1
done
