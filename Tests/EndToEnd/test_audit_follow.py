"""A stream of the log into another system: each entry once, whatever happens to the program in between."""

import json
import os
import random
import signal
import time
import unittest

from company import SOAK, Company


class AuditFollowTests(unittest.TestCase):
    def setUp(self):
        self.company = Company(customers=2)
        self.addCleanup(self.company.remove)

    def look(self, times=1):
        for _ in range(times):
            self.company.run("customer", "show", self.company.customers[0], user="adam")

    def numbers(self, name):
        with open(self.company.path(name), encoding="utf-8") as file:
            text = file.read()
        self.assertTrue(text.endswith("\n"))
        return [json.loads(line)["seq"] for line in text.splitlines()]

    def once(self, *arguments, **options):
        return self.company.run("audit", "follow", "--once", *arguments, user="olga", **options)

    def test_each_run_gives_what_is_new_and_the_lines_are_those_of_the_list(self):
        self.look()
        self.once("--out", "siem.jsonl")
        first = self.numbers("siem.jsonl")
        self.look(2)
        self.once("--out", "siem.jsonl")
        again = self.numbers("siem.jsonl")
        self.assertEqual(again, list(range(len(again))))
        self.assertGreater(len(again), len(first) + 2)
        listed = self.company.run("audit", "list", "--format", "jsonl", user="olga").splitlines()
        with open(self.company.path("siem.jsonl"), "rb") as file:
            self.assertEqual(file.read().splitlines(), listed[:len(again)])
        self.assertEqual(os.stat(self.company.path("siem.jsonl")).st_mode & 0o777, 0o600)

    def test_standard_output_goes_on_where_it_stopped(self):
        lines = self.once().splitlines()
        self.look()
        more = self.once().splitlines()
        numbers = [json.loads(line)["seq"] for line in lines + more]
        self.assertEqual(numbers, list(range(len(numbers))))
        self.assertTrue(self.once("--format", "cef").startswith(b"CEF:0|crmvault|"))

    def test_nothing_is_lost_and_nothing_comes_twice_when_it_is_killed(self):
        rounds = 40 if SOAK else 12
        for number in range(rounds):
            self.look()
            process = self.company.start(
                "audit", "follow", "--out", "siem.jsonl", "--interval", "0.1", user="olga")
            time.sleep(random.uniform(0.05, 0.6))
            process.kill()
            process.communicate()
        self.once("--out", "siem.jsonl")
        numbers = self.numbers("siem.jsonl")
        self.assertEqual(numbers, list(range(len(numbers))))
        self.assertGreater(len(numbers), rounds)

    def test_what_an_interrupted_batch_left_is_kept_and_continued(self):
        self.once("--out", "siem.jsonl")
        with open(self.company.path("siem.jsonl.cursor"), "rb") as file:
            cursor = file.read()
        self.look(3)
        self.once("--out", "siem.jsonl")
        with open(self.company.path("siem.jsonl"), "rb") as file:
            whole = file.read()
        inode = os.stat(self.company.path("siem.jsonl")).st_ino
        before = self.numbers("siem.jsonl")
        for cut in (1, 2, 300, 1000):
            # The power went after some of the bytes and before the cursor.
            with open(self.company.path("siem.jsonl"), "r+b") as file:
                file.truncate(len(whole) - cut)
            with open(self.company.path("siem.jsonl.cursor"), "wb") as file:
                file.write(cursor)
            self.once("--out", "siem.jsonl")
            with open(self.company.path("siem.jsonl"), "rb") as file:
                self.assertTrue(file.read().startswith(whole))
            numbers = self.numbers("siem.jsonl")
            self.assertEqual(numbers, list(range(len(numbers))))
            self.assertGreater(len(numbers), len(before))
        self.assertEqual(os.stat(self.company.path("siem.jsonl")).st_ino, inode)

    def test_a_file_that_was_moved_away_is_begun_anew_without_a_gap(self):
        self.once("--out", "siem.jsonl")
        os.rename(self.company.path("siem.jsonl"), self.company.path("siem.jsonl.1"))
        self.look()
        self.once("--out", "siem.jsonl")
        numbers = self.numbers("siem.jsonl.1") + self.numbers("siem.jsonl")
        self.assertEqual(numbers, list(range(len(numbers))))

    def test_lines_of_somebody_else_are_noticed_and_kept(self):
        self.once("--out", "siem.jsonl")
        with open(self.company.path("siem.jsonl"), "a", encoding="utf-8") as file:
            file.write("something else\n")
        self.look()
        self.once("--out", "siem.jsonl", status=65)

    def test_a_damaged_cursor_is_refused_and_another_vaults_too(self):
        self.once("--cursor", "cursor")
        with open(self.company.path("cursor"), "r+b") as file:
            file.write(b"\0" * 5000 + b"x" * 3000)
        self.once("--cursor", "cursor", status=76)
        other = Company()
        self.addCleanup(other.remove)
        other.run("audit", "follow", "--once", "--cursor", self.company.path("theirs"), user="olga")
        self.once("--cursor", "theirs", status=64)

    def test_a_signal_ends_it_in_good_order_with_an_entry(self):
        process = self.company.start("audit", "follow", "--out", "siem.jsonl", "--interval", "0.1", user="olga")
        deadline = time.monotonic() + 20
        while not os.path.exists(self.company.path("siem.jsonl")) and time.monotonic() < deadline:
            time.sleep(0.05)
        second = self.company.start("audit", "follow", "--out", "siem.jsonl", "--once", user="olga")
        self.assertEqual(second.wait(timeout=60), 75)
        second.communicate()
        self.look()
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=20), 0)
        process.communicate()
        last = self.company.json("audit", "list", "--action", "audit.read", user="olga")[-2]
        self.assertEqual(last["details"]["state"], "ended")
        self.assertEqual(last["details"]["count"], len(self.numbers("siem.jsonl")))

    def test_it_is_for_readers_of_the_log(self):
        for user in ("carol", "stella", "adam", "nina"):
            self.company.run("audit", "follow", "--once", "--out", "not.jsonl", status=77, user=user)
        self.assertFalse(os.path.exists(self.company.path("not.jsonl")))

    def test_a_reader_that_goes_away_loses_nothing(self):
        process = self.company.start("audit", "follow", "--once", user="olga")
        process.stdout.close()
        process.wait(timeout=60)
        process.stderr.close()
        numbers = [json.loads(line)["seq"] for line in self.once().splitlines()]
        self.assertEqual(numbers, list(range(len(numbers))))


if __name__ == "__main__":
    unittest.main()
