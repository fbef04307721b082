"""Every role times every command, generated from one table: what is not permitted exits 77 and prints nothing."""

import json
import unittest

from company import CANARY_NAME, CANARY_NOTE, PEOPLE, ROLES, Company

ALL = set(ROLES)
PUBLIC = ALL

# Command, who may (CLI.md, "Who may"), and how it is asked. ID stands for a customer's id, NEW for a new file.
TABLE = [
    (["customer", "add", "--from", "new.json"], {"steward"}),
    (["customer", "find", "phone", "--from", "phone.txt"], {"steward", "agent", "privacy-officer"}),
    (["customer", "search", "--from", "part.txt"], {"steward", "privacy-officer"}),
    (["customer", "show", "ID"], {"steward", "agent", "privacy-officer"}),
    (["customer", "show", "ID", "--reveal", "all", "--purpose", "data-subject-request"],
     {"steward", "agent", "privacy-officer"}),
    (["customer", "history", "ID"], {"steward", "agent", "privacy-officer"}),
    (["customer", "update", "ID", "--from", "change.json"], {"steward"}),
    (["customer", "rate", "ID", "--quality", "5", "--service", "4", "--price", "3"], {"steward", "agent"}),
    (["customer", "list"], {"steward", "analyst", "privacy-officer"}),
    (["consent", "grant", "OTHER", "--purpose", "marketing"], {"agent", "privacy-officer"}),
    (["consent", "withdraw", "OTHER", "--purpose", "marketing"], {"agent", "privacy-officer"}),
    (["consent", "object", "OTHER", "--purpose", "analytics"], {"agent", "privacy-officer"}),
    (["consent", "list", "OTHER"], {"steward", "agent", "privacy-officer"}),
    (["customer", "merge", "OTHER", "THIRD"], {"steward"}),
    (["customer", "split", "OTHER"], {"steward"}),
    (["subject", "restrict", "OTHER"], {"privacy-officer"}),
    (["subject", "unrestrict", "OTHER"], {"privacy-officer"}),
    (["subject", "hold", "OTHER", "--class", "score", "--reason", "a case"], {"privacy-officer"}),
    (["subject", "release-hold", "OTHER", "--yes"], {"privacy-officer"}),
    (["subject", "erase", "OTHER", "--yes"], {"privacy-officer"}),
    (["import", "bills.csv"], {"steward"}),
    (["import", "bills.csv", "--dry-run"], {"steward"}),
    (["score", "run", "--as-of", "2026-01-01", "--scores", "loyalty"], {"analyst"}),
    (["score", "run", "--model", "rfm", "--as-of", "2026-01-01"], {"analyst"}),
    (["score", "run", "--as-of", "2026-01-01", "--scores", "loyalty", "--save", "kept"], {"analyst"}),
    (["score", "list"], {"analyst"}),
    (["score", "norms", "list"], {"analyst"}),
    (["score", "fit", "bg-nbd", "--as-of", "2026-01-01"], {"analyst"}),
    (["score", "evaluate", "--as-of", "2026-01-01"], {"analyst"}),
    (["score", "explain", "ID", "--as-of", "2026-01-01", "--scores", "loyalty"], {"analyst"}),
    (["score", "explain", "ID", "--model", "composite", "--as-of", "2026-01-01"], {"analyst"}),
    (["score", "report", "--as-of", "2026-01-01", "--out", "NEW"], {"analyst"}),
    (["segment", "run", "--as-of", "2026-01-01"], {"analyst"}),
    (["segment", "compare", "--from", "2025-06-30", "--as-of", "2026-01-01"], {"analyst"}),
    (["segment", "list"], PUBLIC),
    (["recommend", "ID"], {"analyst"}),
    (["subject", "report", "ID", "--out", "NEW", "--format", "json"], {"privacy-officer"}),
    (["retention", "show"], PUBLIC),
    (["retention", "apply", "--yes"], {"privacy-officer"}),
    (["leakage"], {"privacy-officer"}),
    (["breach", "report", "--user", "adam", "--since", "2020-01-01", "--out", "NEW", "--format", "json"],
     {"auditor", "privacy-officer"}),
    (["export", "anonymized", "--out", "NEW", "--recipient", "acme", "--profile", "tiny.yaml", "--dry-run"], {"analyst"}),
    (["export", "pseudonymized", "--out", "NEW", "--recipient", "acme", "--columns", "city"], {"analyst"}),
    (["export", "aggregate", "--out", "NEW", "--recipient", "acme", "--query", "queries.yaml", "--epsilon", "1/100",
      "--dry-run"], {"analyst"}),
    (["export", "aggregate", "--out", "NEW", "--recipient", "acme", "--query", "queries.yaml", "--epsilon", "1/100"],
     {"analyst"}),
    (["export", "budget"], {"analyst", "privacy-officer"}),
    (["export", "list"], {"analyst", "privacy-officer"}),
    (["audit", "list"], {"auditor", "privacy-officer"}),
    (["audit", "show", "0"], {"auditor", "privacy-officer"}),
    (["audit", "subject", "ID"], {"auditor", "privacy-officer"}),
    (["audit", "subject", "ID", "--for-subject", "--proofs", "NEW"], {"auditor", "privacy-officer"}),
    (["audit", "sample", "--nonce", "dice", "--size", "2", "--at", "head.checkpoint"], {"auditor", "privacy-officer"}),
    (["audit", "package", "--since", "2020-01-01", "--until", "2099-01-01", "--out", "NEW"],
     {"auditor", "privacy-officer"}),
    (["audit", "prove", "0", "--out", "NEW"], PUBLIC),
    (["audit", "list", "--format", "ocsf"], {"auditor", "privacy-officer"}),
    (["audit", "flags", "--rule", "clock-jump"], {"auditor", "privacy-officer"}),
    (["audit", "review", "--size", "1"], {"auditor", "privacy-officer"}),
    (["audit", "follow", "--once"], {"auditor", "privacy-officer"}),
    (["audit", "verify"], PUBLIC),
    (["audit", "checkpoint"], PUBLIC),
    (["audit", "publish", "published"], PUBLIC),
    (["audit", "witness", "list"], {"auditor", "privacy-officer"}),
    (["audit", "erase", "1", "--part", "who", "--yes"], {"privacy-officer"}),
    (["audit", "key", "list"], PUBLIC),
    (["audit", "retention", "show"], PUBLIC),
    (["audit", "key", "rotate", "--yes"], {"custodian"}),
    (["backup", "create", "NEW"], {"custodian"}),
    (["backup", "list"], {"custodian"}),
    (["backup", "warden", "NEW"], {"custodian"}),
    (["verify"], PUBLIC),
    (["whoami"], PUBLIC),
    (["policy", "show"], PUBLIC),
    (["role", "list"], PUBLIC),
    (["user", "list"], PUBLIC),
    (["role", "grant", "nina", "auditor"], {"custodian"}),
    (["role", "revoke", "bert", "agent", "--yes"], {"custodian"}),
    (["user", "add", "zoe", "--role", "agent"], {"custodian"}),
    (["user", "remove", "bert", "--yes"], {"custodian"}),
    (["policy", "apply", "policy.yaml", "--yes"], {"custodian"}),
    (["request", "create", "policy", "other.yaml"], {"custodian"}),
    (["request", "create", "custodian", "zoe"], {"custodian"}),
    (["request", "list"], PUBLIC),
    (["request", "approve", "1"], {"privacy-officer"}),
    (["request", "deny", "2"], {"privacy-officer"}),
]


