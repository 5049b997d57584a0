#!/usr/bin/env bash
# Runs the benches on release programs that are already built, with the environment that test.sh describes.
# Arguments go to the bench program. Installs libvips' thumbnailer, the peer that renditions are measured against,
# where Debian's packages can be had as root; without it that bench says so and is left out.
. "$(dirname "$0")/lib.sh"

export ALBUMEN_PROGRAMS=$CARGO_TARGET_DIR/release
scripts/setup-tests.sh
if ! have vipsthumbnail && have apt-get; then
  say "Installing libvips-tools"
  as_root env DEBIAN_FRONTEND=noninteractive \
    sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends libvips-tools >/dev/null' \
    || say "Could not install libvips-tools. As root, run: apt-get update && apt-get install libvips-tools"
fi
exec cargo run --quiet --locked --release --package albumen-benches -- "$@"
