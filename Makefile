# Two commands do everything: `make demo` and `make check`. They need Python 3.11 or newer and make.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-for-development
TOOLS := tests/pipelines/tools

.PHONY: demo check check-all test lint format types layers pipelines browser bench mutation samples build clean help

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Python 3.11 or newer is needed, this is {v[0]}.{v[1]}; say which: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(STAMP) ## see the gate work: no account, no network
	$(BIN)/scangate demo

check: lint types layers test ## everything that a change must pass

check-all: build pipelines browser ## what check leaves out, since it takes more than Python: Node.js, rsync, Chromium

lint: $(STAMP) ## style, and what a linter can prove
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

layers: $(STAMP) ## who may import whom
	$(BIN)/lint-imports --no-logo

test: $(STAMP) ## the tests, on all cores
	$(BIN)/python -m pytest --numprocesses auto --ignore tests/browser --ignore tests/pipelines

format: $(STAMP) ## write the code as the linter wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pipelines: $(STAMP) ## the action and the GitLab component on real runners, and the tools of those who read the reports
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[pipelines]'
	npm ci --prefix $(TOOLS) --no-audit --no-fund --loglevel error
	chmod u+x $(TOOLS)/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
	$(BIN)/python -m pytest --numprocesses auto tests/pipelines

browser: $(STAMP) ## the HTML report in a real browser: SCANGATE_BROWSER=/usr/bin/chromium make browser
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[browser]'
	$(BIN)/python -m pytest --numprocesses 2 tests/browser

bench: $(STAMP) ## what everything costs, beside what a user would write instead; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks.run

mutation: $(STAMP) ## faults in what judges and selects; lists those that no test notices
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[mutation]'
	$(BIN)/mutmut run
	$(BIN)/mutmut results

samples: $(STAMP) ## docs/reports: a sample of each format, from the demo
	$(BIN)/python docs/reports/make.py

build: $(STAMP) ## the wheel, installed elsewhere and run
	rm -rf dist build/wheel
	$(BIN)/python -m build --outdir dist .
	$(PYTHON) -m venv build/wheel
	build/wheel/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt dist/*.whl
	cd build && wheel/bin/scangate demo --output-dir wheel

clean: ## remove what was made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
