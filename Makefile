# Everything happens in .venv/, made from pyproject.toml and the versions in locks/; Lean itself goes to the user's
# cache folder.

THEOREM ?= theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
PROVING := .venv/made-for-proving
TESTING := .venv/made-for-testing
NEWEST := .venv-newest
# Two at a time, each test file in one process: more would compete with the engines for two cores.
PYTEST := $(BIN)/pytest -n 2 --dist loadfile
LOCKS := $(wildcard locks/*.txt)
# The tests of what prover does with other people's libraries, for test-newest.
LIBRARY_TESTS := $(wildcard tests/test_transformers.py tests/test_value.py tests/test_model_commands.py \
	tests/test_training_*.py tests/test_train_command.py tests/test_shipped.py tests/test_cli.py tests/test_prove.py \
	tests/test_evaluate.py tests/test_export.py tests/test_server.py tests/test_install.py tests/test_native_setup.py \
	tests/test_http_*.py tests/test_mcp.py tests/test_rewards.py tests/test_run_page.py tests/test_whole_proof.py \
	tests/test_formalize.py tests/test_paid_once.py tests/test_cluster.py tests/test_cluster_chat.py)

export THEOREM

.PHONY: help setup prove test test-long test-all test-slow test-newest lock lint check lint-and-setup

help:
	@echo "make setup        Python packages into .venv/, and Lean"
	@echo "make prove        prove THEOREM='$$THEOREM'"
	@echo "make test         the tests"
	@echo "make test-all     these, and those that take longer"
	@echo "make test-slow    the tests that take many minutes, too"
	@echo "make test-newest  the tests of what stands on other packages, with the newest of them, in $(NEWEST)/"
	@echo "make lock         choose new versions of all packages: locks/"
	@echo "make lint         ruff, mypy, the layers of packages, the size of functions"
	@echo "make check        lint and test"

setup: $(PROVING)
	$(BIN)/prover lean install

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "error: prover needs Python 3.11 or newer: install it, or make PYTHON=/path/to/it" >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(PROVING): pyproject.toml $(LOCKS) | $(BIN)/python
	scripts/install.sh $(BIN)/python embedded
	@touch $@

$(TESTING): pyproject.toml $(LOCKS) | $(BIN)/python
	scripts/install.sh $(BIN)/python embedded,native,train,chat,service,cluster,dev
	@touch $@ $(PROVING)

prove: setup
	$(BIN)/prover prove --theorem "$$THEOREM"

test: $(TESTING) setup
	$(PYTEST)

test-long: $(TESTING) setup
	$(PYTEST) -m "long and not slow"

test-all: test test-long

test-slow: $(TESTING) setup
	$(BIN)/pytest -m ""

test-newest:
	$(PYTHON) -m venv --clear $(NEWEST)
	$(NEWEST)/bin/python scripts/newest.py > $(NEWEST)/packages.txt
	$(NEWEST)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade -r $(NEWEST)/packages.txt
	$(NEWEST)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	$(NEWEST)/bin/python -m pip freeze --exclude-editable
	$(NEWEST)/bin/prover lean install
	$(NEWEST)/bin/pytest -n 2 --dist loadfile -m "not slow" $(LIBRARY_TESTS)

lock:
	PYTHON="$(PYTHON)" scripts/lock.sh

lint: $(TESTING)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_functions.py

check: lint-and-setup test

# Each keeps one core busy for more than a minute.
lint-and-setup: $(TESTING)
	$(MAKE) --jobs=2 lint setup
