"""What `audit list` gives to other systems: hashable lines, OCSF events, CEF lines, tables."""

import base64
import csv
import hashlib
import io
import json
import re
import unittest

from company import Company

HOSTILE = "=HYPERLINK(\"http://x\")|a=b\\c"

# github.com/ocsf/ocsf-schema, version 1.6.0: what class 6005 (events/application/datastore_activity.json) and the base
# event require, and the objects that it names. `one of` are the at_least_one constraints.
REQUIRED = {
    "event": ["activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid", "actor", "src_endpoint"],
    "metadata": ["product", "version"], "database": ["type_id"], "raw_data_hash": ["algorithm_id", "value"]}
ONE_OF = {
    "event": ["database", "databucket", "table"],
    "actor": ["process", "user", "iam_role", "invoked_by", "session", "app_name", "app_uid"],
    "user": ["account", "name", "uid"], "product": ["name", "uid"], "database": ["name", "uid"],
    "src_endpoint": ["ip", "uid", "name", "hostname", "svc_name", "instance_uid", "interface_uid", "interface_name", "domain"]}
ACTIVITIES = {1: "Read", 2: "Update", 3: "Connect", 4: "Query", 5: "Write", 6: "Create", 7: "Delete", 8: "List", 9: "Encrypt",
              10: "Decrypt"}


def unescape(text):
    return text.replace("\\=", "=").replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\")


class AuditFormatTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.company = company = Company(customers=2)
        cls.addClassCleanup(company.remove)
        company.run("customer", "show", company.customers[0], "--ticket", HOSTILE, user="adam")
        company.run("customer", "show", company.customers[0], status=77, user="nina")
        company.bills("bills.csv", 8, 2)
        company.run("import", "bills.csv", user="stella")
        company.run("score", "run", "--as-of", "2026-01-01", "--scores", "loyalty", user="nina")

    def list(self, form, *arguments):
        return self.company.run("audit", "list", "--format", form, *arguments, user="olga").decode()

    def test_the_bytes_of_a_line_hash_to_what_its_envelope_says(self):
        leaves = []
        for number, line in enumerate(self.list("jsonl").splitlines()):
            entry = json.loads(line)
            envelope = json.loads(entry["envelope"])
            self.assertEqual(entry["seq"], number)
            for part in ("what", "who"):
                digest = hashlib.sha256(entry[part].encode()).digest()
                self.assertEqual(base64.b64encode(digest).decode(), envelope[part])
            leaves.append(hashlib.sha256(b"\0" + entry["envelope"].encode()).digest())
        checkpoint = self.company.run("audit", "checkpoint", user="adam").decode().split("\n")
        self.assertEqual(int(checkpoint[1]), len(leaves))

        def root(nodes):
            if len(nodes) == 1:
                return nodes[0]
            split = 1 << (len(nodes) - 1).bit_length() - 1
            return hashlib.sha256(b"\1" + root(nodes[:split]) + root(nodes[split:])).digest()

        self.assertEqual(base64.b64encode(root(leaves)).decode(), checkpoint[2])

    def test_every_event_has_what_the_schema_requires(self):
        lines = self.list("ocsf").splitlines()
        sealed = [json.loads(line) for line in self.list("jsonl").splitlines()]
        self.assertGreater(len(lines), 10)
        for line, source in zip(lines, sealed):
            event = json.loads(line)
            parts = {"event": event, "metadata": event["metadata"], "actor": event["actor"], "user": event["actor"]["user"],
                     "product": event["metadata"]["product"], "database": event["database"],
                     "src_endpoint": event["src_endpoint"], "raw_data_hash": event["raw_data_hash"]}
            for name, part in parts.items():
                for attribute in REQUIRED.get(name, []):
                    self.assertIsNotNone(part.get(attribute), f"{name}.{attribute}")
                if name in ONE_OF:
                    self.assertTrue(any(part.get(attribute) for attribute in ONE_OF[name]), name)
            self.assertEqual((event["category_uid"], event["class_uid"]), (6, 6005))
            self.assertEqual(event["type_uid"], 600500 + event["activity_id"])
            if event["activity_id"] != 99:
                self.assertEqual(event["activity_name"], ACTIVITIES[event["activity_id"]])
            self.assertIn(event["severity_id"], range(1, 7))
            self.assertIsInstance(event["time"], int)
            self.assertEqual(event["metadata"]["sequence"], source["seq"])
            leaf = hashlib.sha256(b"\0" + source["envelope"].encode()).hexdigest()
            self.assertEqual(event["raw_data_hash"]["value"], leaf)
            self.assertEqual(event["unmapped"]["purpose"], json.loads(source["what"]).get("purpose"))

    def test_a_line_of_cef_is_one_event_whatever_is_in_it(self):
        text = self.list("cef")
        lines = text.splitlines()
        self.assertEqual(len(lines), text.count("\n"))
        found = set()
        for line in lines:
            fields = re.split(r"(?<!\\)\|", line)
            self.assertEqual(len(fields), 8 + len(fields[8:]))
            self.assertEqual(fields[:3], ["CEF:0", "crmvault", "crmvault"])
            self.assertIn(int(fields[6]), range(11))
            extension = "|".join(fields[7:])
            pairs = dict(re.findall(r"(\w+)=((?:\\.|[^\\=])*?)(?= \w+=|$)", extension))
            self.assertIn(pairs["outcome"], ("allowed", "denied", "error"))
            if "cs6" in pairs:
                self.assertEqual(pairs["cs6Label"], "ticket")
                found.add(unescape(pairs["cs6"]))
        self.assertEqual(found, {HOSTILE})

    def test_a_cell_that_a_spreadsheet_would_run_is_neutralized(self):
        rows = list(csv.DictReader(io.StringIO(self.list("csv"))))
        tickets = {row["ticket"] for row in rows}
        self.assertIn("'" + HOSTILE, tickets)
        self.assertFalse(any(cell[:1] in "=+@" for row in rows for cell in row.values() if cell))

    def test_the_filters_hold_for_every_format(self):
        for form in ("jsonl", "ocsf", "cef"):
            self.assertEqual(len(self.list(form, "--outcome", "denied", "--actor", "nina").splitlines()), 1, form)
            self.assertEqual(self.list(form, "--actor", "nobody"), "", form)
            shown = self.list(form, "--action", "customer.show", "--subject", self.company.customers[0], "--limit", "1")
            self.assertEqual(len(shown.splitlines()), 1, form)

    def test_each_format_is_for_readers_of_the_log(self):
        for form in ("text", "json", "jsonl", "csv", "ocsf", "cef"):
            self.assertEqual(self.company.run("audit", "list", "--format", form, status=77, user="adam"), b"")


if __name__ == "__main__":
    unittest.main()
