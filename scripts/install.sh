#!/usr/bin/env bash
# Installs the release build below a prefix: the program, completions and, where they can be made, manual pages.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${1:?usage: scripts/install.sh PREFIX}
program=$(swift build --configuration release --show-bin-path)/crmvault

# The cheap key stretching for tests exists in debug builds only (docs/decisions/0007): make sure of it.
if grep -q CRMVAULT_TEST_KDF "$program"; then
  echo "error: $program obeys CRMVAULT_TEST_KDF, as only a debug build may; not installed" >&2
  exit 70
fi

install -d "$prefix/bin"
install -m 755 "$program" "$prefix/bin/crmvault"
echo "installed $prefix/bin/crmvault"

completion() {
  local shell=$1 target=$2
  install -d "$(dirname "$target")"
  "$program" --generate-completion-script "$shell" >"$target"
  echo "installed $target"
}
completion bash "$prefix/share/bash-completion/completions/crmvault"
completion zsh "$prefix/share/zsh/site-functions/_crmvault"
completion fish "$prefix/share/fish/vendor_completions.d/crmvault.fish"

pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
if swift package --allow-writing-to-directory "$pages" generate-manual --multi-page --output-directory "$pages" \
  >"$pages/log" 2>&1; then
  install -d "$prefix/share/man/man1"
  install -m 644 "$pages"/*.1 "$prefix/share/man/man1/"
  echo "installed $prefix/share/man/man1/crmvault*.1"
else
  echo "no manual pages: swift package generate-manual failed:" >&2
  tail -n 3 "$pages/log" >&2
fi
