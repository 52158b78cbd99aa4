# Every command of the project, a line each where it can be. `make help` lists them.

PYTHON ?= python3
BIN = .venv/bin
PIP = $(BIN)/python -m pip -qq --disable-pip-version-check

# Tests have a database server of their own, so that they never meet the running copy; it stops when they end.
TESTS = ended() { VAR_DIR=var/test $(BIN)/python manage.py local_postgres stop >/dev/null; }; trap ended EXIT; \
	VAR_DIR=var/test $(BIN)/python -m pytest
PARALLEL = --numprocesses logical --maxprocesses 8
# Keep what was compiled, whatever the machine's habit: each process would rewrite the asserts of 600 files again.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help run test check e2e faults conformance bench messages
.DEFAULT_GOAL = help

help: ## list these commands
	@sed -n 's/^\([a-z0-9]*\):.*## /make \1	/p' Makefile | expand -t 16

run: .venv/installed ## install, prepare and run this copy of the site until Ctrl-C
	@exec $(BIN)/python manage.py serve

test: .venv/installed-dev ## run the suite with the browser stories, in parallel and in random order
	@$(TESTS) tests $(PARALLEL) -m "not crawl and not faults" --create-db

e2e: .venv/installed-dev ## walk through every page in a browser, in both languages, with axe on each
	@$(TESTS) tests/e2e $(PARALLEL) -m crawl --create-db

faults: .venv/installed-dev ## kill senders and the database in the midst of sending, and count what arrived
	@ended() { VAR_DIR=var/faults $(BIN)/python manage.py local_postgres stop >/dev/null; }; trap ended EXIT; \
	VAR_DIR=var/faults $(BIN)/python -m pytest tests/faults -n 0 --create-db --capture=no

check: .venv/installed-dev ## check style, types, import rules, migrations, translations, templates and links in the docs
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports --no-logo
	@VAR_DIR=var/test $(BIN)/python manage.py check
	@VAR_DIR=var/test $(BIN)/python manage.py makemigrations --check --dry-run
	@$(TESTS) tests/repository --quiet

conformance: .venv/installed-dev ## hold the open data against the schemas of HSDS 3.0 in a folder: HSDS=folder
ifdef HSDS
	@HSDS="$(abspath $(HSDS))" $(TESTS) tests/resources/hsds/test_conformance.py -n 0 --quiet --create-db
else
	@echo "Left out: the open data was held against no schemas. Name their folder: make conformance HSDS=folder"
endif

bench: .venv/installed-dev ## measure requests, search, import and sending against the figures in docs/scaling.md
	@$(BIN)/python -m bench

messages: .venv/installed-dev ## bring the catalogues in locale/ up to date with the strings in code and templates
	@$(BIN)/python manage.py messages

.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Faro needs Python 3.11 or newer. Name one, for example: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Installing what the site needs into .venv. This happens once."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(PIP) install --requirement requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what the tests need into .venv. This happens once."
	@$(PIP) install --requirement requirements-dev.txt
	@touch $@
