# Everything this project does, by name. `make` alone lists it.
# Needed: Python 3.11 or newer with venv, make (GNU, 3.81 or newer) and git.

PYTHON ?= python3

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
PY := $(BIN)/python

# Child processes (npm's `node` among them) find the environment's programs first.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# npm trusts whom the machine trusts, a company's proxy included.
export NODE_OPTIONS := --use-system-ca
# What Python compiles is kept, or each of some hundred processes would do it again.
export PYTHONDONTWRITEBYTECODE :=
# Quiet, please: Jupyter's debugger about frozen modules, pip about newer pips.
export PYDEVD_DISABLE_FILE_VALIDATION := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

ENVIRONMENT := .venv/.installed
LAB := .venv/.lab-installed
INSTRUCTOR := .venv/.instructor-installed
NODE := node_modules/.installed
RESULTS := _build/.results
PAGES := _build/.pages
UNFINISHED := _build/.unfinished
NOTEBOOKS := $(wildcard chapters/*.ipynb)
# Tests that look at the built book.
BOOK_TESTS := tests/site/test_jupyterlab.py tests/site/test_book_pages.py \
	tests/site/test_site.py tests/site/test_book_questions.py tests/site/test_book_browser.py \
	tests/site/test_previews.py tests/site/test_search.py
HEADING = @printf '\n== %s ==\n'

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help book site pdf epub offline slides question-bank without-b test lab instructor serve refresh bench bench-peers accuracy lighthouse \
	lint clean lock test-versions release \
	test-lint test-unit test-notebooks test-book test-browser test-files

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

# --- set-up, done once and again when what it depends on changes ---------------

$(ENVIRONMENT): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "This project needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one with: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "'$(PYTHON)' can't make virtual environments: its module venv is missing."; \
		echo "On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Setting up .venv (once; takes a few minutes) ..."
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip --upgrade
	@$(PY) -m pip install --quiet --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --no-deps --no-build-isolation -e .
	@mkdir -p .venv/etc/ipython
	@echo "$$QUIET_KERNELS" > .venv/etc/ipython/ipython_kernel_config.py
	@touch $@

# Every kernel warns that it listens on the loopback interface, as it is meant to; and
# kernels side by side must not wait for one another to write into the user's history.
define QUIET_KERNELS
c.IPKernelApp.log_level = "ERROR"
c.HistoryManager.hist_file = ":memory:"
endef
export QUIET_KERNELS

$(LAB): requirements-lab.lock $(ENVIRONMENT)
	@echo "Adding JupyterLab to .venv (once) ..."
	@$(PY) -m pip install --quiet --require-hashes -r requirements-lab.lock
	@touch $@

$(INSTRUCTOR): requirements-instructor.lock $(LAB)
	@echo "Adding nbgrader and the dlcourse command to .venv (once) ..."
	@$(PY) -m pip install --quiet --require-hashes -r requirements-instructor.lock
	@touch $@

$(NODE): package.json package-lock.json .npmrc $(ENVIRONMENT)
	@$(BIN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# What lies under these folders, the folders themselves too: they tell when a file went.
files_in = $(shell find $(1) -name __pycache__ -prune -o -print 2>/dev/null)

# The pages show what the notebooks store. When the package or the data that they use
# change here, all of them are run again; at first, what came with the repository is right.
$(RESULTS): $(call files_in,dlcourse chapters/data) requirements.lock $(ENVIRONMENT)
	@rm -rf _build/.jupyter_cache
	@if [ -e $@ ]; then $(PY) tools/refresh.py; fi
	@mkdir -p _build
	@touch $@

# Sphinx knows its pages, but not what they are made with.
$(PAGES): $(call files_in,_ext _static _templates dlcourse/labs) _config.yml package-lock.json dlcourse/__init__.py
	@rm -rf _build/html _build/.doctrees
	@mkdir -p _build
	@touch $@

# --- what readers and authors use ----------------------------------------------

# A page that was read already doesn't repeat its warnings, so a build after one that
# failed, or was interrupted, reads everything again.
book: $(ENVIRONMENT) $(NODE) $(RESULTS) $(PAGES) ## build the book into _build/html
	@if [ -e $(UNFINISHED) ]; then rm -rf _build/html _build/.doctrees; fi
	@touch $(UNFINISHED)
	@$(PY) tools/refresh.py --changed
	@$(BIN)/jupyter-book build . -W -n --keep-going
	@rm $(UNFINISHED)
	@echo
	@echo "The book is in _build/html: open _build/html/index.html, or run 'make serve'."

# Other forms of the same pages. Only the PDF needs a browser (Chromium); `make site` puts
# all of them beside the pages, with the links that `make book` leaves out.
pdf: book ## print the book as a PDF into _build/files
	@$(PY) tools/print_book.py

epub: book ## make the book an e-book in _build/files
	@$(PY) tools/make_epub.py

offline: book ## pack the book to be read without a network into _build/files
	@$(PY) tools/pack_offline.py

# What those take who teach, from the notebooks themselves: no book needs to be built before.
slides: $(ENVIRONMENT) $(NODE) ## make slides of the chapters, and files of all figures, in _build/slides
	@$(PY) tools/make_slides.py

question-bank: $(ENVIRONMENT) ## make all questions a bank for Moodle in _build/question-bank
	@$(PY) tools/make_question_bank.py

without-b: $(ENVIRONMENT) ## make a copy of chapter 12 without the column B in _build/without-b
	@$(PY) tools/chapter_12_without_b.py

site: pdf epub offline ## everything there is to publish, in _build/site
	@$(PY) tools/finish_site.py

serve: ## show the built book at http://localhost:8000
	@test -e _build/html/index.html || { echo "There is no book yet: run 'make book' first."; exit 1; }
	@echo "http://localhost:8000 (stop with Ctrl-C)"
	@$(PY) -m http.server --bind 127.0.0.1 --directory _build/html 8000

lab: $(LAB) ## open the chapters in JupyterLab
	@cd chapters && ../$(BIN)/jupyter lab

instructor: $(INSTRUCTOR) ## what those who teach need: nbgrader and the dlcourse command
	@echo "Next: source $(BIN)/activate, then: dlcourse assignment --help"

refresh: $(ENVIRONMENT) ## run every chapter and store its outputs
	@$(PY) tools/refresh.py

bench: $(ENVIRONMENT) ## measure how fast the package is
	@$(PY) benchmarks/run.py

accuracy: $(ENVIRONMENT) ## count the errors of functions and slopes in units in the last place
	@$(PY) benchmarks/accuracy.py

# PyTorch is a yardstick here, not a dependency: it stays out of the lock file.
bench-peers: $(ENVIRONMENT) ## the same with PyTorch beside it (installs it)
	@$(PY) -m pip install --quiet torch==2.13.0
	@$(PY) benchmarks/run.py

lighthouse: book ## measure the built pages with Lighthouse
	@$(PY) tools/lighthouse.py

# --- the gate --------------------------------------------------------------------

# Where one process leaves a processor idle, another stage runs beside it.
TOGETHER = @$(MAKE) --no-print-directory -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

test: $(INSTRUCTOR) $(NODE) ## check everything; stops at the first failure
	$(TOGETHER) test-lint test-book
	@$(MAKE) --no-print-directory test-unit
	@$(MAKE) --no-print-directory test-notebooks
	$(TOGETHER) test-browser test-files

lint: test-lint ## check style and types only

test-lint: $(INSTRUCTOR)
	$(HEADING) "Style and types"
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

# What takes long begins first, so that no worker is left alone with it at the end.
SLOW_TESTS = tests/grading tests/exercises tests/site
TESTS = $(patsubst %/,%,$(sort $(dir $(wildcard tests/*/test_*.py))))

