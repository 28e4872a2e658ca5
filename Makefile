# Everything a person types. `make demo` and `make test` set up what they need; `make help` lists the rest.

PYTHON ?= python3
SERVE ?= 1
MINUTES ?= 36
BIN := .venv/bin
DATA := $(wildcard ../shared/data)

ifneq ($(DATA),)
export ALMONER_DATA ?= $(abspath $(DATA))
endif
ifndef SEED
SEED := $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo test check soak bench lock messages format

help: ## This list.
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: .venv/.office ## Make .venv with what Almoner needs to run, and the demo's data sets.

demo: .venv/.office ## The whole flow on real data; then serve the statement on 127.0.0.1:8000 unless SERVE=0.
	$(BIN)/almoner demo $(if $(filter 0,$(SERVE)),--no-serve,--serve)

test: .venv/.workshop ## All tests but the soak.
	$(BIN)/pytest -n 2 --dist loadfile -m "not soak"

check: .venv/.workshop ## Format, lint, types, import contracts, and every programme with its examples.
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/almoner check

soak: .venv/.workshop ## Generated cases for MINUTES (36); SEED=… runs the same ones again.
	@echo "soak: $(MINUTES) minutes, SEED=$(SEED)"
	ALMONER_SOAK_MINUTES=$(MINUTES) ALMONER_SOAK_SEED=$(SEED) \
		$(BIN)/pytest -n 2 --dist load -m soak --hypothesis-seed=$(SEED)
	@echo "soak: SEED=$(SEED)"

bench: .venv/.workshop .venv/.bench ## The benchmarks, each beside a named yard-stick measured in the same run.
	for each in benchmarks/*/run.py; do \
		ALMONER_BENCH_PYTHON=$(CURDIR)/.venv/bench/bin/python $(BIN)/python "$$each" || exit 1; \
	done

format: .venv/.workshop ## Format the code and mend what ruff can mend.
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

messages: .venv/.office ## Bring the catalogues in line with the sentences in the code.
	$(BIN)/python tools/messages.py

lock: .venv/.locker ## Compile requirements/*.in; UPGRADE=--upgrade takes newer versions.
	for each in runtime build lock demo test bench; do \
		CUSTOM_COMPILE_COMMAND="make lock" .venv/locker/bin/pip-compile --quiet --allow-unsafe \
			--generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links $(UPGRADE) \
			--output-file=requirements/$$each.txt requirements/$$each.in || exit 1; \
	done

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Almoner needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.office: requirements/build.txt requirements/runtime.txt requirements/demo.txt | .venv/bin/python
	$(BIN)/pip install --quiet --require-hashes $(patsubst %,-r %,$^)
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/.workshop: requirements/test.txt | .venv/.office
	$(BIN)/pip install --quiet --require-hashes -r $<
	@touch $@

.venv/.bench: requirements/bench.txt | .venv/bin/python
	$(PYTHON) -m venv .venv/bench
	.venv/bench/bin/pip install --quiet --require-hashes -r $<
	@touch $@

.venv/.locker: requirements/lock.txt | .venv/bin/python
	$(PYTHON) -m venv .venv/locker
	.venv/locker/bin/pip install --quiet --require-hashes -r $<
	@touch $@
