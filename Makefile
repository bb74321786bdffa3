# Everything happens in .venv/, made from pyproject.toml; Lean itself goes to the user's cache folder.

THEOREM ?= theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
STAMP := .venv/made-from-pyproject

export THEOREM

.PHONY: help setup prove test test-slow lint check

help:
	@echo "make setup      Python packages into .venv/, and Lean"
	@echo "make prove      prove THEOREM='$$THEOREM'"
	@echo "make test       the tests"
	@echo "make test-slow  the tests that take minutes, too"
	@echo "make lint       ruff and mypy"
	@echo "make check      lint and test: what CI runs"

setup: $(STAMP)
	$(BIN)/prover lean install

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: prover needs Python 3.11 or newer: install it, or make PYTHON=/path/to/it" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[embedded,dev]'
	@touch $@

prove: setup
	$(BIN)/prover prove --theorem "$$THEOREM"

test: setup
	$(BIN)/pytest

test-slow: setup
	$(BIN)/pytest -m "slow or not slow"

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

check: lint test
