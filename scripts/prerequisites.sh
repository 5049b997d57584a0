#!/usr/bin/env bash
# Looks for what a build needs: Rust, a C compiler and, for libjpeg-turbo and libaom, which are built from source so
# that one program runs anywhere, a C++ compiler, cmake, Perl and, on x86, nasm. These four are installed where
# Debian's packages can be had as root; for the rest, and elsewhere, it says exactly what to install. What only the
# running hub makes use of, ffmpeg, is no reason to stop.
. "$(dirname "$0")/lib.sh"

needed=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)

rust_help() {
  say "To install Rust $needed or newer:"
  say "    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"
  # The person is meant to type it as it stands.
  # shellcheck disable=SC2016
  say '    . "$HOME/.cargo/env"'
}

if ! have cargo; then
  say "Rust is missing."
  rust_help
  exit 1
fi

found=$(cargo --version | cut -d' ' -f2)
oldest=$(printf '%s\n%s\n' "$needed" "$found" | sort -V | head -n 1)
if [ "$oldest" != "$needed" ]; then
  say "Rust is too old: this is $found, Albumen needs $needed."
  if have rustup; then
    say "To update it:"
    say "    rustup update stable"
  else
    rust_help
  fi
  exit 1
fi

if ! have cc; then
  say "A C compiler is missing (SQLite and the TLS library are built from source)."
  say "To install one:"
  if have apt-get; then
    say "    sudo apt-get update && sudo apt-get install -y build-essential"
  elif have dnf; then
    say "    sudo dnf install -y gcc make"
  elif have pacman; then
    say "    sudo pacman -S --needed base-devel"
  elif have apk; then
    say "    sudo apk add build-base"
  elif [ "$(uname -s)" = Darwin ]; then
    say "    xcode-select --install"
  else
    say "    install gcc or clang with your system's package program, so that \`cc\` is found"
  fi
  exit 1
fi

if ! have ffmpeg || ! have ffprobe; then
  say "ffmpeg is missing. Albumen works without it, but makes no pictures of videos."
  say "To install it:"
  if have apt-get; then
    say "    sudo apt-get update && sudo apt-get install -y ffmpeg"
  elif have dnf; then
    say "    sudo dnf install -y ffmpeg-free"
  elif have pacman; then
    say "    sudo pacman -S --needed ffmpeg"
  elif have apk; then
    say "    sudo apk add ffmpeg"
  elif [ "$(uname -s)" = Darwin ]; then
    say "    brew install ffmpeg"
  else
    say "    install ffmpeg with your system's package program, so that \`ffmpeg\` and \`ffprobe\` are found"
  fi
fi

# Without nasm libjpeg-turbo would be built without its vector code, several times slower and without a word.
missing=()
have c++ || missing+=(g++)
have cmake || missing+=(cmake)
have perl || missing+=(perl)
case $(uname -m) in
  x86_64 | amd64 | i?86) have nasm || missing+=(nasm) ;;
esac
[ "${#missing[@]}" -gt 0 ] || exit 0

say "Missing: ${missing[*]} (the libraries for JPEG and AVIF are built from source)."
if have apt-get && as_root env DEBIAN_FRONTEND=noninteractive \
  sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null' sh "${missing[@]}"; then
  say "Installed ${missing[*]}."
  exit 0
fi
say "To install what is missing:"
if have apt-get; then
  say "    sudo apt-get update && sudo apt-get install -y ${missing[*]}"
elif have dnf; then
  say "    sudo dnf install -y ${missing[*]/g++/gcc-c++}"
elif have pacman; then
  say "    sudo pacman -S --needed ${missing[*]/g++/gcc}"
elif have apk; then
  say "    sudo apk add ${missing[*]}"
elif have brew; then
  say "    brew install ${missing[*]}"
else
  say "    install ${missing[*]} with your system's package program"
fi
exit 1
