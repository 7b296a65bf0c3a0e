# Two commands for everybody: `make run` and `make test`. The others are for those who change things.
PY ?= python3
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test bench fuzz lock strings clean
.DEFAULT_GOAL := run

run: .venv/.run
	@PORT=$(PORT) DEMO=$${DEMO:-1} LOG_FORMAT=$${LOG_FORMAT:-text} exec $(BIN)/backpack start

test: .venv/.test
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser" $(TESTS)
	@$(BIN)/python -m pytest -m browser $(TESTS)

bench: .venv/.test
	@$(BIN)/python -m tests.benchmarks $(ONLY)

fuzz: .venv/.test
	@$(BIN)/python -m tests.fuzz

# Sentences for people: finds them in code and templates, keeps the French ones, makes the catalogues anew.
strings: .venv/.test
	@$(BIN)/python -m backpack.translations

# Needs uv; the installed application does not.
lock:
	@for part in run test; do uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --custom-compile-command 'make lock' \
	  requirements/$$part.in -o requirements/$$part.txt || exit 1; done

clean:
	rm -rf .venv build *.egg-info

.venv/.made:
	@$(PY) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Backpack needs Python 3.11, 3.12 or 3.13; $(PY) is another one. Name one: make PY=python3.11"; exit 1; }
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python cannot make a virtual environment yet: apt install python3-venv"; exit 1; }
	@$(PY) -m venv .venv && touch $@

.venv/.run: requirements/run.txt pyproject.toml | .venv/.made
	@echo "Installing what Backpack needs (once, about a minute) ..."
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test: requirements/test.txt .venv/.run
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes --only-binary :all: -r requirements/test.txt
	@touch $@
