# crmvault: what one types. Every target installs missing system packages first, and says so.
#
#   make demo     the whole platform in a scratch folder, step by step
#   make test     unit tests, then tests of the program; a fair share of the long ones
#   make soak     the same, with the full counts (hours)
#   make bench    the benchmarks, as ratios
#   make lint     format, walls, sizes
#   make install  the program, its completions and manual, below PREFIX (default /usr/local)

SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
FORMATTED := $(wildcard Package.swift Sources Tests Benchmarks Fuzzing)

.PHONY: build release test soak bench demo lint format install deps clean
.DEFAULT_GOAL := build

deps:
	@scripts/install-packages.sh

build: deps
	swift build

release: deps
	swift build --configuration release --product crmvault

test: deps
	scripts/run-tests.sh

soak: deps
	CRMVAULT_SOAK=1 scripts/run-tests.sh

bench: release
	scripts/bench.sh

demo: deps
	scripts/demo.sh

lint:
	swift format lint --strict --parallel --recursive $(FORMATTED)
	scripts/lint-tree.sh

format:
	swift format --in-place --parallel --recursive $(FORMATTED)

install: release
	scripts/install.sh "$(DESTDIR)$(PREFIX)"

clean:
	rm -rf .build demo-scratch
