# Everything a person or CI does: set up, run, test, check. Each target does its own set-up.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UV := uv==0.13.8
READY := $(VENV)/.ready
export PORT

.PHONY: setup run test check lint types docs bench lock clean

setup: $(READY)

# The lock file pins every package with its hash; the stamp makes the second time quick.
$(READY): requirements.lock pyproject.toml package.json package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "samdao needs Python 3.11 or newer; say which with PYTHON=")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(UV)
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@$(BIN)/npm ci --silent --ignore-scripts --no-audit --no-fund --prefix . >/dev/null
	@touch $@

# Publishes the bundled datasets and serves the catalogue. SAMDAO_HOME and PORT are taken over.
run: setup
	@$(BIN)/samdao publish --all || true
	@exec $(BIN)/samdao serve --port $(PORT)

test: setup
	@$(BIN)/python -m pytest $(ARGS)

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache

types: setup
	@$(BIN)/mypy

check: lint types test

# Reference pages and editors' schemas, from what the code has; a test holds them.
docs: setup
	@$(BIN)/python -m tools.reference

bench: setup
	@$(BIN)/python -m benchmarks

# Resolve anew what pyproject.toml asks for.
lock:
	@$(BIN)/uv pip compile pyproject.toml --extra dev --extra assets --output-file requirements.lock --generate-hashes --no-header --python-version 3.11 --universal --quiet

clean:
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache
