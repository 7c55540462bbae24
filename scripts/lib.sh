# What the scripts share. Sourced from the top folder of the repository.
# shellcheck shell=bash

set -euo pipefail

BUILD=$PWD/.build
MIN_NODE=20.19.0
mkdir -p "$BUILD"

# The product and most checks are built without cgo, as the released binary is:
# one setting means that every step shares the same compiled packages. The race
# detector needs cgo and asks for it itself.
export CGO_ENABLED=0

die() {
	printf '%s\n' "$@" >&2
	exit 1
}

# at_least HAVE WANT: whether version HAVE is WANT or newer.
at_least() {
	[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# node_ok: whether the node found first is new enough.
node_ok() {
	command -v node >/dev/null && at_least "$(node -p process.versions.node)" "$MIN_NODE"
}

# A Node that scripts/setup fetched because the machine's is missing or too old.
if ! node_ok && [ -x "$BUILD/node/node_modules/.bin/node" ]; then
	PATH=$BUILD/node/node_modules/.bin:$PATH
fi

# postgres_bin: the folder with PostgreSQL's server programs. Debian keeps them
# out of the search path, one folder a version.
postgres_bin() {
	local dir
	if command -v initdb >/dev/null && command -v postgres >/dev/null; then
		dirname "$(command -v initdb)"
		return
	fi
	for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
		if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
			echo "$dir"
			return
		fi
	done
	return 1
}

# chromium_bin: the browser that the browser tests drive.
chromium_bin() {
	command -v chromium || command -v chromium-browser || command -v google-chrome
}
