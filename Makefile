# make demo      a made-up company to click through, in one command
# make test      everything that must hold: checks, then all tests
# make check     formatting, lint, types, floors
# make nightly   the tests that take minutes too
# make strings   what is to be translated, as build/surehand.pot
# make lock      remake uv.lock and constraints.txt (UPGRADE=--upgrade for newer versions)
# make clean
#
# Needs Python 3.11 or newer; the rest goes into .venv. PYTHON=/path/to/python chooses one.

.PHONY: demo test check nightly strings lock clean
.DEFAULT_GOAL := test

PYTHON = $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
WORKERS ?= 2
# Sources are compiled once, and not by each process that a test starts, also where a machine forbids that.
unexport PYTHONDONTWRITEBYTECODE

demo: .venv/demo.stamp
	@$(BIN)/surehand demo

test: check
	@$(BIN)/python tools/machine.py
	$(BIN)/pytest -n $(WORKERS) $(ARGS)

nightly: check
	@$(BIN)/python tools/machine.py
	$(BIN)/pytest -n $(WORKERS) --run-long $(ARGS)

check: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

strings: .venv/test.stamp
	@mkdir -p build
	$(BIN)/python -m babel.messages.frontend extract -F pyproject.toml -k said -o build/surehand.pot --project surehand src

lock:
	@$(call bootstrap,lock --venv .venv-lock)
	$(LOCK_ENV) .venv-lock/bin/uv lock $(UPGRADE)
	$(LOCK_ENV) .venv-lock/bin/uv export -q --locked --all-extras --no-emit-project --no-hashes --no-annotate \
		--no-header -o constraints.txt
	@rm -rf .venv-lock

clean:
	rm -rf .venv .venv-lock build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf src/surehand/web/static/vendor
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/%.stamp: pyproject.toml constraints.txt hatch_build.py tools/bootstrap.py
	@$(call bootstrap,$*)

# The index a developer's machine is set up for must not end up in the lock.
LOCK_ENV := env -u UV_INDEX -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS UV_NO_CONFIG=1

define bootstrap
p='$(PYTHON)'; [ -n "$$p" ] || { echo "Surehand needs Python 3.11 or newer (looked for python3, python3.13, \
python3.12, python3.11). Install one, or say where: make PYTHON=/path/to/python" >&2; exit 1; }; \
"$$p" tools/bootstrap.py $(1)
endef
