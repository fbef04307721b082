#!/usr/bin/env bash
# Runs the benchmarks. They are a package of their own, so that building the product needs none of what they
# compare with.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -x Benchmarks/run ]; then
  exec Benchmarks/run "$@"
elif [ -f Benchmarks/Package.swift ]; then
  exec swift run --package-path Benchmarks --configuration release "$@"
fi
echo "error: there are no benchmarks in Benchmarks/" >&2
exit 66
