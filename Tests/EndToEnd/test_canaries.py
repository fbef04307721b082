"""After a reading command: no customer's value and no key in memory, files, arguments, environment or logs."""

import os
import shutil
import subprocess
import time
import unittest

from company import CANARY_EMAIL, CANARY_NAME, CANARY_NOTE, CANARY_PHONE, Company

SECRETS = [CANARY_NAME, CANARY_PHONE, CANARY_EMAIL, CANARY_NOTE, "the passphrase of "]


@unittest.skipUnless(shutil.which("strace"), "strace is not installed: memory is not looked at")
@unittest.skipUnless(os.geteuid() == 0, "only root may read another process's memory: it is not looked at")
class MemoryCanaryTests(unittest.TestCase):
    """The program is held at its last system call, and all of its memory is read."""

    @classmethod
    def setUpClass(cls):
        cls.company = Company(customers=3)
        cls.addClassCleanup(cls.company.remove)
        cls.company.write("phone.txt", CANARY_PHONE)
        cls.company.write("part.txt", "Zebulon")
        cls.company.run("import", cls.company.bills("bills.csv", 30, 3), user="stella")

    def memory_at_exit(self, arguments, user):
        """Standard output, and every readable byte of the process when it is about to end."""
        company = self.company
        environment = dict(
            company.environment, CRMVAULT_USER=user, CRMVAULT_PASSPHRASE_FILE=company.path(user + ".passphrase"))
        process = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", os.devnull, "-e", "trace=exit_group", "-e",
             "inject=exit_group:delay_enter=2000000", os.environ["CRMVAULT_BIN"], *arguments],
            cwd=company.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        child = self.child(process.pid)
        previous = None
        for _ in range(400):
            time.sleep(0.05)
            if self.is_ending(child):
                previous = self.read_memory(child)
                break
            if process.poll() is not None:
                break
        output, errors = process.communicate()
        self.assertEqual(process.returncode, 0, errors)
        self.assertIsNotNone(previous, "the program was not caught at its end")
        return output, previous

    def is_ending(self, child):
        """Whether any of its threads is in exit_group(2)."""
        try:
            for thread in os.listdir(f"/proc/{child}/task"):
                with open(f"/proc/{child}/task/{thread}/syscall", encoding="ascii") as file:
                    if file.read().split()[0] == "231":
                        return True
        except (FileNotFoundError, ProcessLookupError):
            pass
        return False

    def child(self, parent):
        for _ in range(400):
            try:
                with open(f"/proc/{parent}/task/{parent}/children", encoding="ascii") as file:
                    children = file.read().split()
                for child in children:
                    with open(f"/proc/{child}/comm", encoding="ascii") as file:
                        if file.read().startswith("crmvault"):
                            return int(child)
            except FileNotFoundError:
                pass
            time.sleep(0.01)
        self.fail("the program did not start under strace")

    def read_memory(self, child):
        found = bytearray()
        with open(f"/proc/{child}/maps", encoding="utf-8", errors="replace") as maps, \
                open(f"/proc/{child}/mem", "rb", buffering=0) as memory:
            for line in maps:
                fields = line.split()
                if not fields[1].startswith("rw"):
                    continue
                first, last = (int(part, 16) for part in fields[0].split("-"))
                try:
                    memory.seek(first)
                    while first < last:
                        part = memory.read(min(last - first, 1 << 20))
                        if not part:
                            break
                        found += part
                        first += len(part)
                except (OSError, ValueError):
                    continue
        return bytes(found)

    def check(self, arguments, user, allowed=()):
        output, memory = self.memory_at_exit(arguments, user)
        self.assertGreater(len(memory), 100_000)
        self.assertIn(b"PATH=", memory, "the control string was not found: the memory was not read")
        for secret in SECRETS:
            if secret in allowed:
                continue
            self.assertNotIn(secret.encode(), memory, f"{' '.join(arguments[:2])} left a value in memory")
        return output

    def test_showing_a_customer_leaves_no_value_behind(self):
        show = ["customer", "show", self.company.customers[0]]
        self.check(show, "adam")
        output = self.check([*show, "--reveal", "all", "--purpose", "data-subject-request", "--json"], "adam")
        self.assertIn(CANARY_NAME.encode(), output)

    def test_a_subject_report_leaves_no_value_behind_but_in_its_file(self):
        for ending in ("json", "html"):
            out = self.company.path("everything." + ending)
            self.check(["subject", "report", self.company.customers[0], "--out", out], "paul")
            with open(out, encoding="utf-8") as file:
                self.assertIn(CANARY_NAME, file.read())
            os.unlink(out)

    def test_finding_and_searching_leave_no_value_behind(self):
        self.check(["customer", "find", "phone", "--from", "phone.txt"], "adam")
        self.check(["customer", "search", "--from", "part.txt"], "stella")

    def test_scoring_and_listing_leave_no_value_behind(self):
        self.check(["score", "run", "--as-of", "2026-01-01", "--scores", "loyalty"], "nina")
        self.check(["customer", "history", self.company.customers[0]], "stella")
        self.check(["customer", "list"], "stella")


class FileCanaryTests(unittest.TestCase):
    def test_no_value_lies_in_any_file_but_those_that_were_given(self):
        company = Company(customers=3)
        self.addCleanup(company.remove)
        company.run("import", company.bills("bills.csv", 30, 3), user="stella")
        company.run("customer", "show", company.customers[0], "--reveal", "all", "--purpose", "data-subject-request",
                    user="stella")
        company.run("score", "run", "--as-of", "2026-01-01", "--scores", "loyalty", user="nina")
        for place in ("crm.vault", "keys", "state"):
            for folder, _, names in os.walk(company.path(place)):
                for name in names:
                    with open(os.path.join(folder, name), "rb") as file:
                        content = file.read()
                    for secret in SECRETS + ["A-000001", "O-1", "Wuhan"]:
                        if len(secret) > 3:
                            self.assertNotIn(secret.encode(), content, os.path.join(place, name))

    def test_a_forced_crash_prints_no_value_and_leaves_no_core(self):
        company = Company()
        self.addCleanup(company.remove)
        path = company.write("one.json", '{"name": "%s", "phone": "+8613600000009"}' % CANARY_NAME)
        for signal_number in (6, 11):
            process = company.start("customer", "add", "--from", path, user="stella")
            time.sleep(0.02)
            process.send_signal(signal_number)
            output, errors = process.communicate()
            if process.returncode >= 0:
                continue
            self.assertEqual(process.returncode, -signal_number)
            for secret in SECRETS:
                self.assertNotIn(secret.encode(), output + errors)
        self.assertFalse([name for name in os.listdir(company.folder) if name.startswith("core")])

    def test_an_error_names_no_value(self):
        company = Company()
        self.addCleanup(company.remove)
        bad = company.write("bad.csv", f"account,name,phone\nA-1,{CANARY_NAME},not-a-phone-{CANARY_NOTE}\n")
        process = company.start("import", bad, user="stella")
        output, errors = process.communicate()
        self.assertEqual(process.returncode, 65)
        self.assertIn(b"bad.csv:2", errors)
        for secret in SECRETS:
            self.assertNotIn(secret.encode(), output + errors)
