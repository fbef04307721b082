"""The state commitment of a vault: LtHash over every row that is not the log's own (docs/formats.md).

XChaCha20's keystream is written out here, because PyNaCl does not offer it. Slow, and for small vaults.
"""

import hashlib
import struct

from checks import require

# Table codes, and which tables the commitment leaves out. A table that is in neither is a newer format.
COMMITTED = {"person": 2, "policy": 3, "key_grant": 4, "directory": 5, "record": 6, "blind_index": 7,
             "permission": 8, "import_run": 9, "block": 10, "score_set": 11, "release": 12, "budget": 13,
             "suppression": 14, "witness": 16, "request": 17, "used_approval": 18, "erasure_run": 20,
             "merge_link": 21, "backup": 22}
LOGS_OWN = {"entry", "session", "checkpoint", "subject_set", "commitment", "statement", "enrolment", "cosignature"}


def _rounds(state):
    x = list(state)

    def quarter(a, b, c, d):
        x[a] = x[a] + x[b] & 0xFFFFFFFF
        x[d] ^= x[a]
        x[d] = (x[d] << 16 | x[d] >> 16) & 0xFFFFFFFF
        x[c] = x[c] + x[d] & 0xFFFFFFFF
        x[b] ^= x[c]
        x[b] = (x[b] << 12 | x[b] >> 20) & 0xFFFFFFFF
        x[a] = x[a] + x[b] & 0xFFFFFFFF
        x[d] ^= x[a]
        x[d] = (x[d] << 8 | x[d] >> 24) & 0xFFFFFFFF
        x[c] = x[c] + x[d] & 0xFFFFFFFF
        x[b] ^= x[c]
        x[b] = (x[b] << 7 | x[b] >> 25) & 0xFFFFFFFF

    for _ in range(10):
        for a in range(4):
            quarter(a, a + 4, a + 8, a + 12)
        for a in range(4):
            quarter(a, (a + 1) % 4 + 4, (a + 2) % 4 + 8, (a + 3) % 4 + 12)
    return x


_CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")


def xchacha20_stream(key, nonce, count):
    """The first `count` bytes of the keystream (draft-irtf-cfrg-xchacha-03, 64-bit counter)."""
    mixed = _rounds(_CONSTANTS + struct.unpack("<8I", key) + struct.unpack("<4I", nonce[:16]))
    start = _CONSTANTS + tuple(mixed[:4] + mixed[12:])
    stream = b""
    for block in range((count + 63) // 64):
        state = start + (block & 0xFFFFFFFF, block >> 32) + struct.unpack("<2I", nonce[16:])
        words = (a + b & 0xFFFFFFFF for a, b in zip(_rounds(state), state))
        stream += struct.pack("<16I", *words)
    return stream[:count]


def encode(code, row):
    """A row as it is hashed: table u8, then for each column type u8, length u32 and bytes."""
    data = bytes([code])
    for value in row:
        if value is None:
            data += struct.pack(">BI", 0, 0)
        elif isinstance(value, int):
            data += struct.pack(">BIq", 1, 8, value)
        elif isinstance(value, bytes):
            data += struct.pack(">BI", 2, len(value)) + value
        else:
            data += struct.pack(">BI", 3, len(value.encode())) + value.encode()
    return data


def state_of(store):
    """What the newest envelope's `state` must be, and the stored sum with it."""
    names = {row[0] for row in store.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    unknown = names - LOGS_OWN - set(COMMITTED)
    require(not unknown, f"a newer format: this walk-through does not know the tables {sorted(unknown)}")
    lanes = [0] * 1024
    for name, code in COMMITTED.items():
        for row in store.execute(f'SELECT * FROM "{name}"'):
            seed = hashlib.blake2b(encode(code, row), digest_size=64).digest()
            words = struct.unpack("<1024H", xchacha20_stream(seed[:32], seed[32:56], 2048))
            lanes = [a + b & 0xFFFF for a, b in zip(lanes, words)]
    total = struct.pack("<1024H", *lanes)
    stored = store.execute("SELECT sum FROM commitment WHERE id = 0").fetchone()[0]
    require(total == stored, "the stored sum is not that of the rows")
    return hashlib.blake2b(total, digest_size=32).digest()
