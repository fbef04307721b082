#!/usr/bin/env bash
# What swift-format does not see: sizes, paths of one machine, modules that have one room each.
set -euo pipefail
cd "$(dirname "$0")/.."

faults=0
fault() {
  echo "$1" >&2
  faults=$((faults + 1))
}

# Committed files and new ones that git does not ignore.
files() { git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do [ -f "$file" ] && echo "$file"; done; }

# Sizes: a file that outgrows them holds more than one thing.
check_size() {
  local limit=$1 file lines
  while read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -lt "$limit" ] || fault "$file: $lines lines, the limit is $limit"
  done
}
check_size 400 < <(files 'Sources/*.swift' 'Sources/*.cpp' 'Sources/*.c' 'Benchmarks/*.swift' 'Fuzzing/*.swift' 'scripts/*')
check_size 500 < <(files 'Tests/*.swift' 'Tests/*.py')

# Places of one machine: a clone anywhere else must work.
places='(^|[^[:alnum:]_.])/(work|home/[[:alnum:]]+|root|opt/swift[-[:alnum:]]*)/'
hosts='(files\.pythonhosted\.org|pypi\.org/simple|deb\.debian\.org|registry\.npmjs\.org|proxy\.golang\.org|://localhost:[0-9]+/simple)'
while read -r hit; do
  fault "$hit: a place of one machine"
done < <(files . | { grep -v '^scripts/lint-tree\.sh$' || true; } | tr '\n' '\0' |
  { xargs -0 grep -nIE "$places|$hosts" || true; } | cut -d: -f1,2)

# Modules of one room. `Tests/ArchitectureTests` reads imports with care; this is the quick look.
check_owner() {
  local module=$1 owner=$2 file
  while read -r file; do
    case $file in
      "Sources/$owner/"* | "Tests/${owner}Tests/"*) ;;
      *) fault "$file: imports $module, which only $owner may" ;;
    esac
  done < <(files 'Sources/*.swift' 'Tests/*.swift' | tr '\n' '\0' |
    { xargs -0 grep -lE "^[[:space:]]*([a-z@_(][A-Za-z_()]* )*import $module([[:space:]]|\$)" || true; })
}
check_owner CSodium Sodium
check_owner CCSV Ingest
check_owner CPhoneNumber Vault

# A secret in the keyring folder, should somebody force git.
while read -r file; do
  fault "$file: a key file is under version control"
done < <(git ls-files -- '*.key' '*.outer')

if [ "$faults" -gt 0 ]; then
  echo "lint: $faults found" >&2
  exit 1
fi
echo "lint: clean"
