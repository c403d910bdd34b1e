# `make` alone lists the targets. Each sets up what it needs.
.DEFAULT_GOAL := help
.PHONY: help demo demo-kafka test check bench fmt capabilities evaluate soak soak-controls

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
FIREBREAK := target/release/firebreak
OUT := out/demo

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: ## build, make up an airline crisis, run it, and report
	@cargo build --release --quiet --package firebreak --no-default-features
	@rm -rf $(OUT) && mkdir -p $(OUT)
	@echo "Two quiet days of an airline, then a plane is missing:"
	@echo "  firebreak simulate missing-plane --hours 72 --out $(OUT)/mentions.ndjson --truth $(OUT)/truth.json"
	@$(FIREBREAK) simulate missing-plane --hours 72 --out $(OUT)/mentions.ndjson --truth $(OUT)/truth.json
	@echo "  firebreak run --input $(OUT)/mentions.ndjson --book books/airline --out $(OUT)/topics"
	@$(FIREBREAK) run --input $(OUT)/mentions.ndjson --book books/airline --out $(OUT)/topics
	@echo
	@echo "WHAT TO TRY NEXT"
	@echo "  $(FIREBREAK) dlq list $(OUT)/topics            what was rejected, and why"
	@echo "  $(FIREBREAK) simulate --help                   other crises, such as bomb-threat or price-rise"
	@echo "  edit books/airline/*.yaml, then $(FIREBREAK) book check books/airline, and run again with another --out"

test: ## all tests, with the time of each part
	@scripts/timed-test

check: ## format, lints, unit tests, arrows, schemas, sizes, metrics: under a minute when warm
	cargo fmt --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	cargo test --workspace --lib --quiet
	cargo test --workspace --test metrics_contract --quiet
	cargo test --workspace --test acceptance --quiet -- arrows sizes
	cargo run --quiet --bin firebreak -- schemas check

bench: ## what got slower in instructions, how fast the services are over Kafka (target/bench.json), then the parts in process; PART=stages|latency|restore|recovery|growth for some of it
	@test -n "$(PART)" || cargo run --release --quiet --package instructions
	@cargo bench --quiet --package firebreak --bench services -- $(if $(PART),--part $(PART)) $(ARGS)
	@test -n "$(PART)" || cargo bench --quiet --workspace --bench '*' --exclude firebreak --exclude sink --exclude testkit --exclude instructions --exclude soak

fmt: ## format the code
	cargo fmt

capabilities: ## which capabilities of C01 to C99 are shown by tests that run now
	@cargo run --quiet --bin firebreak -- capabilities

evaluate: ## how well texts are judged, on the sets of ../shared/data: a table, target/evaluate.json, docs/model-card.md
	@cargo build --release --quiet --package firebreak --no-default-features
	@$(FIREBREAK) evaluate --data ../shared/data --in-domain --json target/evaluate.json --card docs/model-card.md

demo-kafka: ## Kafka, PostgreSQL and five stages on this machine: a crisis by webhook, and the proof that nothing is lost or doubled
	@cargo build --release --quiet --package firebreak
	@$(FIREBREAK) demo $(ARGS)

MINUTES ?= 3
SEED ?= 1
soak: ## fuzz what reads foreign bytes, then try to break exactly-once on three brokers: MINUTES=3 SEED=1; target/soak.json
	@cargo build --release --quiet --package firebreak
	@cargo build --release --quiet --package soak
	@scripts/fuzz 60
	@target/release/soak --minutes $(MINUTES) --seed $(SEED) $(ARGS)

soak-controls: ## show that the soak can fail: a build with one deliberate defect after the other; target/soak-controls.json
	@cargo build --quiet --package firebreak --features planted-defects
	@cp target/debug/firebreak target/firebreak-with-defects
	@cargo build --release --quiet --package soak
	@target/release/soak --controls --minutes 10 --seed $(SEED) --program target/firebreak-with-defects --out target/soak-controls --json target/soak-controls.json $(ARGS)
