# The README's commands are `make demo` and `make test`. Both make .venv and install what they need when it is not there yet.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCK := .ci/lock.txt
# What the adapter tests need beside the package; not under test, so not the lowest.
LOWEST := "pytest>=8.3" "pytest-asyncio>=0.25" "pytest-recording>=0.13" "pytest-timeout>=2.3" "vcrpy>=8.5" "openai>=2.54" \
	"langchain-classic>=1.0" "langchain-tests>=1.0" "hypothesis>=6.100"

# The tests of what decides (flow, engine, guard, ledger, sampling, attribution, coverage): they run with its coverage.
CORE := $(patsubst %,tests/test_%.py,anchor asked_last attribution batches closing drivers embedders evidence flow \
	generation guard guard_clients guard_doubts guard_locating guard_pending guard_unreadable judge_flow judge_guard \
	ledger ledger_migrations multi_hop obedience options per_document plan_versions provider_codes rating redraw \
	sampling several statistics streaming tallies target_table tracker withholding)

.PHONY: help demo test docs types teaching-env coverage pythons architecture lint record soak fuzz lock hosts lowest \
	audit-dependencies release-check first-use picture clean

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

$(VENV)/.test-installed: pyproject.toml $(LOCK) .ci/install | $(BIN)/python
	@echo "installing selfstudy-guard with all extras and the development tools (some minutes, once)"
	.ci/install $(BIN)/python $(LOCK)
	@touch $@ $(VENV)/.demo-installed

$(VENV)/.fuzz-installed: $(VENV)/.test-installed
	$(PIP) install --quiet --group fuzz
	@touch $@

# Tools whose own dependencies must not meddle with the project's.
$(VENV)/tools/%: pyproject.toml | $(BIN)/python
	$(BIN)/python -m venv $(VENV)/tools
	$(VENV)/tools/bin/python -m pip --disable-pip-version-check install --quiet --upgrade "pip>=25.1"
	$(VENV)/tools/bin/python -m pip --disable-pip-version-check install --quiet --group $*
	@touch $@

demo: $(VENV)/.demo-installed ## Six messy pages, without and with the guard, on the built-in model, no key
	$(BIN)/python examples/demo.py

test: $(VENV)/.test-installed ## All checks and tests, offline
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/selfstudy-guard model fetch
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(CORE:%=--ignore=%)
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered $(CORE)

$(VENV)/.docs-installed: $(VENV)/.demo-installed pyproject.toml
	$(PIP) install --quiet --editable ".[embedded,server]" --group docs
	@touch $@

docs: $(VENV)/.docs-installed ## The manual as a site in site/; a warning or a dead link fails, nothing is fetched
	NO_MKDOCS_2_WARNING=1 DISABLE_MKDOCS_2_WARNING=true PYTHONPATH=adapters $(BIN)/mkdocs build

picture: $(VENV)/.demo-installed ## The picture of the README, from the demo's two runs
	$(BIN)/python examples/demo.py && cp runs/demo/compared.svg docs/images/compared.svg

first-use: $(VENV)/.test-installed ## Start here, command by command, in an empty environment, on the built-in model
	rm -rf build/first-use && $(PYTHON) -m venv build/first-use
	build/first-use/bin/python -m pip --disable-pip-version-check install --quiet ".[embedded,documents]"
	SELFSTUDY_GUARD_FIRST_USE=$(abspath build/first-use/bin/python) $(BIN)/python -m pytest tests/test_first_use.py

release-check: $(VENV)/.test-installed ## What must hold before a release: version, changelog, wheel and sdist complete, unpacked sdist tests
	$(BIN)/python .ci/release_check.py $(if $(PUBLISH),--publish)

types: $(VENV)/.test-installed ## Type completeness of the public interface, as pyright measures it
	cd $$(mktemp -d) && VIRTUAL_ENV=$(abspath $(VENV)) PATH=$(abspath $(BIN)):$$PATH \
		basedpyright --verifytypes selfstudy_guard --ignoreexternal | tail -25

# With TORCH=--index-url=https://download.pytorch.org/whl/cpu it is one gigabyte in place of six.
teaching-env: ## .venv/teaching: what trains the students of benchmarks/teaching.py (up to 6 GB)
	$(PYTHON) -m venv $(VENV)/teaching
	$(VENV)/teaching/bin/python -m pip install --quiet $(TORCH) "torch>=2.13"
	$(VENV)/teaching/bin/python -m pip install --quiet "transformers>=5.24" "accelerate>=1.15" "gguf>=0.19" numpy

architecture: $(VENV)/.test-installed ## Draw docs/images/architecture.svg from the code
	$(BIN)/python -m tests.harness.draw_architecture

coverage: $(VENV)/.test-installed ## Branch coverage of the core by all tests (make test: by the tests of the core)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term

pythons: ## make test on every Python from 3.11 to 3.13 that this machine has
	@for version in 3.11 3.12 3.13; do \
		if command -v python$$version >/dev/null; \
		then $(MAKE) test PYTHON=python$$version VENV=.venv-$$version || exit 1; \
		else echo "python$$version is not on this machine: skipped"; fi; done

lint: $(VENV)/.test-installed ## Format and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

record: $(VENV)/.test-installed ## Record the cassettes again, against local servers
	$(BIN)/python -m pytest tests/adapters/test_litellm_cassettes.py tests/test_examples_litellm.py --record-mode=rewrite

soak: $(VENV)/.test-installed ## A long run among every fault, with kills, a full disk and a clock that jumps (an hour or more)
	$(BIN)/python -m tests.harness.soak

fuzz: $(VENV)/.fuzz-installed ## Fuzz reading, segmentation, filter, replies and data-set import, ten CPU-minutes each
	$(BIN)/python -W ignore -m tests.harness.fuzz all --seconds 600 --json fuzz.json

lock: $(VENV)/tools/lock ## Write .ci/lock.txt anew: every package that CI installs, with the hashes of its files
	$(VENV)/tools/bin/uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
		--generate-hashes --no-annotate --upgrade --quiet --custom-compile-command "make lock" --output-file $(LOCK)

hosts: $(VENV)/.test-installed $(VENV)/tools/lock ## Run examples/hosts, each host in an environment of its own (large downloads, no key)
	$(BIN)/python -m tests.harness.hosts --uv $(abspath $(VENV))/tools/bin/uv

lowest: $(VENV)/tools/lock ## Run the adapter tests on the lowest versions that pyproject.toml allows
	rm -rf $(VENV)/lowest
	$(VENV)/tools/bin/uv venv --quiet --python $(BIN)/python $(VENV)/lowest
	$(VENV)/tools/bin/uv pip install --quiet --python $(VENV)/lowest/bin/python --resolution lowest-direct \
		--editable ".[litellm,proxy,langchain,server,datasets]" $(LOWEST)
	cd tests && LITELLM_LOCAL_MODEL_COST_MAP=True ../$(VENV)/lowest/bin/python -m pytest -c ../pyproject.toml --rootdir .. \
		adapters test_guard.py test_guard_clients.py

audit-dependencies: $(VENV)/tools/audit ## Ask for known weaknesses of every locked package; says so if nobody can be asked
	$(BIN)/python .ci/audit_dependencies.py $(LOCK) $(VENV)/tools/bin/pip-audit

clean: ## Remove what the targets made
	rm -rf $(VENV) build dist runs site .mypy_cache .ruff_cache .pytest_cache
