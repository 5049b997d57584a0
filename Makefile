# The front door. `make` alone says what there is.

export CARGO_TARGET_DIR ?= $(HOME)/.cache/albumen/target

# Where `make run` keeps everything. LISTEN=127.0.0.1:8230 keeps other machines out; left empty, the hub listens
# where its settings say.
DATA ?= ./data
LISTEN ?=

.DEFAULT_GOAL := help
.PHONY: help run build test lint fmt deny generated bench ci

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build everything and start a hub at http://localhost:8230, with its data in ./data
	@echo "Programs: $(CARGO_TARGET_DIR)/release/albumen-hub and $(CARGO_TARGET_DIR)/release/albumen"
	@echo "The hub keeps everything in $(DATA). Stop it with Ctrl-C."
	@exec "$(CARGO_TARGET_DIR)/release/albumen-hub" serve --data "$(DATA)" $(if $(LISTEN),--listen "$(LISTEN)")

build: ## build the web app, the hub with it inside, and the device program, release
	@scripts/prerequisites.sh
	@scripts/web.sh build
	cargo build --locked --release --package albumen-hub --package albumen-cli

test: ## run every test, on SQLite and on PostgreSQL; installs what the tests need
	@scripts/test.sh

lint: ## check formatting, lints, arrows between crates, lengths, licences
	@scripts/prerequisites.sh
	cargo fmt --all -- --check
	@scripts/check-scripts.sh
	cargo xtask edges
	cargo xtask lines
	cargo clippy --locked --workspace --all-targets -- -D warnings
	@scripts/deny.sh
	@scripts/web.sh check

fmt: ## format all Rust and the web app
	cargo fmt --all
	cd web && npm run --silent format

deny: ## check licences, banned crates and sources of what others wrote
	@scripts/deny.sh

generated: ## write what is generated: docs/openapi.json, the web app's types of it, docs/albumen.sample.toml
	cargo xtask openapi
	cargo xtask config-sample
	@scripts/web.sh client

bench: build ## measure speed and size against the limits of this machine
	@scripts/bench.sh

ci: ## everything that must hold before a change lands
	@.ci/run
