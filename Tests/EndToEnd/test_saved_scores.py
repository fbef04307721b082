"""Saved runs and frozen norms on the real program: names, purposes, objections, and what the log says of them."""

import os
import sqlite3
import unittest

from company import Company


class SavedScoreTests(unittest.TestCase):
    def company(self, lines):
        company = Company(customers=0)
        self.addCleanup(company.remove)
        company.write("bills.csv", "account,time,amount,currency,product\n" + "".join(lines))
        company.json("import", "bills.csv", user="stella")
        return company

    def market(self, customers=150):
        return self.company([
            f"M-{index},2025-{1 + number % 12:02}-{1 + index % 28:02},{10 + (index * 7 + number * 3) % 90}.50,CNY,P-{number % 5}\n"
            for index in range(customers) for number in range(1 + index % 6)])

    def save(self, company, name, as_of, *more):
        return company.json(
            "score", "run", "--as-of", as_of, "--scores", "loyalty", "--save", name, *more, user="nina")

    def test_runs_are_saved_listed_compared_and_removed(self):
        company = self.market()
        first = self.save(company, "june", "2025-03-31")
        second = self.save(company, "december", "2025-12-31")
        listed = company.json("score", "list", user="nina")
        self.assertEqual([run["name"] for run in listed], ["june", "december"])
        self.assertEqual([run["customers"] for run in listed], [first["customers"], second["customers"]])
        self.assertEqual(listed[0]["columns"], ["frequency", "amount", "variety", "loyalty"])
        diff = company.json("score", "diff", "june", "december", user="nina")
        before = {row["id"]: row["loyalty"] for row in first["scores"]}
        after = {row["id"]: row["loyalty"] for row in second["scores"]}
        self.assertEqual(len(diff["movements"]), len(set(before) | set(after)))
        for row in diff["movements"]:
            self.assertEqual((row["before"], row["after"]), (before.get(row["id"]), after.get(row["id"])))
        self.assertEqual(diff["both"], len(set(before) & set(after)))
        self.assertEqual(diff["up"] + diff["down"] + diff["same"], diff["both"])
        trend = company.json(
            "score", "show", first["scores"][0]["id"], "--as-of", "2025-12-31", "--scores", "loyalty", user="nina")
        self.assertEqual([saved["run"] for saved in trend["saved"]], ["june", "december"])
        self.assertEqual(trend["saved"][1]["loyalty"], trend["loyalty"])
        company.run("score", "run", "--as-of", "2025-12-31", "--scores", "loyalty", "--save", "june", status=73, user="nina")
        company.json("score", "delete", "june", "--yes", user="nina")
        company.run("score", "diff", "june", "december", status=66, user="nina")
        report = company.json("verify", "--deep", "--purpose", "analytics", user="nina")
        self.assertTrue(report["ok"])
        self.assertGreaterEqual(report["opened_slots"], 150)

    def test_the_log_says_how_many_were_left_out(self):
        company = self.market(20)
        company.write("consents.csv", "account,time,purpose,state,source,text_version\n"
                      "M-3,2025-01-01,analytics,objected,web,1\nM-4,2025-01-01,analytics,objected,web,1\n")
        company.json("import", "consents.csv", user="stella")
        run = self.save(company, "all", "2025-12-31")
        self.assertEqual(run["excluded"], {"objected": 2})
        self.assertEqual(company.json("score", "list", user="nina")[0]["excluded"], {"objected": 2})
        entries = [entry for entry in company.json("audit", "list", user="olga")
                   if entry["action"] == "score.run" and entry["kind"] == "change"]
        self.assertEqual(entries[-1]["details"]["excluded"], {"objected": 2})
        self.assertEqual((entries[-1]["phase"], entries[-1]["count"]), ("result", 18))

    def test_a_saved_run_is_bound_to_its_purpose(self):
        company = self.market(10)
        self.save(company, "analytics", "2025-12-31")
        self.save(company, "fraud", "2025-12-31", "--purpose", "fraud-prevention")
        company.run("score", "diff", "analytics", "fraud", status=77, user="nina")
        self.assertEqual([run["name"] for run in company.json("score", "list", user="nina")], ["analytics"])
        for command in (["score", "list"], ["score", "diff", "analytics", "fraud"], ["score", "delete", "fraud", "--yes"]):
            company.run(*command, status=77, user="adam")

    def test_norms_are_frozen_once(self):
        company = self.market()
        frozen = company.json("score", "norms", "freeze", "spring", "--as-of", "2025-06-30", user="nina")
        self.assertEqual(frozen["factors"], ["recency", "frequency", "amount"])
        self.assertEqual([norms["name"] for norms in company.json("score", "norms", "list", user="nina")], ["spring"])
        company.run("score", "norms", "freeze", "spring", "--as-of", "2025-06-30", status=73, user="nina")
        run = ["score", "run", "--model", "composite", "--as-of", "2025-06-30", "--norms", "spring"]
        before = company.json(*run, user="nina")
        self.assertEqual(before["norms"]["id"], "spring")
        company.write("more.csv", "account,time,amount,currency,product\n" + "".join(
            f"N-{index},2025-05-{1 + index % 28:02},{500 + index}.00,CNY,P-1\n" for index in range(100)))
        company.json("import", "more.csv", user="stella")
        after = {row["id"]: row["composite"] for row in company.json(*run, "--save", "held", user="nina")["scores"]}
        for row in before["scores"]:
            self.assertEqual(after[row["id"]], row["composite"])
        self.assertEqual(company.json("score", "list", user="nina")[0]["norms"], "spring")
        own = company.json("score", "run", "--model", "composite", "--as-of", "2025-06-30", user="nina")
        self.assertNotEqual({row["id"]: row["composite"] for row in own["scores"]}, after)
        company.run("score", "run", "--as-of", "2025-06-30", "--norms", "spring", status=64, user="nina")
        company.run("score", "run", "--model", "composite", "--as-of", "2025-06-30", "--norms", "autumn", status=66, user="nina")
        company.json("score", "norms", "delete", "spring", "--yes", user="nina")
        company.run("score", "norms", "delete", "spring", "--yes", status=66, user="nina")

    def test_blocks_that_are_swapped_or_put_back_are_found(self):
        company = self.market(300)
        self.save(company, "june", "2025-12-31")
        path = os.path.join(company.folder, "crm.vault", "vault.sqlite")
        with sqlite3.connect(path) as store:
            rows = store.execute(
                "SELECT first_ordinal, sealed FROM block WHERE kind = 2 ORDER BY first_ordinal").fetchall()
            store.execute("UPDATE block SET sealed = ? WHERE kind = 2 AND first_ordinal = ?", (rows[1][1], rows[0][0]))
        company.run("score", "run", "--as-of", "2025-12-31", "--scores", "loyalty", status=76, user="nina")
        with sqlite3.connect(path) as store:
            store.execute("UPDATE block SET sealed = ? WHERE kind = 2 AND first_ordinal = ?", (rows[0][1], rows[0][0]))
            store.execute("DELETE FROM block WHERE kind = 3 AND first_ordinal = 0")
        company.run("verify", status=76, user="nina")


if __name__ == "__main__":
    unittest.main()
