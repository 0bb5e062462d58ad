# `make help` lists the targets. The two that matter: make demo, make test.
SHELL := /bin/bash
BUILD := build/release
SOURCES = $(shell git ls-files '*.cc' '*.h')
BUF := deploy/lint/node_modules/.bin/buf
MANIFESTS := deploy/lint/manifests/node_modules/.package-lock.json
# What the contracts import beside their own: buf wants it below its own folder.
GOOGLEAPIS := build/googleapis/google/api/http.proto

.PHONY: help demo binaries build test oracle bench lint manifests cluster-test tidy format proto-baseline faults fuzz fuzz-merge clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: binaries ## Build, then load and rank Khối thi đua 4 before your eyes
	@deploy/demo.sh

binaries: ## Install what is missing and build what the demo runs
	@deploy/install.sh build
	@cmake --preset release >$(shell mkdir -p build && echo build/configure.log) || { cat build/configure.log; exit 1; }
	@cmake --build --preset release --target thidua thidua-registry thidua-results-ingest thidua-scoring thidua-portal

build: ## Install what is missing and build everything into build/release
	@deploy/install.sh build
	@cmake --preset release >$(shell mkdir -p build && echo build/configure.log) || { cat build/configure.log; exit 1; }
	@cmake --build --preset release

test: build ## Build and run all tests
	@deploy/install.sh test
	ctest --preset release -j $$(nproc)

oracle: ## Hold the scoring engine against a slow oracle on ORACLE_CASES (100000) random cases
	@cmake --preset release >$(shell mkdir -p build && echo build/configure.log) || { cat build/configure.log; exit 1; }
	@cmake --build --preset release --target domain_test
	THIDUA_ORACLE_CASES=$${ORACLE_CASES:-100000} $(BUILD)/bin/domain_test --gtest_filter='Oracle.*'

bench: build ## Measure against the bare limits; figures in build/bench/summary.json (minutes)
	@deploy/install.sh test
	@cmake --build --preset release --target registry_bench results_bench scoring_bench read_bench \
	  cold_start_bench visible_bench http_read_bench audit_bench
	build/release/bin/registry_bench build/bench/summary.json
	build/release/bin/results_bench build/bench/summary.json
	build/release/bin/scoring_bench build/bench/summary.json
	build/release/bin/read_bench build/bench/summary.json
	build/release/bin/cold_start_bench build/bench/summary.json
	build/release/bin/visible_bench build/bench/summary.json
	build/release/bin/audit_bench build/bench/summary.json
	build/release/bin/http_read_bench build/bench/summary.json

lint: $(BUF) $(GOOGLEAPIS) ## Formatting, contracts (and that they break nobody), shell scripts
	@deploy/install.sh lint
	@clang-format --dry-run --Werror $(SOURCES)
	$(BUF) lint
	$(BUF) format --diff --exit-code proto
	$(BUF) breaking --against proto/baseline.binpb
	@REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true deploy/lint/node_modules/.bin/redocly lint \
	  --config deploy/lint/redocly.yaml docs/integration/openapi.json
	shellcheck $(shell git ls-files '*.sh') .ci/run
	@$(MAKE) --no-print-directory manifests

manifests: $(MANIFESTS) ## Render what is applied to Kubernetes, and check every field of it offline
	@node deploy/lint/manifests/check.mjs

cluster-test: build $(MANIFESTS) ## Run the runbook on a Kubernetes of this machine (root; minutes)
	@deploy/install.sh cluster
	@tests/cluster/kubernetes.sh build/cluster/kubernetes
	/usr/bin/python3 tests/cluster/cluster_test.py build/cluster/kubernetes $(BUILD) .

tidy: build ## What clang-tidy finds in the code (minutes)
	@deploy/install.sh tidy
	@git ls-files 'services/**.cc' | xargs -P $$(nproc) -n 4 clang-tidy -p $(BUILD) --quiet 2>/dev/null

format: $(BUF) $(GOOGLEAPIS) ## Lay out code and contracts as lint wants them
	clang-format -i $(SOURCES)
	$(BUF) format -w proto

proto-baseline: $(BUF) $(GOOGLEAPIS) ## At a release: what later contracts must not break
	$(BUF) build -o proto/baseline.binpb

$(BUF): deploy/lint/package.json
	@deploy/install.sh lint
	@npm install --prefix deploy/lint --silent --no-audit --no-fund && touch -c $(BUF)

$(MANIFESTS): deploy/lint/manifests/package.json deploy/lint/manifests/package-lock.json
	@deploy/install.sh lint
	@npm ci --prefix deploy/lint/manifests --silent --ignore-scripts --no-audit --no-fund && touch $(MANIFESTS)

$(GOOGLEAPIS):
	@deploy/install.sh lint
	@mkdir -p $(@D) && cp /usr/share/gocode/src/github.com/grpc-ecosystem/grpc-gateway/third_party/googleapis/google/api/{http,annotations}.proto $(@D)

faults: build ## Break the suite FAULTS (1000) times under load, from FAULTS_SEED (1), and judge what clients were told
	@deploy/install.sh test
	$(BUILD)/bin/fault_run --faults=$${FAULTS:-1000} --seed=$${FAULTS_SEED:-1} --folder=build/faults

fuzz: ## Fuzz each of FUZZ_TARGETS (all) for FUZZ_RUNS runs or FUZZ_SECONDS (60), from FUZZ_SEED; see tests/fuzz/run.py
	@deploy/install.sh fuzz
	@cmake --preset fuzz >$(shell mkdir -p build && echo build/configure-fuzz.log) || { cat build/configure-fuzz.log; exit 1; }
	@cmake --build --preset fuzz --target fuzz_targets
	@/usr/bin/python3 tests/fuzz/run.py

fuzz-merge: ## After fuzzing: keep in tests/fuzz/corpus what was found and reaches more
	@/usr/bin/python3 tests/fuzz/run.py merge

clean: ## Remove what was built
	rm -rf build
