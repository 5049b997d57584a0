# shellcheck shell=bash
# What every script here starts with: `. "$(dirname "$0")/lib.sh"`. Strict mode, the project's root as the working
# folder, and the folders that builds and tools use, each of which the environment may set otherwise.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

ALBUMEN_CACHE=${ALBUMEN_CACHE:-$HOME/.cache/albumen}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$ALBUMEN_CACHE/target}
# Packages of strangers that tests and benches use: python/bin/python with tuspy and Pillow, node/node_modules with
# tus-js-client. setup-tests.sh installs them.
export ALBUMEN_TEST_TOOLS=${ALBUMEN_TEST_TOOLS:-$ALBUMEN_CACHE/test-tools}
# Real pictures and the proxy that makes network faults, when a folder `shared` lies beside the checkout.
if [ -d ../shared/corpus/public ]; then
  ALBUMEN_CORPUS=${ALBUMEN_CORPUS:-$(cd ../shared/corpus/public && pwd)}
  export ALBUMEN_CORPUS
fi
if [ -d ../shared/tools ]; then
  ALBUMEN_TOOLS=${ALBUMEN_TOOLS:-$(cd ../shared/tools && pwd)}
  export ALBUMEN_TOOLS
fi

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root: directly, or through sudo, which asks for a password only when somebody can answer.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo && [ -t 0 ]; then
    sudo "$@"
  elif have sudo; then
    sudo -n "$@"
  else
    say "cannot run as root, and sudo is not installed: $*"
    return 1
  fi
}

# Builds all tests and, with them, the programs that they run: both programs have tests of their own. A build of the
# programs alone would compile nearly everything twice, because the tests want other features of what others wrote.
build_tests() {
  if have cargo-nextest; then
    cargo nextest run --locked --workspace --no-run
  else
    cargo test --locked --workspace --no-run
  fi
}
