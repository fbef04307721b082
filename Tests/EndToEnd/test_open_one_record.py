"""The walk-through of docs/open-one-record.md, held against the program itself."""

import json
import os
import shutil
import sqlite3
import tempfile
import types
import unittest

from checks import Refused
from open_one_record import (CLASSES, ROLES, WardenFile, committed_key, open_customer, open_grant, open_identity,
                             open_record)
from plaintext import pseudonym_bytes
from program import Scratch
from public_log import Governance, check_checkpoint, read_log
from row_hash import state_of, xchacha20_stream
from sealed_log import SealedLog

PASSPHRASE = "correct horse battery staple"
PERSON = {
    "name": "诸葛 明-O'Neil", "phone": "+8613800138000", "email": "zhuge.ming@example.com",
    "address": "1 Long Street, Chengdu", "national_id": "510107199001011234", "birth_date": "1990-01-01",
    "account.default": "A-1001", "note": "prefers tea", "city": "Chengdu", "tier": "gold"}


class KnownAnswerTests(unittest.TestCase):
    def test_the_worked_example_of_the_formats_page_opens(self):
        with open(os.path.join(os.path.dirname(__file__), "../../docs/formats.md"), encoding="utf-8") as file:
            example = file.read().split("```example-record\n")[1].split("```")[0]
        governance = types.SimpleNamespace(vault=bytes(range(0xA0, 0xB0)))
        row = (1, 7, 0, 3, bytes.fromhex(example))
        class_key, customer_key = bytes(range(1, 33)), bytes(range(101, 133))
        self.assertEqual(open_record(governance, class_key, customer_key, row), b"crmvault")
        with self.assertRaisesRegex(Refused, "commitment"):
            open_record(governance, customer_key, class_key, row)

    def test_the_keystream_is_that_of_the_draft(self):
        # draft-irtf-cfrg-xchacha-03, A.3.2.
        key = bytes(range(0x80, 0xA0))
        nonce = bytes(range(0x40, 0x57)) + b"\x58"
        plain = bytes.fromhex("5468652064686f6c65202870726f6e6f756e6365642022646f6c65222920697320616c736f206b6e")
        cipher = bytes.fromhex("4559abba4e48c16102e8bb2c05e6947f50a786de162f9b0b7e592a9b53d0d4e98d8d6410d540a1a6")
        stream = xchacha20_stream(key, nonce, len(plain))
        self.assertEqual(bytes(a ^ b for a, b in zip(plain, stream)), cipher)


