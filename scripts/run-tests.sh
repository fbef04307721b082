#!/usr/bin/env bash
# Runs every test, and counts: a filter that matches no test exits 0, and so would a test target that was lost.
# Its last line is `N passed, N failed`, and `, N skipped` where a test was.
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

passed=0
failed=0
skipped=0
status=0

# The number before a word in the last line that matches, 0 where there is none.
number() { { grep -E "$1" "$log" || true; } | tail -n 1 | { grep -oE "$2" || true; } | head -n 1 | { grep -oE '[0-9]+' || echo 0; }; }

# Adds up what one runner said. A runner that fails without naming a test counts as one failure.
tally() {
  local result=$1 ran=$2 bad=$3
  if [ "$result" -ne 0 ]; then
    status=1
    [ "$bad" -gt 0 ] || bad=1
  fi
  [ "$bad" -le "$ran" ] || ran=$bad
  passed=$((passed + ran - bad))
  failed=$((failed + bad))
}

echo "== swift build"
swift build --build-tests

echo "== swift test"
result=0
# The start and the success of each test are noise; failures, skips and the closing line stay.
swift test --skip-build --disable-xctest 2>&1 </dev/null | tee "$log" |
  { grep --line-buffered -vE '^◇ |^✔ .* passed after |^. Test run with ' || true; } || result=$?
grep -E '^. Test run with ' "$log" || true
ran=$(number '^. Test run with [0-9]+ tests?' 'with [0-9]+ tests?')
bad=$({ grep -E '^✘ Test .* failed after' "$log" || true; } | grep -vcE '^✘ Test (run|case) ' || true)
# The closing line counts skipped tests as run.
skipped=$(grep -cE '^➜ Test .* skipped' "$log" || true)
ran=$((ran - skipped))
if [ "$ran" -le 0 ]; then
  echo "error: swift test ran no test" >&2
  result=1
fi
tally "$result" "$ran" "$bad"

# Tests that run the program from outside. They print a closing line of their own, `N passed, N failed`.
for suite in Tests/EndToEnd/run; do
  [ -e "$suite" ] || continue
  echo "== $suite"
  result=0
  "$suite" >"$log" 2>&1 </dev/null || result=$?
  cat "$log"
  good=$(number '[0-9]+ passed' '[0-9]+ passed')
  bad=$(number '[0-9]+ failed' '[0-9]+ failed')
  if [ "$((good + bad))" -eq 0 ]; then
    echo "error: $suite ran no test" >&2
    result=1
  fi
  tally "$result" "$((good + bad))" "$bad"
done

closing="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || closing+=", $skipped skipped"
echo "$closing"
[ "$status" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
