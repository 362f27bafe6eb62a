# `make demo` and `make test` do all the set-up they need; `make help` lists the rest.

PYTHON ?= python3.11
JOBS ?= $(shell n=$$(nproc); echo $$((n < 8 ? n : 8)))
CORPUS ?= ../shared/corpus
MEDIA ?= ../shared/media
WEIGHTS ?= src/lipwright/inference/weights/articulation.onnx
DEMO ?= out/demo

VENV := .venv
BIN := $(VENV)/bin
NODE := $(VENV)/node
NODE_SDK := @sync.so/sdk@0.3.0
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input install --no-deps

# tests run on all cores at once; more threads in each would only wait for one another
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OPENCV_FOR_THREADS_NUM=1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check format venv train evaluate bench-quality bench-speed bench-api lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/runtime.done ## Draw a presenter, lip-sync it to another voice, print result and score
	@$(BIN)/lipwright demo $(DEMO)

test: check $(VENV)/node.done ## Static checks, then all tests on all cores
	@$(ONE_THREAD) NODE_PATH=$(CURDIR)/$(NODE)/node_modules $(BIN)/python -m pytest -n $(JOBS)

# one test speaks to the server through the vendor's Node SDK; where there is no npm it is skipped
$(VENV)/node.done: $(VENV)/dev.done
	@if command -v npm > /dev/null; then \
	  timeout 60 npm install --silent --fetch-retries=0 --no-audit --no-fund --no-save --prefix $(NODE) $(NODE_SDK) \
	    || echo "npm could not install $(NODE_SDK): its test will be skipped"; fi
	@touch $@

check: $(VENV)/dev.done ## Format, lint, types and floors
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/floors.log 2>&1 || { cat $(VENV)/floors.log; exit 1; }

format: $(VENV)/dev.done ## Format the code and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

venv: $(VENV)/dev.done ## The virtual environment for development

train: $(VENV)/training.done ## Train the ear on CORPUS (default ../shared/corpus)
	@$(BIN)/python -m training.train_articulation $(CORPUS) --output $(WEIGHTS)

evaluate: $(VENV)/training.done ## Score WEIGHTS on CORPUS
	@$(BIN)/python -m training.evaluate $(CORPUS) --weights $(WEIGHTS)

bench-quality: $(VENV)/runtime.done ## Quality over the real clips of MEDIA (default ../shared/media)
	@$(BIN)/python -m benchmarks.quality --media $(MEDIA) --output out/quality

bench-speed: $(VENV)/runtime.done ## Speed and memory over MEDIA, as ratios to plain decoding and encoding
	@$(BIN)/python -m benchmarks.speed --media $(MEDIA) --output out/speed

bench-api: $(VENV)/dev.done ## Load on the server while it renders: requests a second, waiting times
	@$(BIN)/python -m benchmarks.api_load --output out/api

lock: $(VENV)/dev.done ## Resolve the newest allowed versions into requirements/*.lock
	@$(PIP) uv
	@scripts/lock.sh $(BIN)/uv

clean: ## Remove what was built
	@rm -rf $(VENV) build dist out .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# A changed runtime lock makes the environment anew, so that nothing of the old one stays behind.
$(VENV)/runtime.done: requirements/runtime.lock scripts/venv.sh pyproject.toml
	@echo "making $(VENV)"
	@scripts/venv.sh $(PYTHON) $(VENV)
	@$(PIP) --require-hashes -r requirements/runtime.lock
	@$(PIP) --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.done: $(VENV)/runtime.done requirements/dev.lock
	@$(PIP) --require-hashes -r requirements/dev.lock
	@touch $@

$(VENV)/training.done: $(VENV)/runtime.done requirements/training.lock
	@$(PIP) --retries 1 -r requirements/training.lock
	@touch $@
