"""Four processes import, read, rate and score at once on one vault: nothing is lost, doubled or out of order."""

import json
import threading
import unittest

from company import SOAK, Company

ROUNDS = 40 if SOAK else 6


class ConcurrencyTests(unittest.TestCase):
    def test_four_processes_at_once_lose_nothing(self):
        company = Company(customers=4)
        self.addCleanup(company.remove)
        counts, failures = {"rated": 0, "shown": 0, "busy": 0}, []

        def loop(user, rounds, arguments, key):
            for index in range(rounds):
                process = company.start(*arguments(index), user=user)
                _, errors = process.communicate()
                if process.returncode == 0:
                    counts[key] = counts.get(key, 0) + 1
                elif process.returncode == 75:
                    counts["busy"] += 1
                else:
                    failures.append((user, arguments(index), process.returncode, errors.decode(errors="replace")))

        customers = company.customers
        files = [company.bills(f"bills-{index}.csv", 500, 50, first=500 * index) for index in range(ROUNDS)]
        threads = [
            threading.Thread(target=loop, args=("stella", ROUNDS, lambda i: ["import", files[i], "--json"], "imported")),
            threading.Thread(target=loop, args=(
                "adam", 2 * ROUNDS, lambda i: ["customer", "show", customers[i % 4]], "shown")),
            threading.Thread(target=loop, args=(
                "adam", 2 * ROUNDS,
                lambda i: ["customer", "rate", customers[i % 4], "--quality", "5", "--service", "4", "--price", "3"],
                "rated")),
            threading.Thread(target=loop, args=(
                "nina", ROUNDS, lambda i: ["score", "run", "--as-of", "2026-01-01", "--scores", "loyalty"], "scored")),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        # What met a busy vault is done again; then every payment is there once.
        for path in files:
            company.run("import", path, user="stella")
        for path in files:
            again = company.json("import", path, user="stella")
            self.assertEqual(again["events_added"], 0)
            self.assertEqual(again["duplicates"], 500)
        ratings = 0
        for customer in customers:
            shown = company.json("customer", "show", customer, user="stella")
            ratings += shown["behavior"]["events"] - self.payments(files, customers.index(customer))
        self.assertEqual(ratings, counts["rated"])
        self.assertTrue(company.json("audit", "verify", user="olga")["ok"])
        self.assertTrue(company.json("verify", user="stella")["ok"])
        entries = company.json("audit", "list", user="olga")
        self.assertEqual([int(entry["seq"]) for entry in entries], sorted(int(entry["seq"]) for entry in entries))
        print(f"(concurrency: {json.dumps(counts)})")

    def payments(self, files, index):
        count = 0
        for path in files:
            with open(path, encoding="utf-8") as file:
                count += sum(1 for line in file if line.startswith(f"A-{index:06},"))
        return count
