"""The daily review: flags, and the signature that closes them."""

import json
import unittest

from company import Company


class AuditReviewTests(unittest.TestCase):
    def setUp(self):
        self.company = Company(customers=1)
        self.addCleanup(self.company.remove)
        # The hour at which the tests run is nobody's working hour.
        policy = self.company.run("policy", "show", user="carol").decode()
        start = policy.index('working_hours: {')
        end = policy.index("}", start) + 1
        self.company.write("policy.yaml", policy[:start] + 'working_hours: {from: "00:00", to: "00:00"}' + policy[end:])
        self.company.approved("policy", "apply", "policy.yaml", "--yes")

    def flags(self, status, *arguments, user="olga"):
        return json.loads(self.company.run("audit", "flags", "--json", *arguments, status=status, user=user))

    def test_a_day_without_a_flag_ends_with_0_and_one_with_flags_with_1(self):
        self.assertEqual(self.flags(0)["flags"], [])
        self.company.run("customer", "show", self.company.customers[0], status=77, user="nina")
        found = self.flags(1)
        self.assertEqual([(flag["rule"], flag["actor"], flag["state"]) for flag in found["flags"]], [("denied", "nina", "open")])
        self.assertEqual(self.flags(1)["flags"][0]["id"], found["flags"][0]["id"])
        self.assertEqual(self.flags(0, "--actor", "adam")["flags"], [])

    def test_a_review_closes_what_was_seen_and_no_more(self):
        self.company.run("customer", "show", self.company.customers[0], status=77, user="nina")
        found = self.flags(1)
        flag = found["flags"][0]["id"]
        self.company.run("customer", "show", self.company.customers[0], status=77, user="nina")
        self.company.run("audit", "review", "--size", str(found["size"]), "--close", flag, status=64, user="olga")
        done = json.loads(self.company.run(
            "audit", "review", "--size", str(found["size"]), "--close", flag, "--note", "she mistyped", "--json", user="olga"))
        entry = self.company.json("audit", "show", str(done["entry"]), user="olga")
        self.assertEqual(entry["action"], "audit.review")
        self.assertEqual(entry["details"]["closed"], [flag])
        after = self.flags(1, "--all")
        states = {one["id"]: one["state"] for one in after["flags"]}
        self.assertEqual(states.pop(flag), "closed")
        self.assertEqual(list(states.values()), ["open"])
        self.company.run(
            "audit", "review", "--size", str(found["size"]), "--close", flag, "--note", "again", status=66, user="olga")

    def test_nobody_closes_a_flag_about_himself(self):
        self.company.run("customer", "show", self.company.customers[0], status=77, user="olga")
        found = self.flags(1)
        flag = next(one["id"] for one in found["flags"] if one["actor"] == "olga")
        arguments = ("audit", "review", "--size", str(found["size"]), "--close", flag, "--note", "only me")
        self.company.run(*arguments, status=77, user="olga")
        refused = self.company.json("audit", "list", "--action", "audit.review", "--outcome", "denied", user="olga")
        self.assertEqual([entry["actor"] for entry in refused], ["olga"])
        self.company.run(*arguments, user="paul")
        states = {one["id"]: one["state"] for one in self.flags(1, "--all", user="paul")["flags"]}
        self.assertEqual(states[flag], "closed")

    def test_reviewing_is_for_auditors_and_privacy_officers(self):
        for user in ("carol", "stella", "adam", "nina"):
            self.company.run("audit", "flags", status=77, user=user)
            self.company.run("audit", "review", "--size", "1", status=77, user=user)

    def test_the_log_verifies_with_its_reviews(self):
        self.company.run("audit", "review", "--size", "3", user="olga")
        self.company.run("audit", "verify", user="olga")
        self.company.run("audit", "verify", "--keyless", user="olga")


if __name__ == "__main__":
    unittest.main()
