"""Backups: made whole or not at all, verified without the vault, restored only with a second person's approval."""

import hashlib
import json
import os
import random
import shutil
import signal
import time
import unittest

from company import CANARY_NAME, CANARY_PHONE, SOAK, Company
from witness_service import WitnessService


KILLS = 500 if SOAK else 20


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Backed(Company):
    """A company with a backup of before some more work."""

    def __init__(self, customers=2):
        super().__init__(customers)
        self.made = self.json("backup", "create", "b1.backup", user="carol")
        self.customers.append(self.add(customers))
        self.run("customer", "show", self.customers[0], user="adam")
        self.size = self.head()

    def head(self, vault=None):
        options = ["--vault", vault] if vault else []
        return int(self.run("audit", "checkpoint", *options, user="olga").decode().split("\n")[1])

    def ask(self, backup="b1.backup"):
        for ending in (".request", ".request.approval"):
            if os.path.exists(self.path(backup + ending)):
                os.remove(self.path(backup + ending))
        self.run("backup", "request", backup, user="carol")
        self.run("backup", "approve", backup + ".request", "--yes", user="paul")

    def lose(self):
        """The vault is gone; the file of customer keys is elsewhere and is not."""
        shutil.rmtree(self.path("crm.vault"))


class BackupTests(unittest.TestCase):
    def company(self, **options):
        company = Backed(**options)
        self.addCleanup(company.remove)
        return company

    def test_a_backup_is_made_listed_and_verified_without_the_vault(self):
        company = self.company()
        self.assertEqual(company.made["sha256"], sha256(company.path("b1.backup")))
        self.assertEqual(company.made["recipients"], ["carol"])
        with open(company.path("b1.backup"), "rb") as file:
            content = file.read()
        for canary in (CANARY_NAME, CANARY_PHONE, "SQLite format 3"):
            self.assertNotIn(canary.encode(), content)
        self.assertEqual(os.stat(company.path("b1.backup")).st_mode & 0o777, 0o600)
        company.run("backup", "create", "b1.backup", status=73, user="carol")
        listed = company.json("backup", "list", user="carol")
        self.assertEqual([(entry["kind"], entry["sha256"]) for entry in listed], [("vault", company.made["sha256"])])
        company.lose()
        report = company.json("backup", "verify", "b1.backup", user="carol")
        self.assertTrue(report["ok"], report)
        self.assertEqual((report["size"], report["sha256"]), (company.made["size"], company.made["sha256"]))
        # It is sealed to custodians: nobody else opens it, and nothing changed passes.
        company.run("backup", "verify", "b1.backup", status=77, user="paul")
        with open(company.path("b1.backup"), "r+b") as file:
            file.seek(20000)
            byte = file.read(1)
            file.seek(20000)
            file.write(bytes([byte[0] ^ 1]))
        company.run("backup", "verify", "b1.backup", status=76, user="carol")
        company.run("backup", "verify", "missing", status=66, user="carol")

    def test_the_copy_of_the_customer_keys_is_one_and_the_latest(self):
        company = self.company()
        checks = {check["check"]: check for check in json.loads(company.run("doctor", "--json", user="carol"))["checks"]}
        self.assertEqual((checks["vault_backup"]["result"], checks["warden_backup"]["result"]), ("ok", "warn"))
        first = company.json("backup", "warden", "outer.copy", user="carol")
        self.assertFalse(first["replaced"])
        company.add(9)
        second = company.json("backup", "warden", "outer.copy", user="carol")
        self.assertTrue(second["replaced"])
        checks = {check["check"]: check for check in json.loads(company.run("doctor", "--json", user="carol"))["checks"]}
        self.assertEqual(checks["warden_backup"]["result"], "ok")
        # With the copy in place of the file the vault opens.
        os.remove(company.path("keys", "crm.outer"))
        company.run("whoami", status=78, user="carol")
        shutil.copy2(company.path("outer.copy"), company.path("keys", "crm.outer"))
        company.run("customer", "show", company.customers[0], user="adam")
        # Who puts an old file in its place does not get it over the better copy.
        company.run("backup", "warden", "keys/crm.outer", status=78, user="carol")
        company.write("other", "something")
        company.run("backup", "warden", "other", status=73, user="carol")

    def test_a_vault_is_restored_with_approval_and_every_verifier_follows(self):
        company = self.company()
        company.run("audit", "publish", "before", user="olga")
        company.write("kept.checkpoint", company.run("audit", "checkpoint", user="olga").decode())
        company.lose()
        company.ask()
        result = company.json("backup", "restore", "b1.backup", "--newer", "before", user="carol")
        self.assertTrue(result["origin"].endswith("/2"))
        self.assertEqual((result["entry"], result["newer_size"]), (company.made["size"], company.size))
        # Told once on this machine.
        text = company.start("whoami", user="olga").communicate()[1].decode()
        self.assertIn("restored from a backup", text)
        self.assertNotIn("restored from a backup", company.start("whoami", user="olga").communicate()[1].decode())
        self.assertTrue(company.json("verify", user="olga")["ok"])
        report = company.json("audit", "verify", "--keyless", "--since", "kept.checkpoint")
        self.assertEqual([entry["backup"] for entry in report["restores"]], [company.made["sha256"]])
        company.run("customer", "show", company.customers[0], user="adam")
        company.run("customer", "show", company.customers[2], status=66, user="adam")
        company.add(5)
        # Published logs, packages and proofs.
        company.run("audit", "publish", "before", status=76, user="olga")
        company.run("audit", "publish", "after", user="olga")
        company.run("audit", "verify-proof", "after", "--since", "kept.checkpoint")
        company.run("audit", "package", "--since", "2020-01-01", "--until", "2099-01-01", "--out", "all.tar", user="olga")
        company.run("audit", "verify-proof", "all.tar")
        company.run("audit", "prove", "1", "--out", "one.tlog-proof", user="olga")
        company.write("two.vkey", result["log_vkey"] + "\n")
        company.run("audit", "verify-proof", "one.tlog-proof", "--vkey", "two.vkey")
        entry = company.json("audit", "show", str(result["entry"]), user="olga")
        self.assertEqual(entry["action"], "backup.restore")

    def test_what_was_before_a_restore_is_a_rollback_from_then_on(self):
        company = self.company()
        company.ask()
        company.run("backup", "restore", "b1.backup", status=73, user="carol")
        result = company.json("backup", "restore", "b1.backup", "--yes", user="carol")
        aside = result["put_aside"]
        self.assertTrue(os.path.isdir(company.path(aside)))
        company.run("whoami", user="olga")
        company.run("whoami", "--vault", aside, "--warden", "keys/crm.outer", status=76, user="olga")
        # The approval is used up.
        company.run("backup", "restore", "b1.backup", "--yes", status=77, user="carol")
        company.ask()
        again = company.json("backup", "restore", "b1.backup", "--yes", user="carol")
        self.assertTrue(again["origin"].endswith("/3"))
        self.assertTrue(company.json("verify", user="olga")["ok"])

    def test_the_cheats_are_refused(self):
        company = self.company()
        kept = company.path("kept")
        shutil.copytree(company.path("crm.vault"), kept)
        company.lose()
        restore = ["backup", "restore", "b1.backup"]
        company.run(*restore, status=77, user="carol")
        company.run("backup", "request", "b1.backup", status=77, user="paul")
        company.run("backup", "request", "b1.backup", user="carol")
        # Without approval, approved by the requester, by somebody who is no privacy officer.
        company.run(*restore, status=77, user="carol")
        company.run("backup", "approve", "b1.backup.request", "--yes", status=77, user="carol")
        company.run("backup", "approve", "b1.backup.request", "--yes", user="adam")
        company.run(*restore, status=77, user="carol")
        os.remove(company.path("b1.backup.request.approval"))
        company.run("backup", "approve", "b1.backup.request", user="paul", status=64)
        company.run("backup", "approve", "b1.backup.request", "--yes", user="paul")
        # A request that was changed after it was approved, or before.
        with open(company.path("b1.backup.request"), encoding="utf-8") as file:
            request = file.read()
        company.write("b1.backup.request", request.replace('"name":"carol"', '"name":"karol"'))
        company.run(*restore, status=77, user="carol")
        company.run("backup", "approve", "b1.backup.request", "--out", "x", "--yes", status=76, user="paul")
        company.write("b1.backup.request", request)
        # Somebody else's hand, another vault's file of customer keys, none at all.
        company.run(*restore, status=77, user="paul")
        company.run(*restore, "--warden", "missing", status=78, user="carol")
        self.assertFalse(os.path.exists(company.path("crm.vault")))
        company.run(*restore, "--newer", "kept", user="carol")
        self.assertEqual([name for name in os.listdir(company.folder) if "restoring" in name], [])

    def test_revocations_of_the_newer_log_hold(self):
        company = self.company()
        company.write("bert.passphrase", "the passphrase of bert\n")
        company.run("user", "new", "bert", user="bert")
        company.run("user", "add", "bert", "--role", "agent", user="carol")
        fingerprint = next(
            user["fingerprint"] for user in company.json("user", "list", user="carol") if user["user"] == "bert")
        company.run("role", "confirm", "bert", "agent", "--fingerprint", fingerprint, user="adam")
        company.run("backup", "create", "b2.backup", user="carol")
        company.run("user", "remove", "bert", "--yes", user="carol")
        company.ask("b2.backup")
        result = company.json("backup", "restore", "b2.backup", "--yes", user="carol")
        self.assertEqual(result["reapplied"], [{"user": "bert", "role": None}])
        company.run("customer", "list", status=77, user="bert")
        self.assertTrue(company.json("verify", user="olga")["ok"])

    def test_a_witness_takes_the_new_name_only_by_the_statement(self):
        company = self.company()
        old = company.path("keys", "crm.vkey")
        witness = WitnessService(company, old)
        self.addCleanup(witness.kill)
        witness.start()
        company.run("audit", "witness", "add", "w1", "--vkey", witness.vkey, "--url", witness.url, user="olga")
        company.run("backup", "create", "b3.backup", user="carol")
        company.run("audit", "witness", "push", user="olga")
        company.ask("b3.backup")
        result = company.json("backup", "restore", "b3.backup", "--yes", user="carol")
        # Another log to the witness, whose key it does not have.
        company.run("audit", "witness", "push", status=78, user="olga")
        company.write("two.vkey", result["log_vkey"] + "\n")
        witness.kill()
        witness.logs = [old, company.path("two.vkey")]
        with self.assertRaises(AssertionError):
            witness.start()
        self.assertIn("--restored", witness.log())
        company.run("audit", "publish", "after", user="olga")
        witness.options = ["--restored", company.path("after")]
        witness.start()
        self.assertIn("goes on from a backup", witness.log())
        company.run("audit", "witness", "push", user="olga")
        # Once it was shown, it is known.
        witness.kill()
        witness.options = []
        witness.start()
        company.run("audit", "witness", "push", user="olga")
        witness.kill()
        self.assertEqual(len(witness.show()["logs"]), 2)

    def test_what_was_erased_stays_unreadable_in_every_backup(self):
        company = self.company()
        gone, kept = company.customers[0], company.customers[1]
        company.run("consent", "withdraw", kept, "--purpose", "marketing", user="paul")
        company.run("subject", "erase", gone, "--class", "all", "--yes", user="paul")
        company.ask()
        result = company.json("backup", "restore", "b1.backup", "--yes", user="carol")
        # The old rows are back, and no role that the company has opens them.
        for user in ("stella", "adam", "paul"):
            output = company.run("customer", "show", gone, "--reveal", "all", "--purpose", "data-subject-request",
                                 status=76, user=user)
            self.assertEqual(output, b"")
        self.assertFalse(self.opens_with_every_key(company, gone))
        # What follows is the privacy officer's: then the vault is whole again.
        company.run("verify", status=76, user="olga")
        company.run("backup", "finish", status=77, user="carol")
        finished = company.json("backup", "finish", "--newer", result["put_aside"], user="paul")
        self.assertEqual(finished["erased"], [gone])
        self.assertEqual(finished["withdrawn"], [{"id": kept, "purpose": "marketing"}])
        self.assertEqual(company.json("backup", "finish", "--newer", result["put_aside"], user="paul")["erased"], [])
        self.assertTrue(company.json("verify", user="olga")["ok"])
        company.run("customer", "show", gone, status=66, user="adam")
        company.run("customer", "show", kept, user="adam")

    def opens_with_every_key(self, company, customer):
        """Whether anybody's deep verification opens a record of the customer: all roles, all classes."""
        for user in ("stella", "paul", "nina"):
            report = company.start("verify", "--deep", "--json", user=user).communicate()[0]
            found = json.loads(report)
            if found["ok"]:
                return True
            # Its records do not open, for want of their keys.
            self.assertTrue({"warden", "record"} & {problem["code"] for problem in found["problems"]}, found)
        return False

    def test_killed_at_any_moment_a_backup_or_restore_is_whole_or_nothing(self):
        company = self.company(customers=3)
        company.run("import", company.bills("bills.csv", 300, 40), user="stella")
        source = random.Random(20261126)
        started = time.monotonic()
        company.run("backup", "create", "base.backup", user="carol")
        duration = time.monotonic() - started
        company.ask("base.backup")
        made = restored = 0
        for kill in range(KILLS):
            name = f"k{kill}.backup"
            process = company.start("backup", "create", name, user="carol")
            self.end(process, source, duration)
            if os.path.exists(company.path(name)):
                made += 1
                self.assertTrue(company.json("backup", "verify", name, user="carol")["ok"])
                os.remove(company.path(name))
            else:
                self.assertNotEqual(process.returncode, 0)
            vault = f"r{kill}.vault"
            process = company.start(
                "backup", "restore", "base.backup", "--vault", vault, "--warden", "keys/crm.outer", user="carol")
            self.end(process, source, 2 * duration)
            if os.path.exists(company.path(vault)):
                restored += 1
                self.assertEqual(sorted(os.listdir(company.path(vault))), ["ballast", "vault.sqlite"])
                # Once it is there, it is the vault: what was before is behind it, and the request is used up.
                self.assertTrue(
                    company.json("verify", "--vault", vault, "--warden", "keys/crm.outer", user="olga")["ok"])
                shutil.rmtree(company.path("crm.vault"))
                os.rename(company.path(vault), company.path("crm.vault"))
                os.remove(company.path("base.backup"))
                company.run("backup", "create", "base.backup", user="carol")
                company.ask("base.backup")
            else:
                self.assertNotEqual(process.returncode, 0)
                self.assertTrue(company.json("verify", user="olga")["ok"])
            for leftover in os.listdir(company.folder):
                if ".restoring-" in leftover:
                    shutil.rmtree(company.path(leftover))
                elif ".new-" in leftover:
                    os.remove(company.path(leftover))
        self.assertGreater(made + restored, 0)
        print(f"(kills: {2 * KILLS}, {made} backups and {restored} restores were whole)")

    def end(self, process, source, duration):
        time.sleep(source.random() * duration * 1.3)
        process.send_signal(signal.SIGKILL)
        process.communicate()


if __name__ == "__main__":
    unittest.main()
