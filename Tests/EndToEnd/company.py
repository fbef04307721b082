"""A vault as a company has it: one person for each role, a few customers, some payments."""

import json
import os
import subprocess

from program import Scratch

PEOPLE = {
    "carol": "custodian", "stella": "steward", "adam": "agent", "nina": "analyst", "paul": "privacy-officer",
    "olga": "auditor"}
ROLES = {role: person for person, role in PEOPLE.items()}
SOAK = os.environ.get("CRMVAULT_SOAK") == "1"

# Values that no file, process or output may hold where it should not.
CANARY_NAME = "Kanarienvogel Zebulon"
CANARY_PHONE = "+8613912345678"
CANARY_EMAIL = "zebulon.kanarie@example.org"
CANARY_NOTE = "whispers-to-parrots"


class Company(Scratch):
    """Everybody is enrolled by `init`; the steward has added the customers."""

    def __init__(self, customers=1, currency="CNY"):
        super().__init__()
        for person in PEOPLE:
            self.write(person + ".passphrase", f"the passphrase of {person}\n")
            if person != "carol":
                self.run("user", "new", person, user=person)
        grants = [f"--grant={person}:{role}" for person, role in PEOPLE.items() if role != "custodian"]
        self.run("init", "--user", "carol", "--roles", "custodian", "--currency", currency, *grants, user="carol")
        self.customers = [self.add(index) for index in range(customers)]

    def add(self, index):
        """Adds a customer with canary values; the id."""
        person = {
            "name": f"{CANARY_NAME} {index}", "phone": CANARY_PHONE[:-4] + f"{5678 + index:04}",
            "email": f"{index}.{CANARY_EMAIL}", "note": f"{CANARY_NOTE} {index}", "city": "Wuhan",
            "account.default": f"A-{index:06}"}
        return self.json(
            "customer", "add", "--from", "-", stdin=json.dumps(person).encode(), user="stella")["id"]

    def approved(self, *arguments, user="carol", approver="paul", **options):
        """Runs a command that needs a second person: asks, lets the approver approve, and runs it again."""
        error = self.failure(*arguments, user=user)
        if error["code"] != "approval_required":
            raise AssertionError(f"crmvault {' '.join(arguments)} needed no approval: {error}")
        self.run("request", "approve", error["request"], user=approver)
        return self.run(*arguments, user=user, **options)

    def failure(self, *arguments, status=77, user="owner"):
        """Runs a command that is refused; what it said in JSON."""
        environment = dict(
            self.environment, CRMVAULT_USER=user, CRMVAULT_PASSPHRASE_FILE=self.path(user + ".passphrase"))
        done = subprocess.run(
            [os.environ["CRMVAULT_BIN"], *arguments, "--json"], cwd=self.folder, env=environment, input=b"",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
        if done.returncode != status or done.stdout:
            raise AssertionError(
                f"crmvault {' '.join(arguments)}: exit status {done.returncode}, not {status}\n"
                + done.stderr.decode(errors="replace"))
        return json.loads(done.stderr.decode().strip().split("\n")[-1])["error"]

    def bills(self, name, count, customers, first=0):
        """A file of payments with order ids."""
        lines = ["account,time,amount,currency,product,order_id"]
        for index in range(first, first + count):
            lines.append(
                f"A-{index % customers:06},2025-{1 + index % 12:02}-{1 + index % 28:02},{1 + index % 97}.{index % 100:02},"
                f"CNY,P{index % 7},O-{index}")
        return self.write(name, "\n".join(lines) + "\n")

    def start(self, *arguments, user, **options):
        """Starts crmvault without waiting for it."""
        environment = dict(
            self.environment, CRMVAULT_USER=user, CRMVAULT_PASSPHRASE_FILE=self.path(user + ".passphrase"))
        return subprocess.Popen(
            [os.environ["CRMVAULT_BIN"], *arguments], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
