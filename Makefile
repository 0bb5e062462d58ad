# `make help` lists the targets. The two that matter: make demo, make test.
SHELL := /bin/bash
BUILD := build/release
SOURCES = $(shell git ls-files '*.cc' '*.h')

.PHONY: help build test lint format fuzz clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

build: ## Install what is missing and build everything into build/release
	@deploy/install.sh build
	@cmake --preset release >$(shell mkdir -p build && echo build/configure.log) || { cat build/configure.log; exit 1; }
	@cmake --build --preset release

test: build ## Build and run all tests
	ctest --preset release

lint: ## Formatting, contracts, shell scripts
	@deploy/install.sh lint
	clang-format --dry-run --Werror $(SOURCES)
	shellcheck $(shell git ls-files '*.sh') .ci/run

format: ## Lay out the code as lint wants it
	clang-format -i $(SOURCES)

fuzz: ## Fuzz each target for FUZZ_SECONDS (60)
	@deploy/install.sh fuzz
	@cmake --preset fuzz >build/configure-fuzz.log && cmake --build --preset fuzz --target vietnamese_number_fuzz
	@mkdir -p build/fuzz/found
	build/fuzz/bin/vietnamese_number_fuzz -max_total_time=$${FUZZ_SECONDS:-60} build/fuzz/found tests/fuzz/corpus/vietnamese_number_fuzz

clean: ## Remove what was built
	rm -rf build
