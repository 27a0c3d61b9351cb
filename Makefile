# Each target sets up what it needs. Beforehand: Debian 12 or Ubuntu 24.04 with Python 3.11+, make, python3-venv and a
# package registry in reach. What was installed is remembered by empty files in .venv, and done again when its list
# changes.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Every process of the suite, of which there are many, would compile what it imports anew.
export PYTHONDONTWRITEBYTECODE =
export PIP_DISABLE_PIP_VERSION_CHECK = 1

BIN := .venv/bin
PIP := $(BIN)/pip --quiet
# Few of the modules that are installed are ever imported: those are compiled then.
LOCKED := install --no-compile --require-hashes
# One more than there are cores: tests that watch a browser wait for up to a third of their time. In the order of
# collection: tests/conftest.py lets the longest begin.
PYTEST := $(BIN)/pytest -n $$(($$(nproc) + 1)) --dist loadfile --no-loadscope-reorder
# What the wire and the simulator do does not depend on the product's database. The journeys walk there too where there
# are five more minutes: make test ON_POSTGRES='tests/standpipe tests/journeys tests/crash -m "not one_database"'
ON_POSTGRES := tests/standpipe tests/crash -m "not one_database"

.PHONY: help
help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: setup
setup: .venv/.dev browser postgres ## everything that the targets below need, and what tests need of the system

.PHONY: demo
demo: .venv/.base ## try it: sample data, a simulated QuickBooks and its Web Connector; Ctrl-C ends all of it
	$(BIN)/standpipe demo

.PHONY: compiled
compiled: .venv/.dev
	-@$(BIN)/pytest --collect-only >/dev/null # else each worker would compile every test for itself

.PHONY: test
test: setup compiled ## the whole suite on SQLite, with docs/acceptance.md, then on PostgreSQL what uses the database
	tools/in-memory env --unset=DATABASE_URL $(PYTEST) --acceptance
	tools/in-memory $(BIN)/python tests/support/postgres.py $(PYTEST) $(ON_POSTGRES)

.PHONY: lint
lint: .venv/.dev ## style, types, import contracts, forgotten migrations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	STANDPIPE_SECRET_KEY=lint $(BIN)/mypy
	$(BIN)/lint-imports
	PYTHONPATH=tests DJANGO_SETTINGS_MODULE=support.settings $(BIN)/standpipe manage makemigrations --check --dry-run

.PHONY: broken
broken: .venv/.dev ## break each rule of docs/acceptance.md on purpose and see its tests fail; RULES="21 22" for some
	$(BIN)/python tools/break-rules $(RULES)

.PHONY: crash
crash: setup ## kill every process at every step, more often than the suite does
	STANDPIPE_CRASH_ROUNDS=10 tools/in-memory $(PYTEST) --dist load -m crash

.PHONY: bench
bench: .venv/.dev ## what the server costs, beside its floors; BENCH="--large --postgres --write-docs" for all of it
	$(BIN)/python -m benchmarks $(BENCH)

.PHONY: docs
docs: .venv/.dev ## write docs/tables/ again from the tables that the code runs on
	$(BIN)/python tools/write_docs.py

.PHONY: screenshots
screenshots: .venv/.dev browser ## take the pictures of the user guide again; look at each before committing it
	$(BIN)/python tools/pictures.py

COMPILE = .venv/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(UPGRADE)
.PHONY: lock
lock: .venv/bin/python ## write requirements/*.txt again from pyproject.toml; UPGRADE=--upgrade takes newer releases
	$(BIN)/python -m venv .venv/lock
	.venv/lock/bin/pip --quiet $(LOCKED) -r requirements/lock.txt
	$(COMPILE) pyproject.toml --output-file requirements/base.txt
	$(COMPILE) pyproject.toml --extra dev --constraint requirements/base.txt --output-file requirements/dev.txt
	for name in build postgres lock; do \
	    $(COMPILE) requirements/$$name.in --constraint requirements/dev.txt --output-file requirements/$$name.txt; done
	rm -r .venv/lock

.PHONY: browser
browser: .venv/.dev
	@tools/ensure-system chromium

.PHONY: postgres
postgres: .venv/.dev | browser # after it: the system installs one thing at a time
	@tools/ensure-system postgresql

.venv/bin/python:
	python=$$(tools/find-python) && "$$python" -m venv .venv

.venv/.base: requirements/base.txt requirements/build.txt pyproject.toml | .venv/bin/python
	$(PIP) $(LOCKED) -r requirements/base.txt -r requirements/build.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.base
	$(PIP) $(LOCKED) -r requirements/dev.txt
	@touch $@