class PermissionMatrixTests(unittest.TestCase):
    def company(self):
        company = Company(customers=3)
        self.addCleanup(company.remove)
        for name in ("bert", "zoe"):
            company.write(name + ".passphrase", f"the passphrase of {name}\n")
            company.run("user", "new", name, user=name)
        company.run("user", "add", "bert", "--role", "agent", user="carol")
        fingerprint = next(
            user["fingerprint"] for user in company.json("user", "list", user="carol") if user["user"] == "bert")
        company.run("role", "confirm", "bert", "agent", "--fingerprint", fingerprint, user="adam")
        company.write("new.json", '{"name": "Somebody New", "phone": "+8613700000001"}')
        company.write("change.json", '{"city": "Chengdu"}')
        company.write("phone.txt", "+8613912345678")
        company.write("part.txt", "Zebulon")
        company.write("tiny.yaml", "columns: {city: {role: quasi}}\nprivacy: {k: 2, suppress: 0.9}\n")
        company.write("queries.yaml", "queries: [{name: all, count: all}]\n")
        company.bills("bills.csv", 10, 3)
        company.write("head.checkpoint", company.run("audit", "checkpoint", user="olga").decode())
        company.write("new-person.yaml", company.run("policy", "show", user="carol").decode() + "\n# a third\n")
        company.write("policy.yaml", company.run("policy", "show", user="carol").decode() + "\n# changed\n")
        company.write("other.yaml", company.run("policy", "show", user="carol").decode() + "\n# another\n")
        # What the custodian asks for, and is approved before it is done in the table's row.
        company.run("request", "create", "policy", "other.yaml", user="carol")
        company.run("request", "create", "policy", "new-person.yaml", user="carol")
        company.run("request", "create", "policy", "policy.yaml", user="carol")
        company.run("request", "approve", "3", user="paul")
        company.write(
            "kept.yaml", company.run("policy", "show", user="carol").decode() + "\nretention: {classes: {behavior: 30y}}\n")
        company.approved("policy", "apply", "kept.yaml", "--yes")
        return company

    def test_each_command_is_permitted_to_its_roles_and_refused_to_the_others(self):
        for command, allowed in TABLE:
            company = self.company() if allowed == {"custodian"} else getattr(self, "shared", None)
            if company is None:
                company = self.shared = self.company()
            # Those who may not come first: what they ask must leave nothing behind.
            for role in sorted(ALL, key=lambda role: role in allowed):
                words = {
                    "ID": company.customers[0], "OTHER": company.customers[1], "THIRD": company.customers[2], "NEW": "new-" + role + "-" + "-".join(command[:2])}
                arguments = [words.get(word, word) for word in command]
                with self.subTest(command=" ".join(command), role=role):
                    if role in allowed:
                        company.run(*arguments, user=ROLES[role])
                    else:
                        self.refuse(company, arguments, ROLES[role])

    def refuse(self, company, arguments, user):
        before = self.size(company)
        output = company.run(*arguments, status=77, user=user)
        self.assertEqual(output, b"")
        # A refusal is an entry too: one more, and it says denied.
        self.assertEqual(self.size(company), before + 1, "the refusal left no entry")

    def size(self, company):
        note = company.run("audit", "checkpoint", user="olga").decode()
        return int(note.split("\n")[1])

    def test_a_role_that_the_user_does_not_have_is_refused(self):
        company = self.company()
        for person, own in PEOPLE.items():
            for role in ALL - {own}:
                with self.subTest(person=person, role=role):
                    company.run("customer", "list", "--role", role, status=77, user=person)

    def test_a_stranger_with_a_key_opens_nothing(self):
        company = self.company()
        for command in (["whoami"], ["customer", "list"], ["audit", "list"], ["customer", "show", company.customers[0]]):
            output = company.run(*command, status=77, user="zoe")
            self.assertEqual(output, b"")

    def test_a_wrong_passphrase_is_refused(self):
        company = self.company()
        company.write("adam.passphrase", "another passphrase\n")
        company.run("customer", "show", company.customers[0], status=77, user="adam")

    def test_permission_is_decided_before_existence(self):
        company = self.company()
        missing = "C-" + "0" * 27
        for user, status in (("adam", 66), ("nina", 77), ("olga", 77), ("carol", 77)):
            company.run("customer", "show", missing, status=status, user=user)

    def test_masked_fields_stay_masked_and_the_note_hidden(self):
        company = self.company()
        shown = company.run("customer", "show", company.customers[0], "--json", user="adam").decode()
        self.assertNotIn(CANARY_NAME, shown)
        self.assertNotIn(CANARY_NOTE, shown)
        self.assertNotIn("+8613912345678", shown)
        revealed = json.loads(company.run(
            "customer", "show", company.customers[0], "--reveal", "phone", "--purpose", "service", "--json", user="adam"))
        self.assertEqual(revealed["identity"]["phone"], "+8613912345678")
        self.assertNotIn(CANARY_NAME, json.dumps(revealed))

    def test_an_analyst_sees_no_identity_whatever_is_asked(self):
        company = self.company()
        company.run("import", "bills.csv", user="stella")
        output = company.run("score", "run", "--as-of", "2026-01-01", "--scores", "loyalty", "--json", user="nina").decode()
        for word in ("Zebulon", "139123", "A-000000", "parrots", "example.org"):
            self.assertNotIn(word, output)
