#!/usr/bin/env bash
# Reads every shell script of the project without running it: bash's own parser, and shellcheck where it is
# installed.
. "$(dirname "$0")/lib.sh"

scripts=(scripts/*.sh .ci/run)
for script in "${scripts[@]}"; do
  bash -n "$script"
done
if have shellcheck; then
  shellcheck --severity=warning --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
else
  say "shellcheck is not installed: only the grammar was checked"
fi
