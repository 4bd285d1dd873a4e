# Each target calls one script or cargo command; `make` alone lists them.

TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help run demo dev test check bench image screenshots

help: ## list these targets
	@sed -n 's/^\([a-z]*\): ## \(.*\)/  make \1\t\2/p' Makefile

run: ## install what is missing, build for release, and start on http://localhost:3000
	scripts/setup run
	cargo xtask build --release
	exec $(TARGET)/release/towpath-server

demo: ## the same with a sample project and three people, on a data folder that goes when it stops
	scripts/setup run
	cargo xtask build --release
	exec scripts/demo

dev: ## the same from a development build, which is quicker to make
	scripts/setup run
	cargo xtask build
	exec $(TARGET)/debug/towpath-server

test: ## install what is missing, and run every test
	scripts/setup test
	scripts/test

check: ## format and lints only
	scripts/setup run
	scripts/test check

bench: ## measure the release build on this machine; BENCH=--quick is shorter
	scripts/setup run
	cargo xtask build --release
	scripts/bench $(BENCH)

image: ## build the release, and pack it into the container image towpath
	scripts/setup run
	cargo xtask build --release
	scripts/image

screenshots: ## take the pictures of README and guide anew
	scripts/screenshots
