#!/usr/bin/env bash
# Runs every test, on both engines and in a browser, and ends with one line of totals, taken from what the runners printed.
# With CI=true nothing may be skipped.
#
# What the tests are told through the environment:
#   ALBUMEN_PROGRAMS     folder of the built programs albumen-hub and albumen
#   ALBUMEN_TEST_TOOLS, ALBUMEN_CORPUS, ALBUMEN_TOOLS   see lib.sh
#   ALBUMEN_TEST_POSTGRES   a private PostgreSQL, see postgres.sh
. "$(dirname "$0")/lib.sh"

export ALBUMEN_PROGRAMS=$CARGO_TARGET_DIR/debug

scripts/prerequisites.sh
scripts/setup-tests.sh
# The runner shows only what failing tests print, so what cannot be tested here is said here.
[ -n "${ALBUMEN_CORPUS:-}" ] || say "ALBUMEN_CORPUS is not set: nothing is tested with real pictures"
[ -n "${ALBUMEN_TOOLS:-}" ] || say "ALBUMEN_TOOLS is not set: nothing is tested behind a network that fails"

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# Built first: a mistake in the code should not wait for a database to start. The web app goes into the hub.
scripts/web.sh build
build_tests
outcome=0
if have cargo-nextest; then
  scripts/postgres.sh run cargo nextest run --locked --workspace --color never 2>&1 | tee "$logs/tests" || outcome=$?
  cargo test --locked --workspace --doc --no-fail-fast 2>&1 | tee "$logs/doctests" || outcome=$?
else
  scripts/postgres.sh run cargo test --locked --workspace --no-fail-fast 2>&1 | tee "$logs/tests" || outcome=$?
fi

scripts/web.sh test 2>&1 | tee "$logs/web" || outcome=$?
scripts/web.sh browser 2>&1 | tee "$logs/browser" || outcome=$?

strict=()
if [ "${CI:-}" = true ]; then strict=(--no-skips); fi
cargo xtask test-summary "${strict[@]}" "$logs"/* || outcome=$?
exit "$outcome"
