#!/usr/bin/env bash
# Resolves pyproject.toml into requirements/*.lock: scripts/lock.sh UV
#
# runtime and dev carry the hashes of every platform's files. training does not: its torch comes from
# PyTorch's own index where the processor-only build lives, and that build's files differ from PyPI's.
set -euo pipefail
cd "$(dirname "$0")/.."

resolve=("$1" pip compile --quiet --upgrade --python-version 3.11 --no-annotate --no-header
  --override requirements/left-out.txt pyproject.toml requirements/server.in)

"${resolve[@]}" --universal --generate-hashes -o requirements/runtime.lock
"${resolve[@]}" --universal --generate-hashes -c requirements/runtime.lock --extra dev -o requirements/dev.lock
{
  echo "--extra-index-url https://download.pytorch.org/whl/cpu"
  "${resolve[@]}" --python-platform x86_64-unknown-linux-gnu -c requirements/runtime.lock --extra training |
    grep -vE '^(nvidia-|cuda-|triton)'
} > requirements/training.lock
