# make demo: the whole demo on this machine.  make test: everything a commit must pass.
SHELL := /bin/sh
VENV := $(CURDIR)/.venv
export PATH := $(VENV)/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help install lab down demo check test release bench docs lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## The environment in .venv, with the collection linked into it
	@tools/install

lab: install ## Start the embedded lab (two data centres on this machine)
	@tools/prerequisites lab
	@lab up

down: ## Stop the lab and remove its state
	@test ! -x $(VENV)/bin/lab || lab down

demo: install ## Lab up, prepare, every stage, a table of times
	@tools/prerequisites lab
	@tools/demo

check: install ## Formatting, types, unit tests: under a minute
	@tests/run check

test: install ## Everything a commit must pass
	@tools/prerequisites lab
	@tests/run test

release: install ## The long runs: a kill around every call of git, every fault of the lab
	@tools/prerequisites lab
	@tests/run release

bench: install ## Speed, against the tools one would pick instead, into docs/benchmarks.md (LARGE=1: large sizes too)
	@tools/prerequisites lab
	@tests/run bench

docs: install ## The module pages under docs/modules
	@tools/docs

lock: ## Compile requirements/*.in into the locks (needs uv)
	@tools/lock

clean: down ## Stop the lab, remove .venv and all output (caches of the lab's builds stay)
	@rm -rf $(VENV) tests/output dist .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis lab/*.egg-info
