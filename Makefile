# Thin names for what the tools do. `make demo` and `make test` are all that a newcomer needs.
PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
CPP     := $(shell find cpp -name '*.cpp' -o -name '*.hpp')
BUILD   := $(CPP) CMakeLists.txt pyproject.toml
TAPE    ?=
PROFILE ?=
CURRENCY ?=
RATES   ?=
STATE   := build/stamps

.PHONY: demo test bench faults lint format lock clean install cpp-test sanitize tidy types style architecture stubs package pytest

demo: $(STATE)/installed
	@$(BIN)/seawall demo $(if $(TAPE),--tape "$(TAPE)") $(if $(PROFILE),--profile "$(PROFILE)") $(if $(CURRENCY),--currency "$(CURRENCY)") $(if $(RATES),--rates "$(RATES)")

test: style types architecture stubs cpp-test sanitize tidy pytest package

# --- environment and build: requirements are hash-locked, the build is not isolated so that it is incremental
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("seawall needs Python 3.11 or later") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
$(STATE)/base: requirements/base.txt | $(BIN)/python
	@mkdir -p $(STATE)
	@echo "installing the build and run requirements (first time only)"
	@$(PIP) --require-hashes -r requirements/base.txt
	@touch $@

$(STATE)/dev: requirements/dev.txt $(STATE)/base
	@echo "installing the development requirements (first time only)"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(STATE)/installed: $(BUILD) $(STATE)/base
	@echo "building seawall"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

# pip works on one core: the compiler has the other meanwhile.
install: $(STATE)/base
	@$(MAKE) --silent --no-print-directory --jobs=2 $(STATE)/installed $(STATE)/dev

# --- checks
CTEST = ctest --test-dir build/editable --output-on-failure --parallel 2
cpp-test: install
	@PATH="$(CURDIR)/$(BIN):$$PATH" && cmake --build build/editable --target seawall_tests && $(CTEST) --exclude-regex '^sanitized'

# AddressSanitizer and UndefinedBehaviorSanitizer.
sanitize: install
	@PATH="$(CURDIR)/$(BIN):$$PATH" && cmake --build build/editable --target seawall_tests_sanitized && $(CTEST) --tests-regex '^sanitized'

# The product's sources; SOURCES='cpp/ingest' looks at a part of them. The analyzer follows no calls unless
# ANALYZER=deep, which takes three times as long.
SOURCES ?= cpp
ANALYZER ?= shallow
tidy: install
	@$(BIN)/python tools/tidy.py build/editable '$(SOURCES)' -extra-arg=-Wno-unknown-warning-option \
	  $(addprefix -extra-arg=,-Xclang -analyzer-config -Xclang mode=$(ANALYZER))

style: $(STATE)/dev
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	@$(BIN)/clang-format --dry-run --Werror $(CPP) $(wildcard benchmarks/rivals/*.cpp)

types: install
	$(BIN)/mypy
	$(BIN)/mypy --namespace-packages --explicit-package-bases benchmarks tools

architecture: install
	$(BIN)/lint-imports --no-cache

stubs: install
	$(BIN)/python tools/check_stubs.py

# A third of the time is waiting: three work on two cores. Files that are marked long begin first.
pytest: install $(STATE)/browser
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

# The report is tested in a real browser: the system's Chromium, installed where we may.
$(STATE)/browser:
	@mkdir -p $(STATE)
	@if command -v chromium >/dev/null; then touch $@; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing Chromium for the tests of the report"; \
	  apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >build/chromium.log 2>&1 && touch $@ || tail -n 20 build/chromium.log; \
	else echo "no Chromium here: the tests of the report in a browser are skipped"; fi

package: $(STATE)/package

$(STATE)/package: $(BUILD) $(shell find python -type f -not -name '*.pyc' -not -name '*.so') | install
	@rm -rf build/package && { $(BIN)/python -m build --sdist --no-isolation --outdir build/package . && \
	  PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m build --wheel --no-isolation -C build-dir=build/editable --outdir build/package .; } \
	  >build/package.log 2>&1 || { tail -n 40 build/package.log; exit 1; }
	@$(BIN)/python tools/check_package.py build/package
	@touch $@

# --- names for a developer
lint: style types architecture stubs tidy

format: $(STATE)/dev
	$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .
	$(BIN)/clang-format -i $(CPP)

bench: install
	$(BIN)/pytest -m performance -s

# What `make test` tries a few times, as often as is promised; it takes long.
faults: install
	$(BIN)/pytest -m faults

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group build --extra report pyproject.toml -o requirements/base.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group build --extra dev -c requirements/base.txt pyproject.toml -o requirements/dev.txt

clean:
	rm -rf build dist results
