#!/bin/sh
# Verifies a published log with tlog-scales, a verifier that nobody here wrote (PyPI, needs Python 3.11 and a network).
#
#   crmvault audit publish DIR
#   Tests/EndToEnd/verify_with_tlog_scales.sh DIR keys/VAULT.vkey
#
# It rebuilds the root from the tiles, and checks an inclusion proof of every entry and the log's signature on the
# checkpoint. Exit 0 when all of it holds.
set -eu
[ $# -eq 2 ] || { echo "usage: $0 DIR VKEY-FILE" >&2; exit 64; }
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet tlog-scales==0.0.3
"$venv/bin/python" - "$(realpath "$1")" "$2" <<'PYTHON'
import sys
from tlog_scales import backend, signing, tiles
from tlog_scales.reader import TilesReader

directory, vkey_file = sys.argv[1:]
reader = TilesReader(backend.make_backend(directory))
head = reader.get_checkpoint()
reader.set_size(head.size)
assert reader.calculate_root_hash() == head.root_hash, "the tiles do not lead to the root"
for index in range(head.size):
    proof = reader.get_inclusion_proof(index, head.size)
    proof.check(tiles.leaf_hash(reader.get_entry(index)), head.root_hash)
vkey = signing.Vkey.from_string(open(vkey_file).read().strip())
lines = [line for line in head.signatures if vkey.match(line)]
assert lines, "the log did not sign the checkpoint"
for line in lines:
    signing.PlainEd25519Verifier(vkey).verify_note(line, head)
print(f"tlog-scales: {head.size} entries of {head.origin} verify")
PYTHON
