#!/bin/sh
# A private PostgreSQL for tests: its own folder, its own port, gone when the command ends.
#
#   scripts/postgres.sh run COMMAND…   start, export ALBUMEN_TEST_POSTGRES=URL, run, always stop
#   scripts/postgres.sh start          start; prints the folder and the URL
#   scripts/postgres.sh stop DIR       stop what start printed and remove its folder; twice is fine
#   scripts/postgres.sh restart DIR    start again what is in DIR, for tests that kill it
#   scripts/postgres.sh kill DIR       stop it at once, as a crash would, and keep its folder
#
# ALBUMEN_TEST_POSTGRES_FSYNC=on makes it durable; tests that only look at behaviour do without.
set -eu

say() { echo "postgres.sh: $*" >&2; }

# Installs Debian's package unless the server's programs are there already.
programs() {
  for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -n -r) $(dirname "$(command -v initdb || echo /none/x)"); do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then echo "$folder"; return; fi
  done
  return 1
}

ensure_programs() {
  programs >/dev/null && return
  command -v apt-get >/dev/null \
    || { say "the tests need PostgreSQL's server programs; install them with your system's package program"; exit 1; }
  as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null \
      || { say "the tests need PostgreSQL. As root, run: apt-get update && apt-get install postgresql"; exit 1; }
    as_root=sudo
  fi
  say "installing Debian's postgresql package"
  # The package would otherwise start a cluster of its own.
  $as_root mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] \
    || echo 'create_main_cluster = false' | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >&2
  programs >/dev/null || { say "initdb is still missing"; exit 1; }
}

# PostgreSQL refuses to run as root; then it runs as the package's user, or as nobody.
unprivileged() {
  if [ "$(id -u)" != 0 ]; then "$@"; return; fi
  user=nobody
  if id postgres >/dev/null 2>&1; then user=postgres; fi
  (cd / && setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups env HOME=/ "$@")
}

# A port that nobody listens on; start tries another one when somebody was faster.
some_port() { shuf -i 20000-45000 -n 1; }

launch() {
  folder=$1
  for _ in 1 2 3 4 5 6 7 8; do
    port=$(cat "$folder/port" 2>/dev/null || some_port)
    if unprivileged "$bin/pg_ctl" -D "$folder/cluster" -l "$folder/log" -w -t 60 -s \
        -o "-p $port -k $folder -h 127.0.0.1" start >/dev/null 2>&1; then
      echo "$port" > "$folder/port"
      return
    fi
    [ -e "$folder/port" ] || continue
    sleep 1
  done
  say "the server did not start:"; tail -20 "$folder/log" >&2
  return 1
}

url() { echo "postgres://albumen@127.0.0.1:$(cat "$1/port")/postgres"; }

create() {
  ensure_programs
  bin=$(programs)
  folder=$(mktemp -d "${ALBUMEN_TEST_POSTGRES_WITHIN:-${TMPDIR:-/tmp}}/albumen-postgres.XXXXXX")
  if [ "$(id -u)" = 0 ]; then
    user=nobody
    if id postgres >/dev/null 2>&1; then user=postgres; fi
    chown "$user" "$folder"
  fi
  chmod 0711 "$folder"
  unprivileged "$bin/initdb" -D "$folder/cluster" -U albumen -A trust -E UTF8 --no-sync >"$folder/initdb.log" 2>&1 \
    || { cat "$folder/initdb.log" >&2; rm -rf "$folder"; exit 1; }
  durable=${ALBUMEN_TEST_POSTGRES_FSYNC:-off}
  cat >>"$folder/cluster/postgresql.conf" <<CONF
fsync = $durable
full_page_writes = $durable
max_connections = 400
shared_buffers = 64MB
log_min_messages = fatal
CONF
  launch "$folder" || { destroy "$folder"; exit 1; }
}

halt() { # DIR MODE
  [ -e "$1/cluster/postmaster.pid" ] || return 0
  unprivileged "$bin/pg_ctl" -D "$1/cluster" -w -t 30 -s -m "$2" stop >/dev/null 2>&1 || true
}

destroy() {
  case "$1" in */albumen-postgres.*) ;; *) say "\"$1\" is none of mine"; exit 2 ;; esac
  [ -d "$1" ] || return 0
  bin=$(programs)
  # Servers that a test started for itself and could not stop, because it was killed.
  for nested in "$1"/albumen-postgres.*; do
    [ ! -d "$nested" ] || halt "$nested" immediate
  done
  halt "$1" immediate
  rm -rf "$1"
}

case "${1:-}" in
  start)
    create
    echo "$folder"
    url "$folder"
    ;;
  stop) destroy "${2:?which folder?}" ;;
  restart) bin=$(programs); launch "${2:?which folder?}" ;;
  kill) bin=$(programs); halt "${2:?which folder?}" immediate ;;
  run)
    shift
    [ $# -gt 0 ] || { say "run what?"; exit 2; }
    folder=
    trap '[ -z "$folder" ] || destroy "$folder"' EXIT
    trap 'exit 130' INT TERM HUP
    create
    ALBUMEN_TEST_POSTGRES=$(url "$folder")
    ALBUMEN_TEST_POSTGRES_WITHIN=$folder
    export ALBUMEN_TEST_POSTGRES ALBUMEN_TEST_POSTGRES_WITHIN
    "$@"
    ;;
  *) sed -n '3,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
