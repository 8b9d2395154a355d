# The few commands people type. Everything else is `rez` (after `. .venv/bin/activate`).
.DEFAULT_GOAL := help
.PHONY: help setup local local-down test unit engine lint lint-workflows bench sbom

UV ?= $(shell command -v uv 2>/dev/null || echo python3 -m uv)
PIP := python3 -m pip install --quiet --require-hashes --requirement .ci/uv.txt
REZ := .venv/bin/rez
SBOM ?= sbom.cdx.json

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: .venv/.synced ## the locked Python environment in .venv (and uv by pip, if absent)

.venv/.synced: uv.lock pyproject.toml
	@command -v uv >/dev/null || python3 -m uv --version >/dev/null 2>&1 || $(PIP) --user --break-system-packages 2>/dev/null || $(PIP)
	$(UV) sync --frozen --quiet
	@touch $@

local: setup ## the whole system on this machine: tools, cluster, API (Debian as root)
	@$(REZ) local up

local-down: setup ## end it and remove every trace but the cache of built tools
	@$(REZ) local down

test: setup ## all tests: unit, real engine, real pods (the last two build what they need once)
	@.venv/bin/pytest --numprocesses 2

unit: setup ## the tests that need nothing installed
	@.venv/bin/pytest -m "not engine and not cluster"

engine: setup ## the Pulumi engine alone, for rez preview: the installed one, else built once from its locked Go module
	@.venv/bin/python -m infra.local.toolchain pulumi version

lint: setup lint-workflows ## format, lint, types, layers, workflows
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports

WORKFLOWS := $(wildcard .github/workflows/*.yml) docs/app-release.yml

lint-workflows: setup
	.venv/bin/zizmor --offline --persona auditor --strict-collection --no-progress --quiet .github docs/app-release.yml
	.venv/bin/python -m infra.local.toolchain actionlint $(WORKFLOWS)

bench: setup ## benchmarks: ratios against peers and floors (see benchmarks/README.md)
	.venv/bin/python -m benchmarks

sbom: setup ## what the locked Python environment is made of: CycloneDX in sbom.cdx.json
	@$(UV) export --quiet --frozen --all-groups --format cyclonedx1.5 --preview-features sbom-export --output-file $(SBOM) >/dev/null
