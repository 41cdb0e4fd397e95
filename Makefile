# Everything a developer does. `make serve` and `make test` need nothing but Python 3.11 or newer and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help serve test check format bench fuzz lock clean

help:
	@echo "make serve   run the exchange with its demo world   (ARGS='--ephemeral --port 9000')"
	@echo "make test    run every test                         (ARGS='-k cancel')"
	@echo "make check   format, lint, types, architecture"
	@echo "make bench   measure, and print ratios from one run"
	@echo "make fuzz    run the property tests long            (SEED=n)"
	@echo "make lock    pin the dependencies anew"

serve: .venv/serve
	@exec $(BIN)/countermand serve $(ARGS)

test: .venv/dev
	$(BIN)/python -m pytest $(ARGS)

check: .venv/dev
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py

format: .venv/dev
	$(BIN)/ruff format src tests bench
	$(BIN)/ruff check --fix src tests bench

bench: .venv/dev
	$(BIN)/python -m bench $(ARGS)

fuzz: .venv/dev
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest tests/core --hypothesis-seed=$(or $(SEED),random)

lock: .venv/dev
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q --universal --generate-hashes pyproject.toml --extra build --extra dev \
		--python-version 3.11 -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes pyproject.toml --extra build \
		--python-version 3.11 -c requirements-dev.lock -o requirements.lock
	$(BIN)/uv pip compile -q --universal --no-deps --generate-hashes requirements-sdk.in \
		--python-version 3.11.1 -o requirements-sdk.lock

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "countermand needs Python 3.11 or newer; set PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/serve: requirements.lock .venv/made
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

.venv/dev: requirements-dev.lock requirements-sdk.lock .venv/serve
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps \
		-r requirements-sdk.lock
	@touch $@
