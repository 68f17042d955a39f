# Everything runs in a virtual environment of the repository's own, made from the lock.
# make VENV=/some/where      keeps it elsewhere
# make PYTHON=/path/python   names the Python to make it with
# make LOCK=                 takes the newest dependencies instead of the locked ones

VENV ?= .venv
LOCK ?= requirements.lock
PORT ?= 8000

BIN := $(abspath $(VENV))/bin
PY := $(BIN)/python
INSTALLED := $(VENV)/.installed-$(if $(LOCK),locked,newest)

# A Python without ensurepip (Debian keeps it in the package python3-venv) makes no environment.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

# What the outputs of notebooks are made from; styles and scripts are loaded by the pages, but the
# names that Python and scripts share stand in the outputs too.
found = $(shell find $(1) -type f -not -path '*/.*' -not -path '*/__pycache__/*' 2>/dev/null)
LIBRARY := $(filter-out %.css %.js,$(call found,src)) $(filter %/names.js,$(call found,src))
TEXT := $(call found,src book notebooks) $(wildcard _config.yml _toc.yml references.bib)

# So that a notebook's shell commands find nkreview.
export PATH := $(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help book test mutants lab notebooks draws serve bench lock clean distclean

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

book: _build/.book ## build the book, with every notebook executed and warnings as errors
	@echo "The book: $(abspath _build/html/index.html)"

test: _build/.book $(INSTALLED) ## build the book, then test everything
	$(PY) tests/browser.py
	$(PY) -m pytest --numprocesses auto --durations 15 --nbval --nbval-current-env tests notebooks

mutants: _build/.book $(INSTALLED) ## break the book in many ways, and tell which faults no test sees
	$(PY) tests/browser.py
	$(PY) tests/mutants.py

lab: $(INSTALLED) ## open the notebooks in JupyterLab
	$(BIN)/jupyter-lab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks

notebooks: $(INSTALLED) ## run the notebooks and keep their outputs
	$(PY) notebooks/execute.py

draws: $(INSTALLED) ## sample anew what the evidence leaves open (MODEL=name for one model)
	$(PY) -m nkreview.model.sampling $(MODEL)

serve: _build/.book ## serve the built book on this machine (PORT=8000)
	@echo "The book: http://localhost:$(PORT) (Ctrl-C ends it)"
	@$(PY) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

bench: _build/.book $(INSTALLED) ## measure a slider's cost, the pages' weight and the build's time
	$(PY) tests/browser.py
	$(PY) benchmarks/bench.py

lock: ## renew requirements.lock from pyproject.toml
	@$(need-python)
	$(PYTHON) -m venv --clear .uv
	.uv/bin/python -m pip install --quiet uv
	.uv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--fork-strategy fewest --all-extras --only-binary :all: --generate-hashes \
		--no-annotate --custom-compile-command "make lock" \
		--output-file requirements.lock pyproject.toml

clean: ## remove what was built
	rm -rf _build .uv
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean ## remove the virtual environment as well
	rm -rf $(VENV)

define need-python
test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with venv was found." \
	"Install one (on Debian and Ubuntu: python3 and python3-venv)," \
	"or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
endef

# The package itself is installed without looking at dependencies or fetching its build tool:
# the lock has both.
$(INSTALLED): pyproject.toml $(LOCK)
	@$(PY) -m pip --version >/dev/null 2>&1 || { $(need-python); }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing what the book needs into $(VENV); the first time takes some minutes."
ifdef LOCK
	$(PY) -m pip install --quiet --only-binary :all: --require-hashes -r $(LOCK)
	$(PY) -m pip install --quiet --no-deps --no-build-isolation -e .
else
	$(PY) -m pip install --quiet --upgrade --upgrade-strategy eager -e '.[book,draws,lab,test]'
endif
	@rm -f $(VENV)/.installed-*
	@touch $@

# The cache of executed notebooks keys on their own code, and would not notice a change of the
# library or the models that they call, of the environment, or of how they are executed.
_build/.notebooks: $(INSTALLED) $(LIBRARY) _build/.execution
	@rm -rf _build/.jupyter_cache _build/jupyter_execute
	@touch $@

# What _config.yml says of execution, written anew only when that has changed.
execution = awk '/^[^ \#]/ { inside = /^execute:/ } inside && !/^ *\#/' _config.yml
_build/.execution: _config.yml
	@mkdir -p _build
	@$(execution) | cmp -s - $@ || $(execution) > $@

# The text is always built whole: Sphinx does not repeat the warnings of an unchanged page,
# so that a second attempt at a broken book would pass.
_build/.book: _build/.notebooks $(TEXT)
	@rm -rf _build/html _build/.doctrees
	$(BIN)/jupyter-book build . -W -n --keep-going
	@touch $@
