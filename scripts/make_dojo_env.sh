#!/usr/bin/env bash
# Make an environment with LeanDojo (450 MB, most of it Ray) for --engine dojo: scripts/make_dojo_env.sh [FOLDER]
# Without FOLDER it goes where prover looks. PYTHON names the Python to make it with (3.9 to 3.12).
set -euo pipefail

case "$(uname)" in
    Darwin) cache="$HOME/Library/Caches" ;;
    *) cache="${XDG_CACHE_HOME:-$HOME/.cache}" ;;
esac
folder="${1:-${PROVER_HOME:-$cache/prover}/lean-dojo}"
python="$folder/bin/python"

"${PYTHON:-python3}" -m venv "$folder"
# 2.2.0 traces what its Dojo can run tactics in, Lean 4.11 and older; Python 3.12 takes 4.20.0 only, which does not.
"$python" -m pip install --quiet 'lean-dojo==2.2.0; python_version < "3.12"' 'lean-dojo==4.20.0; python_version >= "3.12"'
"$python" -c '
import importlib.metadata, sys, lean_dojo
print("LeanDojo", importlib.metadata.version("lean-dojo"), "in Python", sys.version.split()[0])'
echo "ready: prover prove --engine dojo (PROVER_DOJO_PYTHON=$python, where it is not the usual folder)"
