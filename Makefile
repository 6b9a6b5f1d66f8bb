# Everything a person runs. `make` alone says what there is.
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
PYTHON ?= python3
export PYTHONPATH := $(CURDIR):$(CURDIR)/layers/socialflow/python
export PORT ?= 8080
export MAILBOX_PORT ?= 4584
STAGE ?= dev

.DEFAULT_GOAL := help
.PHONY: help setup web run seed test browser check format bench openapi lock synth deploy clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(VENV)/.ready ## Install what Python needs, pinned by hash

$(VENV)/.ready: requirements.txt
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@test -x $(UV) || $(PY) -m pip install --quiet --disable-pip-version-check $$(sed -n 's/^\(uv==[^ ]*\).*/\1/p' requirements.txt)
	@echo "Installing Python packages …"
	@$(UV) pip sync --quiet --require-hashes --python $(PY) requirements.txt
	@touch $@

web: web/dist/index.html ## Build the web client and the API reference

web/dist/index.html: web/node_modules/.package-lock.json $(shell find web/src web/public web/docs web/index.html -type f 2>/dev/null) api/openapi.json
	@echo "Building the web client …"
	@cd web && npm run --silent build

web/node_modules/.package-lock.json: web/package-lock.json
	@echo "Installing the web client's packages …"
	@cd web && npm ci --silent --no-audit --no-fund

run: setup web ## Start Social Flow on this machine (PORT=8080)
	@exec $(PY) -m infra.local

seed: setup ## Fill a running Social Flow with demo people and videos
	@$(PY) -m infra.local.seed --origin http://localhost:$(PORT) --mailbox http://localhost:$(MAILBOX_PORT)

test: setup web browser check ## Prove it: everything that CI runs
	@cd web && npm test --silent
	@$(PY) -m pytest -n 2 --dist loadgroup

browser: setup ## Make sure that the end-to-end tests have a Chromium
	@$(PY) -m tests.e2e.browser

check: setup ## Format, lint, types and import rules, without changing anything
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo

format: setup ## Format and mend what can be mended
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

bench: setup web ## Measure, and print the tables
	@$(PY) -m bench

openapi: setup ## Write api/openapi.json anew
	@$(PY) -m api.export_openapi

synth: setup web ## Synthesize the CloudFormation templates of STAGE into cdk.out
	@$(PY) -m infra.app -c stage=$(STAGE)

deploy: setup web ## Deploy STAGE to AWS (needs credentials and a bootstrapped account)
	@npx --yes aws-cdk@2.1148.1 deploy --all -c stage=$(STAGE)

lock: ## Pin every dependency again, with hashes
	$(UV) pip compile -q pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -o requirements.txt
	$(UV) pip compile -q pyproject.toml --python-version 3.13 --python-platform aarch64-manylinux_2_28 \
		--only-binary :all: --generate-hashes --no-emit-index-url --no-header \
		-c requirements.txt -o layers/vendor/requirements.txt

clean: ## Remove what was built; .local/ keeps its data
	rm -rf cdk.out build web/dist web/node_modules $(VENV) .mypy_cache .ruff_cache .pytest_cache
