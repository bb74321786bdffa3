#!/bin/sh
# Install this checkout with some of its extras into a virtual environment: scripts/install.sh PYTHON EXTRAS
# Versions are those of the lock for that Python; a Python newer than all locks gets the newest one.
set -eu
cd "$(dirname "$0")/.."
python="$1"
extras="$2"

version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
lock="locks/$version.txt"
if [ ! -f "$lock" ]; then
    lock="$(ls locks/*.txt | sort -V | tail -n 1)"
    echo "There is no lock for Python $version: taking $lock. If that fails, choose an older one with make PYTHON=..." >&2
fi
install() { "$python" -m pip install --quiet --disable-pip-version-check -c "$lock" "$@"; }
echo "installing prover with $extras into $(dirname "$(dirname "$python")"), versions of $lock: this downloads what is missing"
install hatchling editables
install --no-build-isolation -e ".[$extras]"
