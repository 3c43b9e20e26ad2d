# Needs Python 3.11 or newer with pip, and make. `make` lists what can be made.

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# one stamp for each set of requirements and interpreter asked for
SANDBOX := $(VENV)/.sandbox-$(notdir $(PYTHON))
DEV := $(VENV)/.dev-$(notdir $(PYTHON))
GRAPHIQL := $(VENV)/.graphiql
GRAPHIQL_SOURCES := $(if $(wildcard hub/sandbox/graphiql/build.py),$(shell \
  find hub/sandbox/graphiql \( -name node_modules -o -name static -o -name dist -o -name __pycache__ \) -prune -o -type f -print))
CODE := hub schemas connectors $(wildcard tests bench)

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo test check format lint types imports sdl data bench fuzz bench-profile cover fmt lock clean

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name what; do printf '%-20s%s\n' "$$name" "$$what"; done

demo: $(SANDBOX) ## set up and start the hub with registers of made-up people; ARGS="..." goes to `hub demo`
	@$(if $(GRAPHIQL_SOURCES),$(MAKE) -s $(GRAPHIQL) || echo 'set-up: GraphiQL could not be built; the hub starts without it' >&2)
	@exec $(BIN)/hub demo $(ARGS)

test: $(DEV) ## run every test; ARGS="..." goes to pytest
	@$(if $(GRAPHIQL_SOURCES),$(MAKE) -s $(GRAPHIQL))
	@browser=$$($(PYTHON) .ci/setup.py browser) && HUB_TEST_BROWSER="$$browser" $(BIN)/pytest $(ARGS)

check: format lint types imports sdl data ## all that CI checks before the tests

format: $(DEV)
	@$(BIN)/ruff format --check .

lint: $(DEV)
	@$(BIN)/ruff check .

types: $(DEV)
	@$(BIN)/mypy $(CODE)

imports: $(DEV)
	@$(BIN)/lint-imports --no-logo

# the published schema is a file in the repository, and is what the code says
sdl: $(DEV)
	@$(if $(wildcard hub/cli hub/cli.py),$(BIN)/hub schema export --check)

# policies are data, never code
data:
	@! find policies -name '*.py' | grep .

bench: $(DEV) ## measure the hub beside a plain server, and the search for misuse; ARGS="..." goes to the first
	@$(BIN)/python -m bench $(ARGS)
	@$(BIN)/python -m bench.misuse

bench-profile: $(DEV) ## write a flame graph of each workload into bench/profiles
	@$(BIN)/python -m bench --profile bench/profiles $(ARGS)

fuzz: $(DEV) ## compare planner and graphql-core, FUZZ_CASES times from FUZZ_SEED; a million if not said
	@$(BIN)/python -m tests.differential.fuzz

cover: $(DEV) ## run every test and tell which branches none of them took
	@$(MAKE) test ARGS="--cov --cov-report=term-missing $(ARGS)"

fmt: $(DEV) ## format the code and repair what can be repaired
	@$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format .

lock: ## pin the newest requirements, with hashes
	@$(PYTHON) .ci/setup.py lock

clean: ## remove all that is not source, the demo's data too
	rm -rf $(VENV) .demo dist build htmlcov .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -rf hub/sandbox/graphiql/static hub/sandbox/graphiql/node_modules
	find hub schemas connectors tests bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(SANDBOX): .ci/requirements/sandbox.txt pyproject.toml
	@$(PYTHON) .ci/setup.py sandbox
	@touch $@

$(DEV): .ci/requirements/dev.txt pyproject.toml
	@$(PYTHON) .ci/setup.py dev
	@touch $(SANDBOX) $@

$(GRAPHIQL): $(GRAPHIQL_SOURCES)
	@echo 'set-up: building GraphiQL' >&2
	@$(BIN)/python -m hub.sandbox.graphiql.build
	@touch $@
