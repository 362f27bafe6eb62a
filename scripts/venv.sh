#!/usr/bin/env bash
# Makes an empty virtual environment with pip in it: scripts/venv.sh PYTHON FOLDER
#
# Debian ships python3.11 without ensurepip unless python3.11-venv is installed too. As root it is installed
# here; otherwise the system's own pip fills the environment, if there is one.
set -euo pipefail

python=$1
folder=$2

fail() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

has_ensurepip() { "$python" -c 'import ensurepip' 2>/dev/null; }

command -v "$python" >/dev/null || fail "expected Python 3.11 or 3.12, found no $python; install it or say make PYTHON=..."
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
case $version in
  3.11 | 3.12) ;;
  *) fail "expected Python 3.11 or 3.12 (mediapipe has no wheels for others), found $version; say make PYTHON=python3.11" ;;
esac

if ! has_ensurepip && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing python$version-venv"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -qq -y --no-install-recommends "python$version-venv"; } >/dev/null || true
fi

if has_ensurepip; then
  "$python" -m venv --clear "$folder"
elif "$python" -m pip --version >/dev/null 2>&1; then
  "$python" -m venv --clear --without-pip "$folder"
  "$python" -m pip --quiet --python "$folder/bin/python" install pip
else
  fail "expected ensurepip, which Debian keeps in python$version-venv; run: sudo apt-get install python$version-venv"
fi
