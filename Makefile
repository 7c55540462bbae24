# "make help" lists what there is. "make run" needs Go and nothing else.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run build check test fmt generate web bench crash fuzz clean

ARGS ?=
FUZZTIME ?= 5m
KILLS ?= 500

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: build ## build and serve on http://127.0.0.1:8080 with ./data (more flags: ARGS="--listen :9000")
	@exec bin/spika serve $(ARGS)

build: ## build bin/spika
	@CGO_ENABLED=0 go build -o bin/spika ./cmd/spika

check: ## the quick checks of daily work
	@scripts/check

test: ## everything; sets up what it needs
	@scripts/test

fmt: ## format Go and the web app's sources
	gofmt -w $$(git ls-files -co --exclude-standard -- '*.go')
	npm --silent --prefix web run format

generate: ## make the generated files anew
	@scripts/setup && scripts/generate

web: ## build the web app into web/dist, if its sources changed
	@scripts/setup && scripts/web

bench: ## measure; results go to bench/results
	@scripts/setup && scripts/with-postgres go run ./bench $(ARGS)

crash: ## the crash test, long: KILLS=500 kills for each database
	@scripts/setup && SPIKA_CRASH_KILLS=$(KILLS) scripts/with-postgres go test -count=1 -v -timeout 6h ./test/crash

fuzz: ## every fuzz target for FUZZTIME=5m
	@scripts/fuzz $(FUZZTIME)

clean: ## remove what was built
	rm -rf .build bin
