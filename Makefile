# Everything that is started by hand. It needs Python 3.11 or newer and make; the rest is set up in this folder.
#
#   make demo                       the invented city, http://127.0.0.1:8000/
#   make demo PORT=8123             on another port
#   GONGJIA_DEMO_SCALE=1000000      number of members (60,000)
#   GONGJIA_DATABASE_URL=…          another database than SQLite in var/
#   make test                       the tests; browser tests are left out and counted where there is no Chromium
#   GONGJIA_BROWSER=required        … and fail there

PORT ?= 8000
JOBS ?= auto
ifndef PYTHON
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && exec echo $$python; done; echo python3)
endif

BIN := .venv/bin
SETUP = @$(PYTHON) tools/preflight.py && $(PYTHON) tools/setup.py

.PHONY: setup demo test check bench pictures doors test-long

setup:
	$(SETUP)

demo:
	@$(PYTHON) tools/preflight.py --port $(PORT) && $(PYTHON) tools/setup.py
	@$(BIN)/gongjia demo --port $(PORT)

test:
	$(SETUP) --dev
	@$(BIN)/pytest -n $(JOBS) --dist worksteal

test-long:
	$(SETUP) --dev
	@GONGJIA_LONG=1 $(BIN)/pytest -m long

doors:
	$(SETUP) --dev
	@$(BIN)/pytest -n $(JOBS) tests/doors

check:
	$(SETUP) --dev
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@GONGJIA_MODE=test $(BIN)/mypy config demo gongjia
	@$(BIN)/lint-imports
	@GONGJIA_MODE=test $(BIN)/gongjia manage makemigrations --check --dry-run

bench:
	$(SETUP) --dev
	@$(BIN)/python -m bench

pictures:
	$(SETUP) --dev
	@$(BIN)/python -m tools.pictures
