# Everything happens in .venv/, made from pyproject.toml; Lean itself goes to the user's cache folder.

THEOREM ?= theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
PROVING := .venv/made-for-proving
TESTING := .venv/made-for-testing

export THEOREM

.PHONY: help setup prove test test-slow lint check

help:
	@echo "make setup      Python packages into .venv/, and Lean"
	@echo "make prove      prove THEOREM='$$THEOREM'"
	@echo "make test       the tests"
	@echo "make test-slow  the tests that take minutes, too"
	@echo "make lint       ruff and mypy"
	@echo "make check      lint and test: what CI runs"

setup: $(PROVING)
	$(BIN)/prover lean install

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "error: prover needs Python 3.11 or newer: install it, or make PYTHON=/path/to/it" >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(PROVING): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[embedded]'
	@touch $@

$(TESTING): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[embedded,native,train,dev]'
	@touch $@ $(PROVING)

prove: setup
	$(BIN)/prover prove --theorem "$$THEOREM"

test: $(TESTING) setup
	$(BIN)/pytest

test-slow: $(TESTING) setup
	$(BIN)/pytest -m "slow or not slow"

lint: $(TESTING)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

check: lint test
