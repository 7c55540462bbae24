# Steps of a long check: one line each, the whole output only when it failed.
# Sourced after lib.sh.
# shellcheck shell=bash

export NO_COLOR=1 # logs are read in files as well
STEPS=${STEPS:-$(mktemp -d "$BUILD/steps.XXXXXX")} # logs and results of this run
: >>"$STEPS/results"

# step NAME COMMAND...: runs a step and reports it. Fails if the step did.
step() {
	local name=$1 log start=$SECONDS word=ok code=0
	shift
	log=$STEPS/$(printf '%s' "$name" | tr -c '[:alnum:]' '-').log
	"$@" >"$log" 2>&1 </dev/null || code=$?
	[ "$code" = 0 ] || word=FAIL
	(
		flock 9 # the lines of two lanes do not mix
		printf '%-4s %5ds  %s\n' "$word" $((SECONDS - start)) "$name"
		if [ "$code" != 0 ] || [ -n "${SHOW:-}" ]; then sed 's/^/    /' "$log"; fi
		echo "$word" >>"$STEPS/results"
	) 9>"$STEPS/lock"
	return "$code"
}

# shown NAME COMMAND...: a step whose output is shown even if it went well.
shown() {
	SHOW=1 step "$@"
}

# count WORD: how many steps ended so.
count() {
	grep -cx "$1" "$STEPS/results" || true
}

# summary: the closing line. Fails if a step did, or if there was none.
summary() {
	local passed failed
	passed=$(count ok) failed=$(count FAIL)
	printf '\nsteps: %d passed, %d failed in %d min %02d s\n' "$passed" "$failed" $((SECONDS / 60)) $((SECONDS % 60))
	printf '%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
