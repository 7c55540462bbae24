# The parts that "make check" and "make test" are made of. Sourced after
# steps.sh. Every part runs all of its steps and fails if one did.
# shellcheck shell=bash

gofmt_clean() {
	local files
	files=$(git ls-files -co --exclude-standard -- '*.go' | xargs -r gofmt -l)
	[ -z "$files" ] || die "not formatted; run \"make fmt\":" "$files"
}

static_checks() {
	local code=0
	step 'gofmt' gofmt_clean || code=1
	step 'generated files up to date' scripts/generate check || code=1
	step 'go vet' go vet ./... || code=1
	step 'golangci-lint' scripts/lint || code=1
	return "$code"
}

# browser_sources: the browser tests use the web app's packages.
browser_sources() {
	web/node_modules/.bin/tsc -p test/browser || return
	(cd test/browser && ../../web/node_modules/.bin/biome ci .)
}

web_checks() {
	local code=0
	step 'web: types and lint' npm --silent --prefix web run check || code=1
	step 'browser tests: types and lint' browser_sources || code=1
	step 'web: unit tests' npm --silent --prefix web test || code=1
	step 'web/dist up to date' scripts/web check || code=1
	return "$code"
}
