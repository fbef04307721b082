"""What an attacker makes of exports: budgets that are put back, lost, changed or spent twice; kills at random moments."""

import os
import random
import shutil
import signal
import time
import unittest

from company import SOAK
from test_export import AS_OF, company


class BudgetAttackTests(unittest.TestCase):
    def setUp(self):
        self.made = company(40, seed=9)
        self.addCleanup(self.made.remove)

    def aggregate(self, out, epsilon, status=0):
        self.made.run(
            "export", "aggregate", "--out", out, "--recipient", "acme", "--query", "queries.yaml", "--epsilon", epsilon,
            status=status, user="nina")

    def test_a_vault_that_was_put_back_gets_no_budget_back(self):
        copy = self.made.path("old.vault")
        shutil.copytree(self.made.path("crm.vault"), copy)
        self.aggregate("one.json", "3/4")
        self.assertTrue(os.path.exists(self.made.path("keys", "crm.budget")))
        shutil.rmtree(self.made.path("crm.vault"))
        shutil.move(copy, self.made.path("crm.vault"))
        # Opening refuses the old vault; whoever makes warden and machine forget the head finds the budget spent.
        self.made.run("export", "budget", status=76, user="paul")
        self.assertGreater(os.path.getsize(self.made.path("keys", "crm.budget")), 0)

    def test_a_file_of_budgets_that_was_lost_is_made_again_from_the_vault(self):
        self.aggregate("one.json", "1/2")
        os.unlink(self.made.path("keys", "crm.budget"))
        self.assertEqual(self.made.json("export", "budget", user="paul")["spent"], "1/2")
        self.aggregate("two.json", "1/4")
        self.assertEqual(os.path.getsize(self.made.path("keys", "crm.budget")), 512)

    def test_a_changed_file_of_budgets_is_tampering(self):
        self.aggregate("one.json", "1/2")
        self.aggregate("two.json", "1/4")
        path = self.made.path("keys", "crm.budget")
        with open(path, "r+b") as file:
            file.seek(33)
            file.write(b"0")
        self.made.run("export", "budget", status=76, user="paul")

    def test_two_processes_cannot_spend_the_same(self):
        running = [
            self.made.start(
                "export", "aggregate", "--out", f"p{number}.json", "--recipient", "acme", "--query", "queries.yaml",
                "--epsilon", "2/5", user="nina") for number in range(4)]
        codes = [process.wait(timeout=120) for process in running]
        for process in running:
            process.stdout.close()
            process.stderr.close()
        self.assertLessEqual(codes.count(0), 2)
        spent = self.made.json("export", "budget", "--recipient", "acme", user="paul")["spent"]
        self.assertEqual(spent, {0: "0", 1: "2/5", 2: "4/5"}[codes.count(0)])

    def test_a_kill_never_leaves_noise_unpaid(self):
        kills = 200 if SOAK else 12
        source = random.Random(4)
        for number in range(kills):
            process = self.made.start(
                "export", "aggregate", "--out", f"k{number}.json", "--recipient", f"r{number}", "--query", "queries.yaml",
                "--epsilon", "1/1000", user="nina")
            time.sleep(source.random() * 0.6)
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
            process.stderr.close()
            spent = self.made.json("export", "budget", "--recipient", f"r{number}", user="paul")["spent"]
            if os.path.exists(self.made.path(f"k{number}.json")):
                self.assertEqual(spent, "1/1000")
                self.made.run("export", "verify", f"k{number}.json")
        self.made.run("audit", "verify", user="olga")


class KillTests(unittest.TestCase):
    def test_a_killed_export_leaves_a_whole_release_or_no_file(self):
        made = company(60, seed=11)
        self.addCleanup(made.remove)
        source = random.Random(5)
        whole = 0
        for number in range(1000 if SOAK else 15):
            process = made.start(
                "export", "anonymized", "--out", f"k{number}.csv", "--recipient", f"r{number}", "--profile", "profile.yaml",
                "--suppress", "0.9", *AS_OF, user="nina")
            time.sleep(source.random() * 0.8)
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
            process.stderr.close()
            if os.path.exists(made.path(f"k{number}.csv")):
                whole += 1
                made.run("export", "verify", f"k{number}.csv")
        made.run("audit", "verify", user="olga")
        made.run("verify", user="nina")
        listed = made.json("export", "list", user="paul")
        self.assertGreaterEqual(len(listed), whole)
