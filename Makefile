VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv

.PHONY: lock
lock: ## Pin every dependency again, with hashes
	$(UV) pip compile -q pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -o requirements.txt
	$(UV) pip compile -q pyproject.toml --python-version 3.13 --python-platform aarch64-manylinux_2_28 \
		--only-binary :all: --generate-hashes --no-emit-index-url --no-header \
		-c requirements.txt -o layers/vendor/requirements.txt
