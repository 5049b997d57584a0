#!/usr/bin/env bash
# Installs what the tests need and the build does not. May run any number of times: what is there is left alone.
#
#   Python packages   tuspy uploads as a stranger's client; Pillow makes the picture libraries of benches and, with
#                     libheif and libjxl from its companions, decodes pictures for ours to be compared with
#   npm packages      tus-js-client uploads as browsers will
#   python3-dbusmock  pretends to be a system that tells about network and power (from Debian, for the system's Python)
#   ffmpeg            the hub makes pictures of videos with it, in a sandbox
#   Chromium          the web app is tried in it
#
# PostgreSQL is postgres.sh's affair. System packages come from Debian (also Ubuntu and its kin), as root or through
# sudo. Packages of Python and npm go to $ALBUMEN_TEST_TOOLS/{python,node}, never into the system.
. "$(dirname "$0")/lib.sh"

PYTHON_PACKAGES=(tuspy==1.1.0 pillow==12.0.0 pillow-heif==1.8.1 pillow-jxl-plugin==1.3.8)
NPM_PACKAGES=(tus-js-client@4.3.1)

have_python() { have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; }
have_node() { have node && have npm; }

# The one of the system, whatever else is called python3 here.
have_dbusmock() { have dbus-daemon && /usr/bin/python3 -c 'import dbus, dbusmock' 2>/dev/null; }

have_ffmpeg() { have ffmpeg && have ffprobe; }

missing_packages() {
  have_python || printf '%s\n' python3 python3-venv
  have_node || printf '%s\n' nodejs npm
  have_ffmpeg || printf '%s\n' ffmpeg
  have chromium || printf '%s\n' chromium fonts-liberation
  have_dbusmock || printf '%s\n' dbus python3-dbusmock
}

install_system_packages() {
  local packages
  mapfile -t packages < <(missing_packages)
  [ "${#packages[@]}" -gt 0 ] || return 0
  have apt-get || fail "The tests need ${packages[*]} (Debian's names). Install them with your system's package program and run this again."
  say "Installing ${packages[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null' sh "${packages[@]}" \
    || fail "Could not install what the tests need. As root, run: apt-get update && apt-get install ${packages[*]}"
}

# Runs a step when its inputs are not the ones that it last succeeded with.
once() {
  local stamp=$ALBUMEN_TEST_TOOLS/$1.done inputs=$2
  shift 2
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$inputs" ]; then
    return 0
  fi
  "$@"
  printf '%s\n' "$inputs" >"$stamp"
}

install_python_packages() {
  say "Installing ${PYTHON_PACKAGES[*]}"
  python3 -m venv --clear "$ALBUMEN_TEST_TOOLS/python"
  "$ALBUMEN_TEST_TOOLS/python/bin/python" -m pip install --quiet --disable-pip-version-check "${PYTHON_PACKAGES[@]}" \
    || fail "Could not install ${PYTHON_PACKAGES[*]} with pip. Is PyPI, or a mirror of it, reachable?"
}

install_npm_packages() {
  say "Installing ${NPM_PACKAGES[*]}"
  mkdir -p "$ALBUMEN_TEST_TOOLS/node"
  npm install --silent --no-save --no-audit --no-fund --prefix "$ALBUMEN_TEST_TOOLS/node" "${NPM_PACKAGES[@]}" >/dev/null \
    || fail "Could not install ${NPM_PACKAGES[*]} with npm. Is the npm registry, or a mirror of it, reachable?"
}

mkdir -p "$ALBUMEN_TEST_TOOLS"
install_system_packages
once python "${PYTHON_PACKAGES[*]} $(python3 --version)" install_python_packages
once node "${NPM_PACKAGES[*]}" install_npm_packages
