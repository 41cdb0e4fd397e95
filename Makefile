# Everything a developer does. `make serve` and `make test` need nothing but Python 3.11.1 to 3.14 and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# Installing tells on stderr what it does: stdout of `make serve ARGS=--json` is one line of JSON.
# The locks are full closures and all wheels: nothing is resolved and nothing built, so that neither
# the age of pip nor what was published since changes what is installed.
PIP_INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check
LOCKED := --no-deps --require-hashes --only-binary :all:

# What resolves the locks anew.
UV := uv==0.13.9
UV_COMPILE := $(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11.1

.PHONY: docs help install serve test soak check format bench new-venue size seeds fuzz lock clean

help:
	@echo "make serve    run the exchange with its demo world   (ARGS='--ephemeral --port 9000')"
	@echo "make test     run every test, of long ones a slice   (ARGS='-k cancel')"
	@echo "make soak     the long tests at full length, and what a million orders cost  (ARGS='-k kill': those only)"
	@echo "make check    format, lint, types, architecture"
	@echo "make bench    measure, and print ratios of one run   (ARGS='core --against ../other --quick')"
	@echo "make docs     write the pages that are made of the code"
	@echo "make new-venue  start a venue: folder, line, tests     (NAME=acme)"
	@echo "make size     count the venues' code                 (ARGS='../other .')"
	@echo "make seeds    write docs/seeds.md anew"
	@echo "make fuzz     run the property tests long            (SEED=n)"
	@echo "make install  what the tests need, and no more       (VENV=.venv PYTHON=python3 PIP=23.0.1)"
	@echo "make lock     pin the dependencies anew"

install: $(VENV)/dev

serve: $(VENV)/serve
	@exec $(BIN)/countermand serve $(ARGS)

# Most of a run waits for sockets and processes, so that two files at a time take half as long.
test: $(VENV)/dev
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

soak: $(VENV)/dev
	$(BIN)/python -m pytest -m soak --timeout=0 $(ARGS)
	$(if $(ARGS),,$(BIN)/python -m bench history)

check: $(VENV)/dev
	$(BIN)/ruff format --check src tests bench tools container
	$(BIN)/ruff check src tests bench tools container
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_architecture.py

format: $(VENV)/dev
	$(BIN)/ruff format src tests bench tools container
	$(BIN)/ruff check --fix src tests bench tools container

bench: $(VENV)/dev
	$(BIN)/python -m bench $(ARGS)

docs: $(VENV)/serve
	$(BIN)/python tools/control_reference.py

new-venue:
	@$(PYTHON) tools/new_venue.py $(NAME)

size:
	@$(PYTHON) tools/size.py $(ARGS)

seeds: $(VENV)/dev
	@$(BIN)/python -m tools.seeds

fuzz: $(VENV)/dev
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest tests/core --timeout=0 \
		--hypothesis-seed=$(or $(SEED),random)

lock: $(VENV)/dev
	$(PIP_INSTALL) $(UV)
	$(UV_COMPILE) pyproject.toml --extra build --extra dev -o requirements-dev.lock
	$(UV_COMPILE) pyproject.toml --extra build -c requirements-dev.lock -o requirements.lock
	$(UV_COMPILE) --no-deps requirements-sdk.in -o requirements-sdk.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Fail where something installed lacks what it asks for; three SDKs lack it on purpose
# (requirements-sdk.in). A pip that says nothing at all has failed too.
define CHECK_COMPLETE
@$(BIN)/python -m pip --disable-pip-version-check check | awk \
	'{ told = 1 } !/^(ccxt|deltadefi|sidan-gin|No broken) / { print; broken = 1 } END { exit broken || !told }' >&2
endef

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11, 1) <= sys.version_info < (3, 15))' >&2 \
		|| { echo "countermand needs Python 3.11.1 to 3.14; set PYTHON=..." >&2; exit 1; }
	@echo "installing into $(VENV)" >&2
	@$(PYTHON) -m venv $(VENV) >&2
	$(if $(PIP),@$(PIP_INSTALL) pip==$(PIP) >&2)
	@touch $@

$(VENV)/serve: requirements.lock $(VENV)/made
	@$(PIP_INSTALL) $(LOCKED) -r requirements.lock >&2
	@$(PIP_INSTALL) --no-build-isolation --no-deps -e . >&2
	$(CHECK_COMPLETE)
	@touch $@

$(VENV)/dev: requirements-dev.lock requirements-sdk.lock $(VENV)/serve
	$(PIP_INSTALL) $(LOCKED) -r requirements-dev.lock -r requirements-sdk.lock
	$(CHECK_COMPLETE)
	@touch $@
