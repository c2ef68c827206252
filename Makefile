# Two commands on a fresh machine: `make run` and `make test`. Everything else is for who works on it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
.DEFAULT_GOAL := help

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

$(STAMP): requirements.txt tests/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed; name one with PYTHON=/path/to/python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r tests/requirements.txt
	@touch $@

install: $(STAMP)

check: install  ## formatter, linter, types, import rules, spelling, Terraform format
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy functions sandbox main.py tests
	$(BIN)/lint-imports
	$(BIN)/codespell functions sandbox tests docs infra main.py README.md CHANGELOG.md
	@if command -v terraform >/dev/null; then terraform fmt -check -recursive infra; \
	  elif [ -n "$$CI" ]; then echo "terraform is not installed"; exit 1; \
	  else echo "terraform is not installed: its format was not checked"; fi

lock:  ## compile requirements.txt and tests/requirements.txt from pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header -o requirements.txt pyproject.toml
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --group test -c requirements.txt -o tests/requirements.txt pyproject.toml

.PHONY: help install check lock