test-unit: $(INSTRUCTOR) $(NODE)
	$(HEADING) "Package and tools"
	@$(PY) -m pytest $(SLOW_TESTS) $(filter-out $(SLOW_TESTS),$(TESTS)) dlcourse _ext \
		--doctest-modules -n 3 --dist loadfile --no-loadscope-reorder --durations 20 \
		$(addprefix --ignore ,$(BOOK_TESTS)) --ignore tests/site/test_site_files.py \
		--ignore tests/chapters/test_notebooks.py

test-notebooks: $(INSTRUCTOR)
	$(HEADING) "Notebooks: what they store is what they print"
	@$(PY) -m pytest tests/chapters/test_notebooks.py $(NOTEBOOKS) --nbval -n 2 --dist loadfile
	$(HEADING) "Notebooks: refreshing leaves no difference"
	@$(PY) tools/refresh.py --check

test-book: $(INSTRUCTOR) $(NODE) $(PAGES)
	$(HEADING) "The book, from scratch"
	@rm -rf _build/html _build/.doctrees
	@$(MAKE) --no-print-directory book

# Both look at the built book.
test-browser: $(INSTRUCTOR)
	$(HEADING) "The book in a browser"
	@$(PY) -m pytest $(BOOK_TESTS) -n 2 --dist worksteal --durations 20

test-files: $(INSTRUCTOR)
	$(HEADING) "The book as a PDF, as an e-book, and without a network"
	@$(PY) -m pytest tests/site/test_site_files.py --durations 5

# Needs nothing but $(PYTHON): it makes an environment for each Python and each set.
# One of them: make test-versions ONLY="--python 3.12 --set oldest"
test-versions: ## test the package with every Python here, old and new dependencies
	@$(PYTHON) tools/test_versions.py $(ONLY)

# Publishes nothing: that is .github/workflows/release.yml, which begins with the same.
release: $(ENVIRONMENT) ## build the package as it is released, and try it with every Python here
	@$(PY) tools/release.py

# --- housekeeping ------------------------------------------------------------------

lock: $(ENVIRONMENT) ## write the lock files anew (UPGRADE=1: with the newest versions)
	@$(PY) -m venv _build/uv
	@_build/uv/bin/pip install --quiet uv
	@$(UV_COMPILE) --extra book --extra test -o requirements.lock
	@$(UV_COMPILE) --extra book --extra lab -c requirements.lock -o requirements-lab.lock
	@$(UV_COMPILE) --extra book --extra instructor -c requirements-lab.lock -o requirements-instructor.lock
	@$(BIN)/npm install --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error
	@$(PY) -c 'import json, pathlib; lock = pathlib.Path("package-lock.json"); data = json.loads(lock.read_text()); \
		[package.pop("funding", None) for package in data["packages"].values()]; \
		lock.write_text(json.dumps(data, indent=2) + "\n")'
	@rm -rf _build/uv

# One answer for every system and every Python from 3.11 on: names, versions and
# hashes, never the address of a package index.
UV_COMPILE = _build/uv/bin/uv pip compile pyproject.toml --quiet --universal \
	--fork-strategy fewest --python-version 3.11 --generate-hashes --no-annotate --no-strip-extras \
	--no-header --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)

clean: ## remove everything that make made
	rm -rf .venv node_modules _build build .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
