# `make help` lists the targets. The two that matter: make demo, make test.
SHELL := /bin/bash
BUILD := build/release
SOURCES = $(shell git ls-files '*.cc' '*.h')
BUF := deploy/lint/node_modules/.bin/buf
MANIFESTS := deploy/lint/manifests/node_modules/.package-lock.json
# What the contracts import beside their own: buf wants it below its own folder.
GOOGLEAPIS := build/googleapis/google/api/http.proto
TSAN_SERVICES := platform_test access_test registry_test results_ingest_test scoring_test ranking_watches_test portal_test \
  portal_files_test audit_service_test publisher_test finality_test awards_test reports_service_test
# A deadlock ends too. In the foreground, or nobody could interrupt it; what a test starts ends with it by itself.
TSAN_LIMIT := timeout --foreground --kill-after=10 1800
# Where there is gRPC, which Debian compiles without the sanitizer. Never ignore_noninstrumented_modules: GCC 12 takes every
# module on Linux for one, ours too, and looks at no delete, memcpy or close any more. tsan-rules goes without all of it.
TSAN_OF_SERVICES := halt_on_error=1 suppressions=tests/sanitizers/tsan.supp

.PHONY: help demo binaries build test oracle bench load soak worst_hour lint manifests cluster-test tidy format proto-baseline \
  faults fuzz fuzz-merge asan tsan tsan-rules coverage mutation clean

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

worst_hour:
	@deploy/install.sh build
	@cmake --preset release >$(shell mkdir -p build && echo build/configure.log) || { cat build/configure.log; exit 1; }
	@cmake --build --preset release --target worst_hour

load: worst_hour ## The year's worst hour in LOAD_SECONDS (120) a phase, from LOAD_SEED (2025), drawn; LOAD_SOAK_SECONDS adds a soak
	@for phase in file country overload; do \
	  $(BUILD)/bin/worst_hour --load_seconds=$${LOAD_SECONDS:-120} --load_seed=$${LOAD_SEED:-2025} $$phase || exit 1; \
	  tests/load/draw.py build/load/$$phase.json docs/pictures/load-$$phase.svg || exit 1; done
	@[ -z "$$LOAD_SOAK_SECONDS" ] || $(MAKE) --no-print-directory soak

soak: worst_hour ## A steady load for LOAD_SOAK_SECONDS (3600), from LOAD_SEED (2025): does any process grow?
	$(BUILD)/bin/worst_hour --load_seconds=$${LOAD_SOAK_SECONDS:-3600} --load_seed=$${LOAD_SEED:-2025} soak
	@tests/load/draw.py build/load/soak.json docs/pictures/load-soak.svg

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

coverage: ## What branches of services/domain its tests reach: build/coverage/summary.json, html/ (minutes)
	@deploy/install.sh coverage
	@mkdir -p build && cmake --preset coverage >build/configure-coverage.log || { cat build/configure-coverage.log; exit 1; }
	@cmake --build --preset coverage --target domain_test
	@/usr/bin/python3 -B tests/coverage/coverage.py build/coverage .

mutation: ## Change the scoring rules in MUTANTS (150) places, or all: do the tests notice 95 %? build/mutation/summary.json
	@deploy/install.sh mutation
	@mkdir -p build && cmake --preset release >build/configure.log || { cat build/configure.log; exit 1; }
	@cmake --build --preset release --target domain_test
	@/usr/bin/python3 -B tests/mutation/mutate.py $(BUILD) . build/mutation

asan: ## All tests under the address and undefined-behaviour sanitizers (an hour)
	@deploy/install.sh test
	@mkdir -p build && cmake --preset asan >build/configure-asan.log || { cat build/configure-asan.log; exit 1; }
	@cmake --build --preset asan
	ctest --preset asan -j $$(nproc)

tsan: tsan-rules ## Data races: the rules and the caches with nothing suppressed, then the services (half an hour and more)
	@cmake --build --preset tsan --target $(TSAN_SERVICES)
	@for test in $(TSAN_SERVICES); do echo $$test && TSAN_OPTIONS="$(TSAN_OF_SERVICES)" \
	  $(TSAN_LIMIT) build/tsan/bin/$$test --gtest_brief=1 || { echo "$$test: $$? (124: not in time)"; exit 1; }; done

tsan-rules:
	@deploy/install.sh test
	@mkdir -p build && cmake --preset tsan >build/configure-tsan.log || { cat build/configure-tsan.log; exit 1; }
	@cmake --build --preset tsan --target domain_test access_test scoring_test
	TSAN_OPTIONS=halt_on_error=1 $(TSAN_LIMIT) build/tsan/bin/domain_test --gtest_brief=1 --gtest_filter=-Of/Shrinking.*
	TSAN_OPTIONS=halt_on_error=1 $(TSAN_LIMIT) build/tsan/bin/access_test --gtest_brief=1 --gtest_filter=PrincipalCacheTest.*
	TSAN_OPTIONS=halt_on_error=1 $(TSAN_LIMIT) build/tsan/bin/scoring_test --gtest_brief=1 \
	  --gtest_filter=StandingCacheTest.*:BoardTest.*:SmallBoardTest.*

clean: ## Remove what was built
	rm -rf build
