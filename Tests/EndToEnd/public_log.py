"""The public side of a vault: entries, tree, checkpoint, and the governance chain. Needs no key and no passphrase."""

import base64
import json

from checks import b64, blake2b, canonical, require, sha256, verify


def tree_root(leaves):
    """RFC 6962, section 2.1."""
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\x01", tree_root(leaves[:split]), tree_root(leaves[split:]))


def read_log(store):
    """Every envelope, checked alone and against the one before; the leaves of the tree."""
    sessions = {row[0]: row[1] for row in store.execute("SELECT id, sealed FROM session")}
    envelopes, leaves = [], []
    for seq, session, data, what, who in store.execute(
            "SELECT seq, session, envelope, what, who FROM entry ORDER BY seq"):
        envelope = json.loads(data)
        require(canonical(envelope) == data, f"entry {seq} is not canonical JSON")
        require(envelope["v"] == 1 and int(envelope["seq"]) == seq == len(envelopes), f"entry {seq} is out of place")
        parts = sha256(sha256(sessions[session]), sha256(what), sha256(who))
        require(b64(envelope["sealed"]) == parts, f"entry {seq} has other sealed parts")
        if envelopes and envelope["kind"] not in ("change", "governance", "erasure"):
            require(envelope["state"] == envelopes[-1]["state"], f"entry {seq} changes the state and must not")
        envelopes.append(envelope)
        leaves.append(sha256(b"\0", data))
    return envelopes, leaves


class Governance:
    """The chain of signed statements: who is in the vault, with which roles and keys."""

    def __init__(self, envelopes):
        head = bytes(32)
        for envelope in envelopes:
            statement = envelope.get("statement")
            require((statement is not None) == (envelope["kind"] in ("governance", "erasure")), "a statement too many")
            if statement is not None:
                require(b64(statement["prev"]) == head, "the chain of statements is broken")
                self.take(statement)
                head = sha256(canonical(statement))
            require(b64(envelope["governance"]) == head, "an envelope names another statement than the latest")

    def take(self, statement):
        unsigned = canonical({name: value for name, value in statement.items() if name != "sig"})
        by, kind = statement["by"], statement["type"]
        if kind == "genesis":
            self.genesis = statement
            self.vault = blake2b(unsigned)[:16]
            self.users = {user["id"]: user for user in statement["users"]}
            for user in statement["users"]:
                require(sha256(b64(user["signing"]))[:8].hex() == user["id"], "a user has another key id")
            self.members = {role: set(entry["members"]) for role, entry in statement["roles"].items()}
            self.pending = {}
        require(by in self.users, "a statement is signed by nobody of this vault")
        message = b"crmvault/statement/v1\0" + self.vault + unsigned
        verify(b64(self.users[by]["signing"]), message, b64(statement["sig"]), "a statement")
        if kind == "genesis":
            return
        if kind == "role.confirm":
            order = self.pending.pop(statement["grant"], None)
            require(order == (statement["user"], statement["role"]), "a confirmation without a grant")
            require(by in self.members[statement["role"]], "a confirmation by somebody without the role")
            self.members[statement["role"]].add(statement["user"])
            return
        require(by in self.members["custodian"], "a statement by somebody who is no custodian")
        if kind == "user.add":
            self.users[statement["user"]["id"]] = statement["user"]
        elif kind == "user.remove":
            del self.users[statement["user"]]
            for members in self.members.values():
                members.discard(statement["user"])
        elif kind == "role.grant":
            grant = base64.b64encode(sha256(canonical(statement))).decode()
            self.pending[grant] = (statement["user"], statement["role"])
        elif kind == "role.revoke":
            self.members[statement["role"]].discard(statement["user"])
        else:
            require(kind == "policy.apply", "a statement of an unknown type")


def check_checkpoint(store, governance, leaves):
    """The newest signed note: three lines, the root of every entry, the log's signature and a user's."""
    size, note = store.execute("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    text, lines = note.rsplit(b"\n\n", 1)
    text += b"\n"
    origin = "crmvault/" + governance.vault.hex()
    root = tree_root(leaves)
    expected = f"{origin}\n{len(leaves)}\n{base64.b64encode(root).decode()}\n"
    require(size == len(leaves) and text.decode() == expected, "the checkpoint is not that of the entries")
    signed = []
    for line in lines.decode().splitlines():
        dash, name, blob = line.split(" ")
        require(dash == "\u2014", "a signature line is malformed")
        if name == origin:
            key, who = b64(governance.genesis["keys"]["log"]), "the log"
        else:
            require(name.startswith(origin + "/u-"), "a signature by somebody else")
            key, who = b64(governance.users[name[-16:]]["signing"]), "a user"
        require(b64(blob)[:4] == sha256(name.encode(), b"\n\x01", key)[:4], "a signature line has another key id")
        verify(key, text, b64(blob)[4:], "the checkpoint by " + who)
        signed.append(who)
    require(sorted(signed) == ["a user", "the log"], "the checkpoint lacks a signature")
    return origin, root
