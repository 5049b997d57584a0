#!/usr/bin/env bash
# Looks for what a build needs, Rust and a C compiler, and says exactly what to install when it is missing. What only
# the running hub makes use of, ffmpeg, is no reason to stop.
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
