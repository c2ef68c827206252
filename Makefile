# On a fresh machine: `make run` shows it, `make demo` tells it, `make test` proves it. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

run: install  ## the product with simulated i-Reserve and Google, connected and active; Ctrl-C ends it
	@$(BIN)/python -m sandbox.run

demo: install  ## the same as a story over real sockets; exit 0 only if every step held (BACKEND=cloud: as in the cloud)
	@$(BIN)/python -m sandbox.demo

test: install-tests  ## every test; what a machine lacks is installed where that is allowed, else said (CI=true: nothing is skipped)
	@sh tests/system.sh
	$(BIN)/pytest -n auto --dist loadfile

check: install-tests  ## formatter, linter, types, import rules, spelling, Terraform format
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy functions sandbox main.py tests docs
	$(BIN)/lint-imports
	$(BIN)/codespell functions sandbox tests docs infra main.py README.md CHANGELOG.md
	@if command -v terraform >/dev/null; then terraform fmt -check -recursive infra; \
	  elif [ -n "$$CI" ]; then echo "terraform is not installed"; exit 1; \
	  else echo "terraform is not installed: its format was not checked"; fi

bench: install-tests $(VENV)-bench/.installed  ## the benchmarks, as ratios (some of them: ONLY="lag rate")
	@$(BIN)/python -m tests.bench.bench $(foreach name,$(ONLY),--only $(name))

# what the product is measured beside has a place of its own; the product never needs it
$(VENV)-bench/.installed: tests/bench/requirements.txt
	@rm -rf $(VENV)-bench && $(PYTHON) -m venv $(VENV)-bench && $(VENV)-bench/bin/pip install -qq \
	  --disable-pip-version-check --require-hashes -r tests/bench/requirements.txt && touch $@ || \
	  { rm -rf $(VENV)-bench; echo "gcal_sync could not be installed: it is not measured beside the product"; }

lock:  ## compile requirements.txt and tests/requirements.txt from pyproject.toml (needs uv)
	uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header -o requirements.txt pyproject.toml
	uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --group test -c requirements.txt -o tests/requirements.txt pyproject.toml
	echo gcal-sync | uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header -o tests/bench/requirements.txt -

install: $(VENV)/.installed
install-tests: $(VENV)/.installed-tests

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed; name one with PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/.installed: requirements.txt | $(BIN)/python
	@echo "Installing the libraries of requirements.txt into $(VENV) …"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installed-tests: requirements.txt tests/requirements.txt | $(BIN)/python
	@echo "Installing the libraries of requirements.txt and tests/requirements.txt into $(VENV) …"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt -r tests/requirements.txt
	@touch $@ $(VENV)/.installed

.PHONY: help run demo test check bench lock install install-tests
