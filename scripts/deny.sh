#!/usr/bin/env bash
# What others wrote, against deny.toml. Licences, bans and sources always; advisories when a copy of the RustSec
# database is on this machine: in ALBUMEN_ADVISORY_DB (a folder that holds such copies), or where an earlier
# `cargo deny fetch` put it. Nothing is downloaded here, so that the answer does not depend on the network.
. "$(dirname "$0")/lib.sh"

deny=$(scripts/tools.sh cargo-deny)
# A wrapper that is allowed and not there is fine: benches come and go.
"$deny" --locked check --allow unused-wrapper licenses bans sources

databases=${ALBUMEN_ADVISORY_DB:-${CARGO_HOME:-$HOME/.cargo}/advisory-dbs}
if compgen -G "$databases/*" >/dev/null; then
  "$deny" --locked check --disable-fetch advisories
else
  say "advisories not checked: no database in $databases (\`cargo deny fetch\` brings one)"
fi
