#!/usr/bin/env bash
# Choose the newest versions that pyproject.toml allows, of all that `make` installs, for each Python: locks/VERSION.txt
# They hold for every platform. torch is held at the version that vLLM asks for, too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools="$(mktemp -d)"
trap 'rm -r "$tools"' EXIT
"${PYTHON:-python3}" -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check uv
echo "torch==2.13.0" > "$tools/held.txt"
for version in 3.11 3.12 3.13 3.14; do
    "$tools/bin/uv" pip compile pyproject.toml --quiet --no-config --universal --python-version "$version" \
        --extra embedded --extra native --extra train --extra chat --extra service --extra cluster --extra dev --group build --constraint "$tools/held.txt" \
        --upgrade --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
        --output-file "locks/$version.txt"
done
