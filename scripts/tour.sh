#!/usr/bin/env bash
# Walks the README's tour as it is written: every `sh` block of that section, on fresh folders and a free port, so
# that the first thing that anybody tries is known to work. With ALBUMEN_PROGRAMS, the programs in that folder.
. "$(dirname "$0")/lib.sh"

programs=${ALBUMEN_PROGRAMS:-}
if [ -z "$programs" ]; then
  cargo build --quiet --locked --bins --package albumen-hub --package albumen-cli
  programs=$CARGO_TARGET_DIR/debug
fi
place=$(mktemp -d)
readme=$PWD/README.md
hub=

clean_up() {
  if [ -n "$hub" ]; then
    kill "$hub" 2>/dev/null || true
    wait "$hub" 2>/dev/null || true
  fi
  rm -rf "$place"
}
trap clean_up EXIT

# Waits until a line of the hub's output matches, and prints the match.
from_hub() {
  local pattern=$1 file=$2
  for _ in $(seq 300); do
    if grep --only-matching --max-count=1 --extended-regexp "$pattern" "$file"; then
      return 0
    fi
    kill -0 "$hub" 2>/dev/null || break
    sleep 0.1
  done
  cat "$place/hub.err" >&2
  fail "the hub did not say \"$pattern\""
}

# The blocks, without starting the hub (done here) and without what is filled in by hand.
awk '
  /^## / { tour = ($0 ~ /tour/) }
  /^```/ { block = tour && $0 == "```sh"; next }
  block && !/^make run$/ && !/^CODE=/ && !/^export PATH=/
' "$readme" >"$place/tour.sh"
[ -s "$place/tour.sh" ] || fail "README.md has no tour"

cd "$place"
mkdir home
"$programs/albumen-hub" serve --data ./data --listen 127.0.0.1:0 >hub.out 2>hub.err &
hub=$!
url=$(from_hub 'http://[0-9.]+:[0-9]+' hub.out)
CODE=$(from_hub '[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}' hub.err)
sed -i "s#http://localhost:8230#$url#g" tour.sh

env -u ALBUMEN_HOME HOME="$place/home" CODE="$CODE" PATH="$programs:$PATH" bash -euo pipefail -x tour.sh </dev/null \
  || fail "the README's tour does not work as written"
say "the README's tour works as written"
