#!/usr/bin/env python3
"""Opens one customer of a crmvault without crmvault: docs/open-one-record.md is the walk-through of this file.

Needs PyNaCl; the rest is Python's standard library. What it takes is what a role holds and the warden has:
NAME.key with its passphrase, NAME.pub, vault.sqlite and the .outer file. It reads, and writes nothing: unlike the
program it leaves no entry in the log. Everything that can be checked is checked, and what fails ends it.
"""

import argparse
import json
import os
import sqlite3
import struct
import sys

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from checks import Refused, b64, blake2b, require, sha256, verify
from plaintext import decode_chunk, decode_fields, pseudonym_bytes
from public_log import Governance, check_checkpoint, read_log, tree_root
from row_hash import state_of
from sealed_log import EPOCH, KIND, SealedLog, open_box

CLASSES = {"identity": 1, "profile": 2, "behavior": 3, "consent": 4, "score": 5}
ROLES = {"auditor": 1, "analyst": 2, "agent": 3, "steward": 4, "privacy-officer": 5, "custodian": 6}


# 1. NAME.pub and NAME.key: the user's two secret keys.


def open_identity(folder, name, passphrase):
    """The Ed25519 seed and the X25519 secret of a user, with their public halves."""
    with open(os.path.join(folder, name + ".pub"), encoding="ascii") as file:
        lines = file.read().split("\n")
    require(len(lines) == 6 and lines[0] == "crmvault-identity-v1", "this is no .pub file")
    fields = dict(line.split(": ", 1) for line in lines[1:5])
    signing, box = b64(fields["signing"]), b64(fields["box"])
    proof = b"crmvault/identity/v1\0" + signing + box + fields["name"].encode()
    verify(signing, proof, b64(fields["proof"]), "the .pub file")

    with open(os.path.join(folder, name + ".key"), "rb") as file:
        data = file.read()
    magic, form, kdf, passes, kibibytes, salt = struct.unpack(">16sBBII16s", data[:42])
    require((magic, form, kdf) == (b"crmvault-userkey", 1, 1), "this is no .key file")
    require(1 <= passes <= 16 and 8 <= kibibytes <= 1 << 20, "the costs of the .key file are out of bounds")
    require(data[44:48] == bytes(4), "the .key file names an epoch")
    stretched = sodium.crypto_pwhash_alg(
        32, passphrase, salt, passes, kibibytes * 1024, sodium.crypto_pwhash_ALG_ARGON2ID13)
    secrets = open_committed(
        data[42:], stretched, bytes(32), b"crmvault-userkey", lambda epoch: data[:42], pad=False)
    seed, secret = secrets[:32], secrets[32:]
    require(sodium.crypto_sign_seed_keypair(seed)[0] == signing, "NAME.key and NAME.pub do not belong together")
    require(sodium.crypto_scalarmult_base(secret) == box, "NAME.key and NAME.pub do not belong together")
    return {"id": sha256(signing)[:8], "signing": signing, "box": box, "secret": secret}


def open_committed(sealed, class_key, customer_key, person, associated_data, pad):
    """A committed seal: the commitment is compared before anything is decrypted."""
    require(len(sealed) >= 78 and sealed[0] == 1 and sealed[1] == 1, "sealed bytes of an unknown format")
    epoch = struct.unpack(">I", sealed[2:6])[0]
    nonce, commitment, ciphertext = sealed[6:30], sealed[30:62], sealed[62:]
    key = blake2b(class_key + customer_key + nonce, size=64, person=person)
    require(sodium.sodium_memcmp(key[32:], commitment), "the commitment is of other keys than these")
    try:
        plaintext = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            ciphertext, associated_data(epoch), nonce, key[:32])
    except CryptoError:
        raise Refused("sealed bytes do not authenticate: changed, moved or relabelled") from None
    return unpadded(plaintext) if pad else plaintext


def unpadded(padded):
    """Without 0x80 and zeros; only the one padding of a content is accepted."""
    content = padded.rstrip(b"\0")
    require(content[-1:] == b"\x80", "the padding is not canonical")
    content = content[:-1]
    needed = len(content) + 1
    if needed <= 4096:
        length = (needed + 31) // 32 * 32
    else:  # Padmé
        exponent = needed.bit_length() - 1
        mask = (1 << (exponent - exponent.bit_length())) - 1
        length = (needed + mask) & ~mask
    require(length == len(padded), "the padding is not canonical")
    return content


