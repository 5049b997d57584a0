#!/usr/bin/env bash
# The web app, from its sources in web/. Needs Node (see NODE_OLDEST) and npm.
#
#   web.sh build            builds it into crates/http-web/built/app, from where the hub compiles it in; does nothing
#                           when it is built already
#   web.sh check            formatting, lints and types
#   web.sh client [--check] writes the API's types from docs/openapi.json, or says whether they are stale
#   web.sh test             tests of its logic
#   web.sh browser          tests in a browser against the hub in ALBUMEN_PROGRAMS, with real pictures
. "$(dirname "$0")/lib.sh"

# What Vite asks for.
NODE_OLDEST=20.19.0
BUILT=crates/http-web/built/app
SCHEMA=app/src/api/schema.d.ts
# The browser comes from the system; nothing may look for another one.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
# What runners print is read by `cargo xtask test-summary`.
export NO_COLOR=1

have_node() {
  have node && have npm || return 1
  local found
  found=$(node --version)
  [ "$(printf '%s\n%s\n' "$NODE_OLDEST" "${found#v}" | sort -V | head -n 1)" = "$NODE_OLDEST" ]
}

demand_node() {
  have_node && return 0
  say "The web app needs Node $NODE_OLDEST or newer, with npm."
  say "To install it: your system's package program, or https://nodejs.org/en/download"
  return 1
}

# Runs a command when the files that it depends on are not the ones that it last succeeded with.
unless_done() {
  local stamp=$1 inputs=$2
  shift 2
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$inputs" ]; then
    return 0
  fi
  rm -f "$stamp"
  "$@"
  printf '%s\n' "$inputs" >"$stamp"
}

hash_of() { cat "$@" | sha256sum | cut -d' ' -f1; }

install_packages() {
  say "Installing the web app's packages"
  (cd web && npm ci --ignore-scripts --no-audit --no-fund --silent >/dev/null) \
    || fail "Could not install the web app's packages with npm. Is the npm registry, or a mirror of it, reachable?"
}

packages() {
  demand_node || exit 1
  unless_done web/node_modules/.installed "$(hash_of web/package-lock.json) $(node --version)" install_packages
}

# Everything that goes into the app, by path and content.
sources() {
  find web/app web/vite.config.ts web/svelte.config.js web/package-lock.json -type f -print0 | sort -z \
    | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

run_vite() {
  say "Building the web app"
  (cd web && npx vite build --logLevel warn)
}

build() {
  if ! demand_node; then
    if [ "${CI:-}" = true ]; then exit 1; fi
    say "The hub is built without it: devices can send, and browsers are told what is missing."
    return 0
  fi
  packages
  [ -f "$BUILT/index.html" ] || rm -f "$BUILT.done"
  unless_done "$BUILT.done" "$(sources)" run_vite
}

client() {
  packages
  local fresh
  fresh=$(mktemp -d)
  # $fresh is filled in now: when the trap runs, the variable is gone.
  # shellcheck disable=SC2064
  trap "rm -rf '$fresh'" EXIT
  (cd web && npx openapi-typescript ../docs/openapi.json --output "$fresh/schema.d.ts" >/dev/null 2>"$fresh/log") \
    || fail "$(cat "$fresh/log")"
  if [ "${1:-}" = --check ]; then
    cmp -s "$fresh/schema.d.ts" "web/$SCHEMA" || fail "web/$SCHEMA: stale. Mend it: scripts/web.sh client"
    say "web/$SCHEMA: up to date"
  else
    cp "$fresh/schema.d.ts" "web/$SCHEMA"
  fi
}

case ${1:-} in
  build) build ;;
  check)
    packages
    (cd web && npm run --silent lint)
    ;;
  client) client "${2:-}" ;;
  test)
    packages
    (cd web && npm run --silent test)
    ;;
  browser)
    packages
    (cd web && npm run --silent test:browser)
    ;;
  *) fail "usage: scripts/web.sh build | check | client [--check] | test | browser" ;;
esac
