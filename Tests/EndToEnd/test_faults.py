"""Write errors and a full disk at every write: a clean error, and no plaintext released."""

import os
import re
import shutil
import subprocess
import unittest

from company import CANARY_NAME, CANARY_PHONE, SOAK, Company

CALLS = "write,pwrite64,fsync,fdatasync,ftruncate,fallocate,unlink,rename,openat"


@unittest.skipUnless(shutil.which("strace"), "strace is not installed: no faults are injected")
class InjectedFaultTests(unittest.TestCase):
    """The n-th call of a kind fails, for every n up to the number that a run makes."""

    @classmethod
    def setUpClass(cls):
        cls.company = Company()
        cls.addClassCleanup(cls.company.remove)

    def traced(self, arguments, user, *options):
        company = self.company
        environment = dict(
            company.environment, CRMVAULT_USER=user, CRMVAULT_PASSPHRASE_FILE=company.path(user + ".passphrase"))
        return subprocess.run(
            ["strace", "-f", "-qq", *options, os.environ["CRMVAULT_BIN"], *arguments], cwd=company.folder,
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)

    def count(self, arguments, user, call):
        trace = self.company.path("trace")
        done = self.traced(arguments, user, "-e", f"trace={call}", "-o", trace)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(trace, encoding="utf-8", errors="replace") as file:
            return sum(1 for line in file if re.search(rf"\b{call}\(", line))

    def sweep(self, arguments, user, calls, must_hide, error):
        for call in calls:
            total = self.count(arguments, user, call)
            step = 1 if SOAK else max(1, total // 6)
            for number in range(1, total + 1, step):
                with self.subTest(command=" ".join(arguments[:2]), call=call, number=number, error=error):
                    done = self.traced(
                        arguments, user, "-o", os.devnull, "-e", f"trace={call}", "-e",
                        f"inject={call}:error={error}:when={number}")
                    self.assertIn(done.returncode, {0, 66, 69, 70, 74, 75, 76, 77, 78}, done.stderr)
                    self.assertNotIn(done.returncode, {70}, done.stderr.decode(errors="replace"))
                    if done.returncode != 0:
                        for value in must_hide:
                            self.assertNotIn(value.encode(), done.stdout + done.stderr)
        report = self.company.json("verify", user="stella")
        self.assertTrue(report["ok"], report)

    def test_a_read_whose_entry_cannot_be_written_shows_nothing(self):
        show = ["customer", "show", self.company.customers[0], "--reveal", "all", "--purpose", "data-subject-request"]
        for error in ("ENOSPC", "EIO"):
            self.sweep(show, "adam", ["pwrite64", "fdatasync"], [CANARY_NAME, CANARY_PHONE], error)

    def test_a_write_that_fails_leaves_nothing_half_done(self):
        rate = ["customer", "rate", self.company.customers[0], "--quality", "5", "--service", "5", "--price", "5"]
        self.sweep(rate, "stella", ["pwrite64", "fdatasync"], [CANARY_NAME, CANARY_PHONE], "EIO")
        bills = self.company.bills("bills.csv", 50, 10)
        self.sweep(["import", bills], "stella", ["pwrite64"], [CANARY_NAME], "ENOSPC")
        self.company.run("import", bills, user="stella")
        self.assertEqual(self.company.json("import", bills, user="stella")["events_added"], 0)


@unittest.skipUnless(os.geteuid() == 0, "only root can mount a small file system: a full disk is not tried")
class FullDiskTests(unittest.TestCase):
    """A vault on a small tmpfs that is filled to the last byte."""

    def test_a_full_disk_stops_writers_cleanly_and_the_ballast_keeps_the_log(self):
        company = Company()
        self.addCleanup(company.remove)
        disk = company.path("disk")
        os.mkdir(disk)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], check=False)
        if mounted.returncode != 0:
            self.skipTest("this machine mounts no tmpfs: a full disk is not tried")
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=False)
        shutil.move(company.path("crm.vault"), os.path.join(disk, "crm.vault"))
        os.symlink(os.path.join(disk, "crm.vault"), company.path("crm.vault"))
        vault = ["--vault", os.path.join(disk, "crm.vault")]
        show = ["customer", "show", company.customers[0], *vault]
        company.run(*show, user="adam")
        # The log is still written, from the ballast, and the access is answered: until the ballast cannot be made
        # again. Then reads stop, and show nothing.
        answered = 0
        while answered < 200:
            self.fill(disk)
            process = company.start(*show, user="adam")
            output, errors = process.communicate()
            if process.returncode != 0:
                break
            answered += 1
        self.assertEqual((process.returncode, output), (74, b""), errors)
        self.assertGreater(answered, 0, "the log was not written from the ballast")
        self.assertFalse(os.path.exists(os.path.join(disk, "crm.vault", "ballast")))
        company.run("import", company.bills("bills.csv", 50, 10), *vault, status=74, user="stella")
        os.unlink(os.path.join(disk, "filler"))
        company.run(*show, user="adam")
        self.assertTrue(os.path.exists(os.path.join(disk, "crm.vault", "ballast")))
        company.run("verify", *vault, user="stella")

    def fill(self, disk):
        with open(os.path.join(disk, "filler"), "ab", buffering=0) as file:
            for size in (1 << 20, 4096, 512):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    pass