class OpenOneRecordTests(unittest.TestCase):
    """One vault for all tests; those that change something change a copy."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = scratch = Scratch()
        cls.addClassCleanup(scratch.remove)
        scratch.write("owner.passphrase", PASSPHRASE + "\n")
        scratch.run("init", "--currency", "CNY", "--zone", "Asia/Shanghai")
        person = scratch.write("person.json", json.dumps(PERSON, ensure_ascii=False))
        cls.customer = scratch.json("customer", "add", "--from", person)["id"]
        other = scratch.write("other.json", '{"name": "Somebody Else", "city": "Beijing"}')
        cls.other = scratch.json("customer", "add", "--from", other)["id"]
        for customer in (cls.customer, cls.other):
            scratch.run("customer", "rate", customer, "--quality", "5", "--service", "4", "--price", "3.5",
                        "--at", "2025-06-30T12:00:00Z")
        scratch.run("customer", "search", "--from", scratch.write("part.txt", "Somebody"))
        cls.shown = scratch.json(
            "customer", "show", cls.customer, "--role", "privacy-officer", "--purpose", "data-subject-request",
            "--reveal", "all")
        cls.opened = cls.open(cls, cls.customer)

    def open(self, customer=None, folder=None, role="privacy-officer", passphrase=PASSPHRASE):
        folder = folder or self.scratch.folder
        return open_customer(
            os.path.join(folder, "crm.vault"), os.path.join(folder, "keys"), os.path.join(folder, "keys", "crm.outer"),
            "owner", role, passphrase.encode(), customer)

    def copy(self):
        """A copy of vault and keyring, to be tampered with."""
        folder = tempfile.mkdtemp(prefix="crmvault-e2e-copy-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        for name in ("crm.vault", "keys"):
            shutil.copytree(self.scratch.path(name), os.path.join(folder, name))
        return folder

    def alter(self, folder, sql, *values):
        with sqlite3.connect(os.path.join(folder, "crm.vault", "vault.sqlite")) as store:
            self.assertGreater(store.execute(sql, values).rowcount, 0)

    def parts(self, role="steward"):
        """What the steps in between give, for tests of one step."""
        store = sqlite3.connect(self.scratch.path("crm.vault", "vault.sqlite"))
        self.addCleanup(store.close)
        envelopes, leaves = read_log(store)
        governance = Governance(envelopes)
        warden = WardenFile(self.scratch.path("keys", "crm.outer"), governance, leaves)
        identity = open_identity(self.scratch.path("keys"), "owner", PASSPHRASE.encode())
        secret = open_grant(store, governance, "role", ROLES[role], identity["id"], identity["secret"])
        return store, governance, warden, secret

    def record(self, store, data_class="identity", ordinal=0):
        return store.execute(
            "SELECT class, ordinal, chunk, version, sealed FROM record WHERE class = ? AND ordinal = ?",
            (CLASSES[data_class], ordinal)).fetchone()

    # What opens, and that it is what the program shows.

    def test_identity_and_profile_are_what_the_program_shows(self):
        opened = self.opened
        self.assertEqual(opened["identity"], self.shown["identity"])
        self.assertEqual(opened["identity"]["name"], PERSON["name"])
        self.assertEqual(opened["profile"]["city"], "Chengdu")
        self.assertEqual(opened["profile"]["birth_year"], "1990")
        self.assertEqual(opened["profile"], self.shown["profile"])

    def test_the_rating_is_the_one_that_was_entered(self):
        (rating,) = self.opened["behavior"]
        self.assertEqual(self.shown["behavior"]["events"], 1)
        self.assertEqual((rating["kind"], rating["time"], rating["date_only"]), ("rating", 1751284800, False))
        self.assertEqual(
            (rating["product_quality"], rating["service_quality"], rating["price_satisfaction"]), (5000, 4000, 3500))

    def test_the_last_entry_tells_of_the_show(self):
        last = self.opened["last_entry"]
        self.assertEqual((last["action"], last["actor"]), ("customer.show", "owner"))

    def test_every_role_that_holds_the_keys_opens_the_same(self):
        expected = self.opened["identity"]
        for role in ("steward", "agent"):
            self.assertEqual(self.open(self.customer, role=role)["identity"], expected)

    def test_the_log_tells_who_was_added_and_who_was_searched(self):
        store, governance, _, secret = self.parts("auditor")
        log = SealedLog(store, governance, open_grant(store, governance, "audit", 0, bytes([1]), secret))
        batches = [log.enrolled(row[0]) for row in store.execute("SELECT seq FROM enrolment ORDER BY seq")]
        self.assertEqual(batches, [[pseudonym_bytes(self.customer)], [pseudonym_bytes(self.other)]])
        searches = [(log.parts(row[0])[0]["phase"], log.subjects(row[0]))
                    for row in store.execute("SELECT seq FROM subject_set ORDER BY seq")]
        self.assertEqual(searches, [("intent", [0, 1]), ("result", [0, 1])])

    # What does not open.

    def test_a_wrong_passphrase_is_refused(self):
        with self.assertRaisesRegex(Refused, "commitment"):
            self.open(passphrase="wrong")

    def test_an_analyst_has_no_grant_of_the_identity_key(self):
        store, governance, _, secret = self.parts("analyst")
        with self.assertRaisesRegex(Refused, "no grant"):
            committed_key(store, governance, "class.identity", 1, ROLES["analyst"], secret)

    def test_a_record_under_another_customers_key_is_refused(self):
        store, governance, warden, secret = self.parts()
        key = committed_key(store, governance, "class.identity", 1, ROLES["steward"], secret)
        row = self.record(store)
        open_record(governance, key, warden.key(1, 0), row)
        with self.assertRaisesRegex(Refused, "commitment"):
            open_record(governance, key, warden.key(1, 1), row)

    def test_a_moved_or_relabelled_record_is_refused(self):
        store, governance, warden, secret = self.parts()
        key = committed_key(store, governance, "class.identity", 1, ROLES["steward"], secret)
        row = self.record(store)
        for column in range(4):
            moved = list(row)
            moved[column] += 1
            with self.assertRaisesRegex(Refused, "authenticate"):
                open_record(governance, key, warden.key(1, 0), moved)

    def test_a_changed_row_shows_in_the_state_commitment(self):
        for sql in ("DELETE FROM record WHERE class = 3 AND ordinal = 1",
                    "UPDATE record SET version = version + 1 WHERE class = 1 AND ordinal = 0",
                    "UPDATE directory SET state = 2 WHERE ordinal = 1",
                    "DELETE FROM blind_index"):
            folder = self.copy()
            self.alter(folder, sql)
            with self.assertRaisesRegex(Refused, "rows"):
                self.open(self.customer, folder=folder)

    def test_a_changed_log_is_refused(self):
        for sql, reason in (
                ("DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)", "checkpoint"),
                ("UPDATE entry SET what = zeroblob(length(what)) WHERE seq = 1", "sealed parts"),
                ("DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)", "checkpoint"),
                ("UPDATE checkpoint SET note = CAST(replace(CAST(note AS TEXT), '/u-', '/v-') AS BLOB)",
                 "somebody else")):
            folder = self.copy()
            self.alter(folder, sql)
            with self.assertRaisesRegex(Refused, reason):
                self.open(self.customer, folder=folder)

    def test_a_vault_that_was_rolled_back_alone_is_refused(self):
        folder = self.copy()
        self.scratch.run("customer", "list")
        shutil.copy(self.scratch.path("keys", "crm.outer"), os.path.join(folder, "keys", "crm.outer"))
        with self.assertRaisesRegex(Refused, "rolled back"):
            self.open(self.customer, folder=folder)

    def test_a_changed_slot_of_the_warden_is_refused(self):
        folder = self.copy()
        with open(os.path.join(folder, "keys", "crm.outer"), "r+b") as file:
            file.seek(8192 + 131072 + 20)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))
        with self.assertRaisesRegex(Refused, "slot"):
            self.open(self.customer, folder=folder)

    def test_the_public_side_verifies_without_any_key(self):
        store = sqlite3.connect(self.scratch.path("crm.vault", "vault.sqlite"))
        self.addCleanup(store.close)
        envelopes, leaves = read_log(store)
        origin, _ = check_checkpoint(store, Governance(envelopes), leaves)
        with open(self.scratch.path("keys", "crm.vkey"), encoding="ascii") as file:
            self.assertTrue(file.read().startswith(origin + "+"))
        self.assertEqual(len(state_of(store)), 32)


class GovernanceTests(unittest.TestCase):
    """Statements of every type, read without the program."""

    def setUp(self):
        self.scratch = scratch = Scratch()
        self.addCleanup(scratch.remove)
        for user in ("owner", "bert"):
            scratch.write(user + ".passphrase", PASSPHRASE + "\n")
        scratch.run("init")
        scratch.run("user", "new", "bert", user="bert")
        person = scratch.write("person.json", json.dumps(PERSON, ensure_ascii=False))
        self.customer = scratch.json("customer", "add", "--from", person)["id"]

    def open(self, user, role):
        return open_customer(
            self.scratch.path("crm.vault"), self.scratch.path("keys"), self.scratch.path("keys", "crm.outer"), user,
            role, PASSPHRASE.encode(), self.customer)

    def statements(self):
        store = sqlite3.connect(self.scratch.path("crm.vault", "vault.sqlite"))
        self.addCleanup(store.close)
        envelopes, _ = read_log(store)
        return [envelope["statement"]["type"] for envelope in envelopes if "statement" in envelope]

    def test_a_newcomer_opens_what_the_role_opens_until_it_is_revoked(self):
        run = self.scratch.run
        with self.assertRaisesRegex(Refused, "does not have this role"):
            self.open("bert", "agent")
        policy = run("policy", "show").decode().replace("name: default", "name: changed")
        run("policy", "apply", self.scratch.write("policy.yaml", policy), "--yes")
        run("user", "add", "bert", "--role", "agent")
        self.assertEqual(self.open("bert", "agent")["identity"], self.open("owner", "agent")["identity"])
        with self.assertRaisesRegex(Refused, "does not have this role"):
            self.open("bert", "steward")
        run("role", "grant", "bert", "auditor")
        run("role", "revoke", "bert", "agent", "--yes")
        with self.assertRaisesRegex(Refused, "does not have this role"):
            self.open("bert", "agent")
        run("user", "remove", "bert", "--yes")
        self.open("owner", "steward")
        self.assertEqual(self.statements(), [
            "genesis", "policy.apply", "user.add", "role.grant", "role.confirm", "role.grant", "role.confirm",
            "role.revoke", "user.remove"])


class ImportedEventsTests(unittest.TestCase):
    def test_imported_events_add_up_to_what_the_program_shows(self):
        scratch = Scratch()
        self.addCleanup(scratch.remove)
        scratch.write("owner.passphrase", PASSPHRASE + "\n")
        scratch.run("init", "--currency", "CNY", "--zone", "Asia/Shanghai")
        bills = scratch.write(
            "bills.csv", "account,time,amount,currency,product,category,channel,order_id,refund_of\n"
            "A-1001,2025-01-05,12.50,CNY,tea,drinks,app,O-1,\n"
            "A-1001,2025-02-07T09:30:00+08:00,100.00,CNY,rice,food,store,O-2,\n"
            "A-1001,2025-02-08,-12.50,CNY,tea,drinks,app,O-3,O-1\n"
            "A-1001,2025-03-01,7.00,EUR,tea,drinks,app,O-4,\n")
        scratch.run("import", bills)
        (customer,) = scratch.json("customer", "list")
        shown = scratch.json("customer", "show", customer["id"], "--purpose", "service")["behavior"]
        opened = open_customer(
            scratch.path("crm.vault"), scratch.path("keys"), scratch.path("keys", "crm.outer"), "owner", "steward",
            PASSPHRASE.encode(), customer["id"])
        self.assertEqual(opened["identity"], {"account.default": "A-1001"})
        first, second, refund, foreign = events = opened["behavior"]
        self.assertEqual(len(events), shown["events"])
        ours = sum(event["amount_minor"] for event in events if event["currency"] == "CNY")
        self.assertEqual((ours, f"{ours // 100}.{ours % 100:02}"), (10000, shown["amount"]))
        self.assertEqual((foreign["currency"], foreign["amount_minor"]), ("EUR", 700))
        self.assertEqual(shown["other_currencies"], {"EUR": "7.00"})
        self.assertEqual((first["product"], first["category"], first["channel"]), ("tea", "drinks", "app"))
        self.assertEqual((first["date_only"], first["time"]), (True, 1736035200))
        self.assertEqual((second["date_only"], second["time"]), (False, 1738891800))
        self.assertEqual(refund["refund_of"], first["digest"])


if __name__ == "__main__":
    unittest.main()
