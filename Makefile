# The README's commands are `make demo` and `make test`. Both make .venv and install what they need when it is not there yet.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help demo test lint types imports check wheel-test record bench soak fuzz audit-dependencies clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

$(BIN)/python:
	@echo "making the virtual environment $(VENV)"
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade "pip>=25.1"

$(VENV)/.demo-installed: pyproject.toml | $(BIN)/python
	@echo "installing selfstudy-guard with the built-in model's runtime (a minute or two, once)"
	$(PIP) install --quiet --editable ".[embedded]"
	@touch $@

$(VENV)/.test-installed: pyproject.toml | $(BIN)/python
	@echo "installing selfstudy-guard with all extras and the development tools (some minutes, once)"
	$(PIP) install --quiet --editable ".[all,proxy]" --group dev
	@touch $@ $(VENV)/.demo-installed

demo: $(VENV)/.demo-installed ## Main job: 50 questions about the manual and two messy pages, on the built-in model, no key
	$(BIN)/python examples/demo.py

test: $(VENV)/.test-installed ## All checks and tests, offline
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/selfstudy-guard model fetch
	$(BIN)/python -m pytest

lint: $(VENV)/.test-installed ## Format and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

record: $(VENV)/.test-installed ## Record the cassettes again, against local servers
	$(BIN)/python -m pytest tests/adapters/test_litellm_cassettes.py tests/test_examples_litellm.py --record-mode=rewrite

soak: $(VENV)/.test-installed ## A long run among every fault, with kills, a full disk and a clock that jumps (an hour or more)
	$(BIN)/python benchmarks/soak.py

fuzz: $(VENV)/.test-installed ## Fuzz reading, segmentation, replies and data-set import, ten minutes each
	for target in reading segmentation replies datasets; do $(BIN)/python -W ignore benchmarks/fuzz.py $$target || exit 1; done

clean: ## Remove what the targets made
	rm -rf $(VENV) build dist runs .mypy_cache .ruff_cache .pytest_cache
