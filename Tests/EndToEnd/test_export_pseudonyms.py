"""`export pseudonymized` and `export reidentify`: personal data under names of its own, and the way back of two people."""

import json
import unittest

from test_export import AS_OF, company, rows


class PseudonymTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = company(50, seed=13)

    @classmethod
    def tearDownClass(cls):
        cls.made.remove()

    def pseudonymized(self, out, recipient="acme", *more):
        return self.made.json(
            "export", "pseudonymized", "--out", out, "--recipient", recipient, *AS_OF, *more, user="nina")

    def test_pseudonyms_of_two_releases_have_nothing_in_common(self):
        first = self.pseudonymized("one.csv", "acme")
        self.pseudonymized("two.csv", "other")
        one, two = rows(self.made, "one.csv"), rows(self.made, "two.csv")
        self.assertEqual((len(one), len(two)), (50, 50))
        self.assertFalse({row["pseudonym"] for row in one} & {row["pseudonym"] for row in two})
        self.assertEqual({row["personal_data"] for row in one}, {"pseudonymized"})
        self.assertTrue(first["personal_data"])
        ids = {customer["id"] for customer in self.made.json("customer", "list", user="nina")}
        for row in one:
            self.assertNotIn("C" + row["pseudonym"][1:], ids)
        self.made.run("export", "verify", "one.csv")
        # The order of the rows is none of the vault's, and not the same twice.
        self.assertNotEqual(
            [(row["city"], row["amount"]) for row in one], [(row["city"], row["amount"]) for row in two])

    def test_only_two_people_together_go_back(self):
        release = self.pseudonymized("three.csv", "third")["release"]
        asked = rows(self.made, "three.csv")[:3]
        self.made.write("ids.txt", "".join(row["pseudonym"] + "\n" for row in asked))
        made = self.made
        # Neither alone, and nobody else.
        made.run("export", "reidentify", release, "--from", "ids.txt", "--request", "r.json", user="nina", status=77)
        made.run("export", "reidentify", release, "--from", "ids.txt", "--request", "r.json", user="carol", status=77)
        made.run("export", "reidentify", release, "--from", "ids.txt", "--request", "r.json", user="paul")
        made.run("export", "reidentify", release, "--from", "r.json", user="paul", status=77)
        made.run("export", "reidentify", release, "--request", "r.json", user="paul", status=77)
        made.run("export", "reidentify", release, "--request", "r.json", user="adam", status=77)
        # A request that was changed gets no share.
        with open(made.path("r.json"), encoding="utf-8") as file:
            text = file.read()
        made.write("changed.json", text.replace(asked[0]["pseudonym"], rows(made, "three.csv")[7]["pseudonym"]))
        made.run("export", "reidentify", release, "--request", "changed.json", user="carol", status=77)
        made.run("export", "reidentify", release, "--request", "r.json", user="carol")
        # The custodian's share is sealed to who asked.
        made.run("export", "reidentify", release, "--from", "r.json", user="carol", status=77)
        found = made.json("export", "reidentify", release, "--from", "r.json", user="paul")
        self.assertEqual([one["pseudonym"] for one in found], [row["pseudonym"] for row in asked])
        ids = {customer["id"] for customer in made.json("customer", "list", "--limit", "100", user="nina")}
        self.assertTrue(all(one["id"] in ids for one in found))
        for one, row in zip(found, asked):
            profile = made.json("customer", "show", one["id"], user="paul")
            self.assertEqual(profile["profile"]["city"], row["city"].removeprefix("'"))
            self.assertEqual(profile["behavior"]["amount"], f"{float(row['amount']):.2f}")
        entries = [entry for entry in json.loads(made.run("audit", "list", "--json", user="olga"))
                   if entry["action"] == "export.reidentify"]
        self.assertEqual({entry.get("subject") for entry in entries} - {None}, {one["id"] for one in found})
        # A pseudonym of another release is nobody's here.
        other = self.pseudonymized("four.csv", "fourth")["release"]
        self.made.write("more.txt", asked[0]["pseudonym"])
        made.run("export", "reidentify", other, "--from", "more.txt", "--request", "s.json", user="paul")
        made.run("export", "reidentify", other, "--request", "s.json", user="carol")
        self.assertEqual(
            made.json("export", "reidentify", other, "--from", "s.json", user="paul"),
            [{"pseudonym": asked[0]["pseudonym"], "id": None}])

    def test_without_the_right_in_the_policy_there_is_none(self):
        made = company(10)
        self.addCleanup(made.remove)
        policy = made.run("policy", "show", user="carol").decode()
        made.write("policy.yaml", policy.replace("export.pseudonymized,", ""))
        made.approved("policy", "apply", "policy.yaml", "--yes")
        made.run("export", "pseudonymized", "--out", "a.csv", "--recipient", "acme", user="nina", status=77)
