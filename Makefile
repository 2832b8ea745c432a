# Everything from a clean clone: the app, the checks, the locks. `make` alone lists the targets.
#
# Only Python 3.11 or newer, git and make are needed beforehand. What is installed is what the lock
# files pin, once: the stamps in .venv remember which lock they stand for.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

PORT ?= 8501
WORKERS ?= 3
ARGS ?=

venv := .venv
bin := $(venv)/bin
python := $(bin)/python
pip := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 $(python) -m pip
pytest := $(python) -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
compile := UV_NO_CONFIG=1 $(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

# Byte code is kept: without it every start of Python compiles every library anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help app test check lint format lock bench docs env dev provision clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

app: env ## start the web app on the bundled plans; PORT=8501
	$(python) -m streamlit run app.py --server.port $(PORT)

test: provision dev lint ## every check there is, browser and database included; ARGS="-k area" narrows the tests
	$(pytest) $(ARGS)

check: dev lint ## lint, types and the tests that need no browser
	$(pytest) --ignore=tests/browser $(ARGS)

lint: dev ## ruff and mypy, changing nothing
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy

format: dev ## let ruff put the code in shape
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

lock: dev ## write the lock files anew from pyproject.toml; UPGRADE=1 takes the newest releases
	$(compile) pyproject.toml --output-file requirements.txt
	$(compile) --constraint requirements.txt --group build --output-file tools/requirements-build.txt
	$(compile) --constraint requirements.txt --constraint tools/requirements-build.txt \
		--group dev pyproject.toml --output-file requirements-dev.txt
	$(compile) --constraint requirements-dev.txt --group bench pyproject.toml \
		--output-file tools/requirements-bench.txt

bench: $(venv)/.bench ## measure speed and size beside comparable tools
	$(python) -m benchmarks $(ARGS)

docs: dev ## write the generated pages of docs/ anew
	$(python) -m docs.generate

env: $(venv)/.package ## .venv with what the app and the command line need

dev: $(venv)/.dev ## .venv with the development tools as well

provision: ## install the Debian packages the tests use, where missing
	@sh tools/provision.sh test

clean: ## remove caches and build output; .venv and data stay
	rm -rf .artefacts .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist
	find . -path ./$(venv) -prune -o -name __pycache__ -type d -exec rm -rf {} +

# Each stamp stands on the one before it, so nothing is resolved or fetched twice.

$(venv)/.made:
	sh tools/make_venv.sh $(venv)
	@touch $@

$(venv)/.runtime: requirements.txt tools/requirements-build.txt | $(venv)/.made
	$(pip) install --requirement requirements.txt --requirement tools/requirements-build.txt
	@touch $@

# Editable, and built with the locked tools: `.venv/bin/geoplan` runs this checkout.
$(venv)/.package: pyproject.toml $(venv)/.runtime
	$(pip) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(venv)/.dev: requirements-dev.txt $(venv)/.package
	$(pip) install --requirement requirements-dev.txt
	@touch $@

$(venv)/.bench: tools/requirements-bench.txt $(venv)/.dev
	$(pip) install --requirement tools/requirements-bench.txt
	@touch $@
