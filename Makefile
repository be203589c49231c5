# make reports   every report of the embedded data, into output/
# make test      ruff, mypy, the import contracts and the tests
# make lab       JupyterLab on the notebooks
# make lock      requirements.lock anew after a change of dependencies in pyproject.toml (needs uv)
# make clean     take away .venv and the tools' caches; output/ stays
#
# Set-up is part of each: it needs Python 3.11+ and pip (or uv), and makes .venv once.

PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)
# Both take the same arguments; uv is some four times faster. Bytecode is compiled at once, as pip does by itself.
INSTALL := $(if $(UV),uv pip install --quiet --compile-bytecode,$(PYTHON) -m pip --python $(BIN)/python install --quiet)

.PHONY: reports test lab lock clean

reports: .venv/ready
	$(BIN)/krokomanalys run

test: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict krokomanalys
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

lab: .venv/ready
	$(BIN)/krokomanalys lab

# Debian's Python has no ensurepip without python3-venv, so the venv is made without pip and filled from outside.
.venv/packages: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
	  "krokomanalys needs Python 3.11 or later; Python 3.11 eller senare behövs: make PYTHON=python3.12" >&2; exit 1; }
	@$(if $(UV),,$(PYTHON) -c 'import pip, sys; sys.exit(tuple(map(int, pip.__version__.split(".")[:2])) < (22, 3))' || \
	  { echo "krokomanalys needs pip 22.3 or later (or uv); pip 22.3 eller senare behövs (eller uv)" >&2; exit 1; })
	@echo "Setting up .venv, once: a few minutes at most. Installerar en gång: högst några minuter."
	$(PYTHON) -m venv --clear --without-pip .venv
	$(INSTALL) --only-binary :all: --require-hashes -r requirements.lock
	@touch $@

.venv/ready: .venv/packages pyproject.toml
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

lock:
	uv pip compile --universal --python-version 3.11 --extra cluster --extra dev --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
