#!/usr/bin/env bash
# Runs the benches on release programs that are already built, with the environment that test.sh describes.
# Arguments go to the bench program.
. "$(dirname "$0")/lib.sh"

export ALBUMEN_PROGRAMS=$CARGO_TARGET_DIR/release
scripts/setup-tests.sh
exec cargo run --quiet --locked --release --package albumen-benches -- "$@"
