#!/usr/bin/env bash
# Installs the system packages that the build and the tests need, where they are missing. Where all are
# present it does nothing and asks for no rights.
set -euo pipefail

# What the build needs, then what tests need: Python with PyNaCl opens a record without our program, strace
# injects faults, chromium shows the audit report.
wanted=(libsodium-dev libsqlite3-dev pkg-config libcsv-dev libphonenumber-dev python3 python3-nacl strace chromium age)

is_present() {
  case $1 in
    pkg-config) command -v pkg-config ;;
    python3 | strace | chromium | age) command -v "$1" ;;
    python3-nacl) for python in python3 /usr/bin/python3; do "$python" -c 'import nacl' && return; done; false ;;
    *) [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1")" = installed ] ;;
  esac >/dev/null 2>&1
}

if ! command -v swift >/dev/null; then
  echo "error: no swift on the PATH: crmvault builds with Swift 6.2 or newer, see https://www.swift.org/install" >&2
  exit 78
fi

missing=()
for package in "${wanted[@]}"; do
  is_present "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "error: missing: ${missing[*]} (names as Debian has them); there is no apt-get here, install them by hand" >&2
  exit 78
fi
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  echo "error: missing: ${missing[*]}; installing them needs root, and there is no sudo." >&2
  echo "hint: as root: apt-get install ${missing[*]}" >&2
  exit 78
fi

echo "Installing with apt what is missing: ${missing[*]}"
"${as_root[@]}" apt-get --option DPkg::Lock::Timeout=300 update --quiet=2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get --option DPkg::Lock::Timeout=300 install --quiet=2 --yes --no-install-recommends "${missing[@]}"
