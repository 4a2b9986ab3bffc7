# The whole set-up of a machine that has Python 3.11+ and make: `make run`, `make test`.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
STAMP := .venv/.locked

.PHONY: run test venv bench crash fmt lint types lock screenshot

run: venv
	$(BIN)/python -m app.sandbox --port $(PORT)

test: lint types
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

venv: $(STAMP)

$(STAMP): requirements-dev.lock
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	cp requirements-dev.lock $(STAMP)

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: venv
	$(BIN)/mypy

fmt: venv
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Resolves the versions anew from pyproject.toml; the lock files are committed.
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet uv
	.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
		pyproject.toml -o requirements.lock
	.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
		--extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	rm -rf .venv-lock

# Takes the picture in the README anew.
screenshot: venv
	KINBOX_SCREENSHOT=write $(BIN)/pytest -q tests/browser/test_walk.py -k picture

bench: venv
	$(BIN)/python -m tests.bench

# Kills web and workers at random while messages come in, on both databases; takes some ten minutes on each.
crash: venv
	$(BIN)/python -m tests.crash