# 2. The keys: user, then role, then class.


def open_grant(store, governance, kind, subject, recipient, secret):
    """A key that is sealed to a user (a role's) or to a role (the others)."""
    row = store.execute(
        "SELECT sealed FROM key_grant WHERE kind = ? AND subject = ? AND epoch = ? AND recipient = ?",
        (KIND[kind], subject, EPOCH, recipient)).fetchone()
    require(row is not None, f"there is no grant of the {kind} key")
    return open_box(row[0], governance, KIND[kind], subject, secret)


def committed_key(store, governance, name, subject, role_code, secret):
    """A symmetric key of a role, compared with the commitment in the genesis statement."""
    kind = name.split(".")[0]
    key = open_grant(store, governance, kind, subject, bytes([role_code]), secret)
    # The vault id is derived from the statement that carries the commitment, and so stands as zeros in it.
    message = b"crmvault/commit/v1" + bytes(16) + struct.pack(">BBI", KIND[kind], subject, EPOCH)
    require(blake2b(message, key=key) == b64(governance.genesis["keys"][name]), f"the key {name} was planted")
    return key


# 3. The warden's file: the customer's half of a record key.


class WardenFile:
    def __init__(self, path, governance, leaves):
        with open(path, "rb") as file:
            self.data = file.read()
        best = None
        for number in (0, 1):
            page = self.data[4096 * number:4096 * (number + 1)]
            version, generation = struct.unpack(">H6xQ", page[16:32])
            if page[:16] == b"crmvault/warden\n" and version == 1 and blake2b(page[:4064]) == page[4064:] \
                    and generation % 2 == number and (best is None or generation > best[0]):
                best = (generation, page[32:4064])
        require(best is not None, "both headers of the warden's file are damaged")
        header = best[1]
        require(header[:16] == b64(governance.genesis["warden"]), "this is another warden's file")
        require(header[16:32] == governance.vault, "the warden's file belongs to another vault")
        self.check_key = header[32:48]
        size, root = struct.unpack(">Q32s", header[120:160])
        if size:
            require(size <= len(leaves) and tree_root(leaves[:size]) == root, "the vault was rolled back or forked")
        count = struct.unpack(">H", header[2216:2218])[0]
        keys = (header[2224 + 36 * i:2260 + 36 * i] for i in range(count))
        self.index_keys = {struct.unpack(">I", entry[:4])[0]: entry[4:] for entry in keys}

    def key(self, data_class, ordinal):
        offset = 8192 + (ordinal // 2048 * 8 + data_class) * 131072 + ordinal % 2048 * 64
        slot = self.data[offset:offset + 64]
        check = sodium.crypto_shorthash_siphashx24(slot[:48], self.check_key)
        require(len(slot) == 64 and check == slot[48:], "the customer's slot fails its check")
        state, slot_class, slot_ordinal = struct.unpack(">BB6xQ", slot[:16])
        require((slot_class, slot_ordinal) == (data_class, ordinal), "the slot is another customer's or class's")
        require(state == 1, "the customer's key was erased")
        return slot[16:48]


# 4. The record, and what its plaintext says.


def open_record(governance, class_key, customer_key, row):
    data_class, ordinal, chunk, version, sealed = row

    def associated_data(epoch):
        return struct.pack(">BB16sBQIQIH", 1, 1, governance.vault, data_class, ordinal, chunk, version, epoch, 1)

    return open_committed(sealed, class_key, customer_key, b"crmvault-record1", associated_data, pad=True)


# All of it.


def open_customer(vault, keys, warden, name, role, passphrase, customer=None):
    """One customer's identity, profile and behavior, and what was verified on the way."""
    store = sqlite3.connect(f"file:{os.path.join(vault, 'vault.sqlite')}?mode=ro", uri=True)
    identity = open_identity(keys, name, passphrase)
    envelopes, leaves = read_log(store)
    require(envelopes, "the log is empty")
    governance = Governance(envelopes)
    origin, root = check_checkpoint(store, governance, leaves)
    state = state_of(store)
    require(state == b64(envelopes[-1]["state"]), "the rows are not those that the last envelope commits to")

    require(identity["id"].hex() in governance.members[role], "the user does not have this role")
    code = ROLES[role]
    role_secret = open_grant(store, governance, "role", code, identity["id"], identity["secret"])
    role_public = sodium.crypto_scalarmult_base(role_secret)
    require(role_public == b64(governance.genesis["roles"][role]["key"]), "the role's key was planted")

    warden_file = WardenFile(warden, governance, leaves)
    result = {"vault_id": governance.vault.hex(), "origin": origin, "size": len(leaves), "root": root.hex()}
    if customer is None:
        return result
    ordinal, state = store.execute(
        "SELECT ordinal, state FROM directory WHERE pseudonym = ?", (pseudonym_bytes(customer),)).fetchone()
    require(state == 0, "the customer is not live")
    result.update({"id": customer, "ordinal": ordinal})

    for data_class in ("identity", "profile", "behavior"):
        number = CLASSES[data_class]
        rows = store.execute(
            "SELECT class, ordinal, chunk, version, sealed FROM record WHERE class = ? AND ordinal = ? ORDER BY chunk",
            (number, ordinal)).fetchall()
        if not rows or (data_class == "identity" and role == "analyst"):
            continue
        class_key = committed_key(store, governance, "class." + data_class, number, code, role_secret)
        customer_key = warden_file.key(number, ordinal)
        plaintexts = [open_record(governance, class_key, customer_key, row) for row in rows]
        if data_class == "behavior":
            chunks = [decode_chunk(plaintext, governance.genesis["currency"]) for plaintext in plaintexts]
            require(chunks[0][0] == [row[3] for row in rows[1:]], "chunk 0 names other chunks")
            result[data_class] = [event for _, events in chunks for event in events]
        else:
            require(len(rows) == 1, "more records of a class than there may be")
            result[data_class], result[data_class + "_history"] = decode_fields(plaintexts[0])

    if "identity" in result:
        check_index(store, governance, warden_file, role_secret, code, ordinal, result["identity"])
    if role in ("auditor", "privacy-officer"):
        audit = open_grant(store, governance, "audit", 0, bytes([code]), role_secret)
        what, who = SealedLog(store, governance, audit).parts(len(leaves) - 1)
        result["last_entry"] = {"seq": len(leaves) - 1, "action": what["action"], "actor": who["actor"]}
    return result


def check_index(store, governance, warden_file, role_secret, code, ordinal, fields):
    """Every indexed identifier of the customer is in the index: again under two halves, the role's and the warden's."""
    root = committed_key(store, governance, "index", 0, code, role_secret)
    for name, value in fields.items():
        source = name[8:].encode() if name.startswith("account.") else b""
        number = {"phone": 1, "email": 2}.get(name, 3 if source else 0)
        if number:
            label = b"crmvault/index/v1" + struct.pack(">IBH", EPOCH, number, len(source)) + source
            inner = blake2b(value.encode(), key=blake2b(label, key=root))
            digest = blake2b(inner, key=warden_file.index_keys[EPOCH])
            row = store.execute("SELECT epoch FROM blind_index WHERE digest = ? AND ordinal = ?", (digest, ordinal))
            require(row.fetchone() == (EPOCH,), f"the index does not know the customer's {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--vault", default="crm.vault", help="the vault's folder")
    parser.add_argument("--keys", default="keys", help="the keyring folder")
    parser.add_argument("--warden", help="the file of customer keys (default: KEYS/VAULT.outer)")
    parser.add_argument("--as", dest="user", required=True, help="whose key")
    parser.add_argument("--role", default="steward", choices=sorted(ROLES))
    parser.add_argument("--passphrase-file", required=True)
    parser.add_argument("customer", nargs="?", help="C-…; without it only log, governance and keys are verified")
    options = parser.parse_args()
    name = os.path.basename(os.path.normpath(options.vault)).removesuffix(".vault")
    warden = options.warden or os.path.join(options.keys, name + ".outer")
    with open(options.passphrase_file, "rb") as file:
        passphrase = file.read().removesuffix(b"\n").removesuffix(b"\r")
    try:
        opened = open_customer(
            options.vault, options.keys, warden, options.user, options.role, passphrase, options.customer)
    except Refused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 76
    json.dump(opened, sys.stdout, ensure_ascii=False, indent=2)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
