# On a fresh machine: `make run` shows it, `make demo` tells it, `make test` proves it. Each sets up what it needs.
# The newest Python that has all it takes, of one version the system's own: it was built for speed, pyenv's usually not.
# Another one by PYTHON=/path/to/python3.12.
PYTHON ?= $(shell for version in 3.14 3.13 3.12 3.11 3 3.15; do for python in /usr/bin/python$$version python$$version; do \
  $$python -c "import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 16))" 2>/dev/null && \
  { echo $$python; exit; }; done; done)
VENV := .venv
BIN := $(VENV)/bin
# A lock is complete: nothing is resolved, and what is not in it is not installed.
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes
.DEFAULT_GOAL := help

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

run: install  ## the product with simulated i-Reserve and Google, connected and active; Ctrl-C ends it
	@$(BIN)/python -m sandbox.run

demo: $(if $(filter cloud,$(BACKEND)),install-tests,install)  ## the same as a story over real sockets; exit 0 only if every step held (BACKEND=cloud: as in the cloud)
	@$(BIN)/python -m sandbox.demo

# Compiled modules are kept, because hundreds of processes load them; files are dealt longest first, then in their order
# (tests/harness/dealing.py). `auto` is three workers more than there are cores (tests/conftest.py).
test: install-tests  ## every test; what a machine lacks is installed where that is allowed, else said (CI=true: nothing is skipped)
	@sh tests/system.sh
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

check: install-tests  ## formatter, linter, types, import rules, dead code, spelling, Terraform format
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy functions sandbox main.py tests docs
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/codespell functions sandbox tests docs infra main.py README.md CHANGELOG.md
	@if command -v terraform >/dev/null; then terraform fmt -check -recursive infra; \
	  elif [ -n "$$CI" ]; then echo "terraform is not installed"; exit 1; \
	  else echo "terraform is not installed: its format was not checked"; fi

fuzz: install-tests  ## hostile requests on every route and form (so many: N=100000; others: SEED=2)
	@$(BIN)/python -m tests.attacks.storm --requests $(or $(N),100000) --seed $(or $(SEED),1)

worlds: install-tests  ## stories under one seed and one clock, with all that can go wrong (so many: N=1000; the same ones: SEED=2; SECONDS=30; PROCESSES=1; SHRINK=no)
	@$(BIN)/python -m tests.world.tell --worlds $(or $(N),100) $(if $(filter no,$(SHRINK)),,--shrink) \
	  $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(PROCESSES),--processes $(PROCESSES))

mutants: install-tests  ## change decisions one by one and see which change no test notices (N=200 SEED=1 ONLY=planning OF=application)
	@$(BIN)/python -m tests.mutants.run --of $(or $(OF),domain) --sample $(or $(N),200) --seed $(or $(SEED),1) \
	  $(if $(ONLY),--only $(ONLY)) $(if $(SECONDS),--seconds $(SECONDS))

soak: install-tests  ## real processes, random deeds, faults and kills (so long: MINUTES=20; others: SEED=2; BACKEND=cloud)
	@$(BIN)/python -m tests.soak.soak --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1) --backend $(or $(BACKEND),standalone)

bench: install-tests $(VENV)-bench/.installed  ## the benchmarks, as ratios (some of them: ONLY="lag rate")
	@$(BIN)/python -m tests.bench.bench $(foreach name,$(ONLY),--only $(name))

# what the product is measured beside has a place of its own; the product never needs it
$(VENV)-bench/.installed: tests/bench/requirements.txt
	@rm -rf $(VENV)-bench && $(PYTHON) -m venv $(VENV)-bench && $(VENV)-bench/bin/pip install -qq \
	  --disable-pip-version-check --no-deps --require-hashes -r tests/bench/requirements.txt && touch $@ || \
	  { rm -rf $(VENV)-bench; echo "gcal_sync could not be installed: it is not measured beside the product"; }

COMPILE := $(VENV)-tools/bin/uv pip compile -q --upgrade --no-strip-extras --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header
lock: install-tests $(VENV)-tools/.installed  ## take the newest releases that pyproject.toml allows, and say what changed
	@$(COMPILE) -o requirements.txt pyproject.toml
	@$(COMPILE) --group test -c requirements.txt -o tests/requirements.txt pyproject.toml
	@echo gcal-sync | $(COMPILE) -o tests/bench/requirements.txt -
	@echo pip | $(COMPILE) -o tests/locks/pip-today.txt -
	@$(BIN)/python -m tests.locks.finish $(VENV)-tools/bin/python

audit: install-tests $(VENV)-tools/.installed  ## look the locked packages up among the known vulnerabilities
	@$(BIN)/python -m tests.locks.audit $(VENV)-tools/bin/pip-audit

# the tools of whoever keeps the locks; their newest releases, so that nothing keeps them but themselves
$(VENV)-tools/.installed:
	@$(PYTHON) -m venv $(VENV)-tools && $(VENV)-tools/bin/pip install -qq --disable-pip-version-check --upgrade pip pip-audit uv
	@touch $@

install: $(VENV)/.installed
install-tests: $(VENV)/.installed-tests

$(BIN)/python:
	@if [ -z "$(PYTHON)" ] && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "Installing python3-venv …"; \
	  apt-get update >/dev/null 2>&1; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv >/dev/null; fi; true
	@$(MAKE) --no-print-directory venv

venv:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 to 3.15 with its venv module is needed (on Debian and Ubuntu: apt-get" \
	  "install python3-venv); name one that make does not find with PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 16))' || \
	  { echo "$(PYTHON) is not Python 3.11 to 3.15; name another with PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) makes no virtual environment; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/.installed: requirements.txt | $(BIN)/python
	@echo "Installing the libraries of requirements.txt into $(VENV) …"
	@$(INSTALL) -r requirements.txt
	@touch $@

# the two pips beside them are those by which the tests prove that the locks can be installed in a year
$(VENV)/.installed-tests: requirements.txt tests/requirements.txt tests/locks/pip-oldest.txt tests/locks/pip-today.txt | $(BIN)/python
	@echo "Installing the libraries of requirements.txt and tests/requirements.txt into $(VENV) …"
	@$(INSTALL) -r requirements.txt -r tests/requirements.txt
	@for age in oldest today; do rm -rf $(VENV)/pips/$$age && \
	  $(INSTALL) --target $(VENV)/pips/$$age -r tests/locks/pip-$$age.txt || exit 1; done
	@touch $@ $(VENV)/.installed

.PHONY: help run demo test check fuzz worlds mutants soak bench lock audit install install-tests venv
