"""The sealed side of the log: parts, sets of customers and batches of new ones, for who holds the audit key."""

import json
import struct

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from checks import Refused, b64, blake2b, require, sha256
from public_log import tree_root

KIND = {"role": 1, "class": 2, "index": 3, "matching": 4, "audit": 5, "log": 6, "session": 64}
EPOCH = 1


def open_box(sealed, governance, kind, subject, secret):
    try:
        content = sodium.crypto_box_seal_open(sealed, sodium.crypto_scalarmult_base(secret), secret)
    except CryptoError:
        raise Refused("a sealed key does not open") from None
    header = struct.pack(">BB16sBBI", 1, 1, governance.vault, kind, subject, EPOCH)
    require(content[:24] == header and len(content) == 56, "a sealed key is of another kind, epoch or vault")
    return content[24:]


class SealedLog:
    """Opens what the sessions of the log have sealed."""

    def __init__(self, store, governance, audit_secret):
        public = sodium.crypto_scalarmult_base(audit_secret)
        require(public == b64(governance.genesis["keys"]["audit"]), "the audit key was planted")
        self.store, self.governance, self.secret = store, governance, audit_secret

    def open(self, seq, label, sealed):
        """What the session of an entry sealed under a label: what, who, set or enrol."""
        sealed_key, = self.store.execute(
            "SELECT sealed FROM entry JOIN session ON session.id = entry.session WHERE seq = ?", (seq,)).fetchone()
        key = open_box(sealed_key, self.governance, KIND["session"], 0, self.secret)
        data = self.governance.vault + struct.pack(">IQ", 1, seq) + label.encode()
        require(sealed[:2] == b"\x01\x01", "a part of an unknown format")
        try:
            return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[26:], data, sealed[2:26], key)
        except CryptoError:
            raise Refused(f"entry {seq}: its {label} does not open") from None

    def parts(self, seq):
        """What and who of an entry, held against its envelope."""
        envelope, *sealed = self.store.execute("SELECT envelope, what, who FROM entry WHERE seq = ?", (seq,)).fetchone()
        plain = [self.open(seq, label, part) for label, part in zip(("what", "who"), sealed)]
        for label, part in zip(("what", "who"), plain):
            require(sha256(part) == b64(json.loads(envelope)[label]), "a part is not the one that the envelope names")
        return [json.loads(part) for part in plain]

    def subjects(self, seq):
        """The ordinals of an entry's set, held against the root in *what*."""
        reference = self.parts(seq)[0]["set"]
        root = b64(reference["root"])
        sealed, = self.store.execute(
            "SELECT sealed FROM subject_set WHERE root = ? AND seq = ?", (root, seq)).fetchone()
        plain = self.open(seq, "set", sealed)
        universe, chunks = unpacked(plain[:-32])
        leaves = [salt(plain[-32:], i) + chunk for i, chunk in enumerate(chunks)]
        require(tree_root([sha256(b"\0", leaf) for leaf in leaves]) == root, "the set is not the one of the entry")
        bits = b"".join(chunks)
        found = [o for o in range(universe) if bits[o // 8] >> o % 8 & 1]
        require((universe, len(found)) == (int(reference["universe"]), int(reference["count"])), "another count")
        return found

    def enrolled(self, seq):
        """The pseudonyms that an entry enrolled, held against the root in its details."""
        details = self.parts(seq)[0]["details"]
        first, count, sealed = self.store.execute(
            "SELECT first_ordinal, count, sealed FROM enrolment WHERE seq = ?", (seq,)).fetchone()
        secret = self.open(seq, "enrol", sealed)
        rows = self.store.execute(
            "SELECT ordinal, pseudonym FROM directory WHERE ordinal >= ? ORDER BY ordinal LIMIT ?", (first, count))
        rows = rows.fetchall()
        leaves = [salt(secret, i) + struct.pack(">Q", ordinal) + name for i, (ordinal, name) in enumerate(rows)]
        require(details["first"] == first == rows[0][0], "the batch begins with another customer")
        root = tree_root([sha256(b"\0", leaf) for leaf in leaves])
        require(root == b64(details["root"]), "the directory has other customers than were enrolled")
        return [name for _, name in rows]


def salt(secret, index):
    return blake2b(struct.pack(">Q", index), size=16, key=secret)


def unpacked(packed):
    """A set's universe and its chunks of 256 bytes."""
    version, universe, _ = struct.unpack(">BQQ", packed[:17])
    require(version == 1, "a set of an unknown version")
    chunks, at = [], 17
    while at < len(packed):
        kind, count = struct.unpack(">BI", packed[at:at + 5])
        at += 5
        for _ in range(count):
            left = min(universe - 2048 * len(chunks), 2048)
            if kind == 2:
                chunks.append(packed[at:at + 256])
                at += 256
            else:
                chunks.append(((1 << left) - 1 if kind == 1 else 0).to_bytes(256, "little"))
    return universe, chunks
