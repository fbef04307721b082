"""Writing commands killed at random moments: nothing acknowledged is lost; log, data and warden agree."""

import random
import signal
import time
import unittest

from company import SOAK, Company

KILLS = 2000 if SOAK else 60


class KillTests(unittest.TestCase):
    def test_killed_writers_leave_a_vault_that_verifies(self):
        company = Company(customers=3)
        self.addCleanup(company.remove)
        source = random.Random(20261125)
        added, acknowledged, next_customer = list(company.customers), 0, 3
        company.bills("base.csv", 200, 40)
        duration = self.measure(company)
        for kill in range(KILLS):
            kind = source.choice(["add", "rate", "update", "import", "import"])
            user = "stella"
            if kind == "add":
                path = company.write(
                    "one.json", f'{{"name": "Somebody {kill}", "account.default": "K-{next_customer:06}"}}')
                arguments, next_customer = ["customer", "add", "--from", path, "--json"], next_customer + 1
            elif kind == "rate":
                arguments = ["customer", "rate", source.choice(added), "--quality", "4", "--service", "3", "--price", "5"]
            elif kind == "update":
                path = company.write("one.json", f'{{"city": "City {kill}"}}')
                arguments = ["customer", "update", source.choice(added), "--from", path]
            else:
                arguments = ["import", company.bills(f"bills-{kill % 5}.csv", 400, 60, first=1000 * (kill % 5))]
            process = company.start(*arguments, user=user)
            time.sleep(source.random() * duration * 1.2)
            process.send_signal(signal.SIGKILL)
            output, _ = process.communicate()
            if process.returncode == 0:
                acknowledged += 1
                if kind == "add":
                    added.append(__import__("json").loads(output)["id"])
            if kill % 20 == 19 or kill == KILLS - 1:
                self.check(company, added)
        # An import that was killed is finished by importing the same file, and then adds nothing.
        for index in range(5):
            path = company.bills(f"bills-{index}.csv", 400, 60, first=1000 * index)
            company.run("import", path, user="stella")
            self.assertEqual(company.json("import", path, user="stella")["events_added"], 0)
        self.check(company, added)
        listed = company.json("customer", "list", "--limit", "100000", user="stella")
        self.assertGreaterEqual(len(listed), len(added))
        print(f"(kills: {KILLS}, of which {acknowledged} commands had been acknowledged)")

    def measure(self, company):
        started = time.monotonic()
        company.run("import", company.path("base.csv"), user="stella")
        return time.monotonic() - started

    def check(self, company, added):
        report = company.json("verify", user="stella")
        self.assertTrue(report["ok"], report)
        listed = {entry["id"] for entry in company.json("customer", "list", "--limit", "100000", user="stella")}
        for customer in added:
            self.assertIn(customer, listed, "an acknowledged customer was lost")
