"""What every step of the walk-through uses: hashes, canonical JSON, signatures, and refusing."""

import base64
import hashlib
import json

from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey


class Refused(Exception):
    """Something is not what it should be."""


def require(holds, what):
    """Ends the program where a check fails."""
    if not holds:
        raise Refused(what)


def b64(text):
    return base64.b64decode(text, validate=True)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def blake2b(data, size=32, key=b"", person=b""):
    return hashlib.blake2b(data, digest_size=size, key=key, person=person).digest()


def canonical(value):
    """RFC 8785, for what statements and envelopes hold: no fractions, ASCII keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def verify(key, message, signature, what):
    try:
        VerifyKey(key).verify(message, signature)
    except CryptoError:
        raise Refused(f"the signature of {what} does not verify") from None
