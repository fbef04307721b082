"""A second person: requests, approvals, and what people try instead."""

import json
import sqlite3
import unittest

from company import Company


class ApprovalTests(unittest.TestCase):
    def setUp(self):
        self.company = Company(customers=0)
        self.addCleanup(self.company.remove)
        self.policy = self.company.run("policy", "show", user="carol").decode()

    def changed(self, name):
        return self.company.write(name + ".yaml", self.policy.replace("name: default", "name: " + name))

    def test_a_policy_changes_by_two_people(self):
        company = self.company
        file = self.changed("second")
        error = company.failure("policy", "apply", file, "--yes", user="carol")
        self.assertEqual((error["code"], error["request"]), ("approval_required", "1"))
        # Asked again, it names the same request.
        self.assertEqual(company.failure("policy", "apply", file, "--yes", user="carol")["request"], "1")
        shown = company.json("request", "show", "1", user="paul")
        self.assertEqual(
            (shown["state"], shown["action"], shown["requester"], shown["may_answer"]),
            ("open", "policy.apply", "carol", ["paul"]))
        self.assertIn("name: second", shown["text"])
        answer = company.json("request", "approve", "1", "--days", "2", user="paul")
        self.assertEqual((answer["request"], answer["state"]), (1, "approved"))
        company.run("policy", "apply", file, "--yes", user="carol")
        self.assertIn("name: second", company.run("policy", "show", user="carol").decode())
        self.assertEqual(
            [(one["request"], one["state"]) for one in company.json("request", "list", user="carol")], [(1, "used")])
        # The statement embeds the approval, and who has no key at all checks it.
        self.assertTrue(json.loads(company.run("audit", "verify", "--keyless", "--json", user="olga"))["ok"])
        self.assertTrue(json.loads(company.run("verify", "--json", user="olga"))["ok"])
        used = company.json("audit", "list", "--action", "request", user="olga")
        self.assertEqual(
            [(entry["action"], entry["outcome"]) for entry in used],
            [("request.create", "allowed"), ("request.create", "denied"), ("request.approve", "allowed"),
             ("request.use", "allowed")])

    def test_the_cheats_are_refused(self):
        company = self.company
        first, second = self.changed("first"), self.changed("second")
        company.approved("policy", "apply", first, "--yes")
        # Replay: the approval is spent, also for the way back to the policy that it was for.
        company.approved("policy", "apply", second, "--yes")
        self.assertEqual(company.failure("policy", "apply", first, "--yes", user="carol")["request"], "3")
        # Widen the scope: an approval of one policy is none of another.
        company.run("request", "approve", "3", user="paul")
        wider = company.write("wider.yaml", self.policy.replace("name: default", "name: wider"))
        self.assertEqual(company.failure("policy", "apply", wider, "--yes", user="carol")["request"], "4")
        # Deny, and answer twice.
        company.run("request", "deny", "4", user="paul")
        company.run("request", "approve", "4", status=73, user="paul")
        self.assertEqual(company.failure("policy", "apply", wider, "--yes", user="carol")["request"], "5")
        # Who may not answer does not, and the requester never.
        for user in ("carol", "adam", "stella", "nina", "olga"):
            company.run("request", "approve", "5", status=77, user=user)
        company.run("request", "show", "5", status=77, user="adam")
        company.run("request", "approve", "99", status=66, user="paul")

    def test_nobody_approves_himself_through_a_second_role(self):
        company = self.company
        company.run("role", "grant", "carol", "privacy-officer", user="carol")
        fingerprint = company.json("user", "show", "carol", user="carol")["fingerprint"]
        company.run("role", "confirm", "carol", "privacy-officer", "--fingerprint", fingerprint, user="paul")
        number = company.failure("policy", "apply", self.changed("own"), "--yes", user="carol")["request"]
        for role in ("custodian", "privacy-officer"):
            error = company.failure("request", "approve", number, "--role", role, user="carol")
            self.assertEqual(error["code"], "not_permitted")
        # And the other approver cannot be sent away first.
        error = company.failure("role", "revoke", "paul", "privacy-officer", "--yes", user="carol")
        self.assertEqual(error["code"], "approval_required")
        company.run("request", "approve", error["request"], status=77, user="carol")
        company.run("user", "remove", "paul", "--yes", status=77, user="carol")
        company.run("request", "approve", number, user="paul")
        company.run("policy", "apply", "own.yaml", "--yes", user="carol")

    def test_a_further_custodian_is_admitted_by_two_people(self):
        company = self.company
        company.write("zoe.passphrase", "the passphrase of zoe\n")
        company.run("user", "new", "zoe", user="zoe")
        number = company.failure("user", "add", "zoe", "--role", "custodian", user="carol")["request"]
        self.assertNotIn("zoe", [user["user"] for user in company.json("user", "list", user="carol")])
        company.run("request", "approve", number, user="paul")
        company.run("user", "add", "zoe", "--role", "custodian", user="carol")
        self.assertEqual(company.json("whoami", user="zoe")["roles"], ["custodian"])

    def test_a_policy_or_a_member_that_sql_put_there_is_found(self):
        company = self.company
        company.approved("policy", "apply", self.changed("second"), "--yes")
        store = sqlite3.connect(company.path("crm.vault", "vault.sqlite"))
        # The old policy's text is still a row; the chain, not the row, says which is in force.
        old, new = [row[0] for row in store.execute("SELECT hash FROM policy ORDER BY length(text)")]
        store.execute("UPDATE policy SET text = (SELECT text FROM policy WHERE hash = ?) WHERE hash = ?", (new, old))
        store.commit()
        company.run("verify", status=76, user="olga")
        store.execute("INSERT INTO person SELECT X'0102030405060708', 'mallory', signing_key, box_key FROM person LIMIT 1")
        store.commit()
        store.close()
        company.run("user", "list", status=76, user="olga")
