"""What a customer may ask for, and what follows from it: subject reports, retention, leakage, breach reports."""

import contextlib
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import time
import unittest

from company import CANARY_EMAIL, CANARY_NAME, CANARY_NOTE, CANARY_PHONE, SOAK, Company

HOSTILE = "<script>alert(1)</script>&\"' \u202e"


class SubjectReportTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.company = company = Company(customers=3)
        cls.addClassCleanup(company.remove)
        cls.id = company.customers[0]
        company.write("change.json", json.dumps({"note": HOSTILE, "tier": "gold"}))
        company.run("customer", "update", cls.id, "--from", "change.json", user="stella")
        company.write(
            "bills.csv", "account,time,amount,currency,product,category,channel,order_id,refund_of\n"
            "A-000000,2025-01-05,120.00,CNY,tea <b>,drinks,app,O-1,\n"
            "A-000000,2025-02-07T09:30:00+08:00,30.50,CNY,rice,food,store,O-2,\n"
            "A-000000,2025-02-08,-120.00,CNY,,,app,O-3,O-1\n"
            "A-000001,2025-02-08,75.25,CNY,coffee,drinks,app,O-4,\n")
        company.run("import", "bills.csv", user="stella")
        company.write(
            "consents.csv", "account,time,purpose,state,source,text_version\n"
            "A-000000,2025-01-01,marketing,granted,web form,v1\n"
            "A-000000,2025-03-01,marketing,withdrawn,phone call,\n"
            "A-000000,2025-03-01,analytics,objected,letter,\n")
        company.run("import", "consents.csv", user="stella")
        company.run("customer", "rate", cls.id, "--quality", "4.5", "--service", "5", "--price", "3", user="adam")
        company.run("customer", "show", cls.id, "--reveal", "phone", user="adam")
        company.run("score", "run", "--as-of", "2026-01-01", "--scores", "loyalty", user="nina")
        cls.told = company.json("subject", "report", cls.id, "--out", "report.json", user="paul")
        company.run("subject", "report", cls.id, "--out", "report.html", user="paul")
        with open(company.path("report.json"), encoding="utf-8") as file:
            cls.report = json.load(file)
        with open(company.path("report.html"), encoding="utf-8") as file:
            cls.page = file.read()

    def test_everything_is_in_it_and_nobody_else(self):
        report = self.report
        record = report["records"][0]
        self.assertEqual(report["customer"], self.id)
        self.assertEqual(report["purpose"], "data-subject-request")
        self.assertEqual(record["identity"]["name"], CANARY_NAME + " 0")
        self.assertEqual(record["identity"]["email"], "0." + CANARY_EMAIL)
        self.assertEqual(record["identity"]["note"], HOSTILE)
        self.assertEqual(record["profile"]["tier"], "gold")
        self.assertEqual([change["state"] for change in record["consent"]["history"]],
                         ["granted", "withdrawn", "objected"])
        self.assertEqual(record["consent"]["standing"]["marketing"]["state"], "withdrawn")
        self.assertEqual(
            [(event["kind"], event["time"], event.get("amount")) for event in report["events"]],
            [("transaction", "2025-01-05", "120.00"), ("transaction", "2025-02-07T01:30:00Z", "30.50"),
             ("refund", "2025-02-08", "-120.00"), ("rating", report["events"][3]["time"], None)])
        self.assertEqual(report["events"][0]["product"], "tea <b>")
        self.assertEqual(report["events"][3]["product_quality"], 4.5)
        allowed = {purpose["purpose"]: purpose["allowed"] for purpose in report["purposes"]}
        self.assertFalse(allowed["marketing"])
        self.assertFalse(allowed["analytics"])
        self.assertTrue(allowed["service"])
        self.assertEqual(
            report["sources"], {"accounts": ["default"], "consents": ["letter", "phone call", "web form"]})
        self.assertNotIn(CANARY_NAME + " 1", json.dumps(report))
        self.assertNotIn("coffee", json.dumps(report))

    def test_the_access_history_says_what_and_not_who(self):
        actions = [access["action"] for access in self.report["accesses"]]
        self.assertIn("customer.show", actions)
        self.assertIn("import", actions)
        # The customer objected to analytics: the run left this one out.
        self.assertNotIn("score.run", [a["action"] for a in self.report["accesses"] if a["phase"] != "intent"])
        # The report itself is in it, and so is the reading of the log, which came after.
        self.assertEqual(actions[-2:], ["subject.report", "audit.read"])
        for text in (json.dumps(self.report), self.page):
            for person in ("stella", "adam", "nina", "paul", "olga", "carol"):
                self.assertNotIn(person, text)

    def test_the_page_is_readable_and_nothing_in_it_acts(self):
        for value in (CANARY_NAME + " 0", "tea &lt;b&gt;", "120.00", "withdrawn", "customer.show"):
            self.assertIn(value, self.page)
        self.assertNotIn("<script", self.page)
        self.assertNotIn("\u202e", self.page)
        self.assertNotIn(" style=", self.page)
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', self.page).group(1)
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("script-src", policy)

    def test_it_is_for_its_owner_alone_whole_or_not_there(self):
        for name in ("report.json", "report.html"):
            self.assertEqual(os.stat(self.company.path(name)).st_mode & 0o777, 0o600)
        self.company.run("subject", "report", self.id, "--out", "report.json", status=73, user="paul")
        self.company.run("subject", "report", self.id, "--out", "report.pdf", status=64, user="paul")
        self.company.run("subject", "report", self.id, "--out", "none/report.json", status=66, user="paul")
        stranger = self.id[:-2] + ("0" if self.id[-2] != "0" else "1") + self.id[-1]
        self.company.run("subject", "report", stranger, "--out", "no.json", status=64, user="paul")
        left = [name for name in os.listdir(self.company.folder) if ".new-" in name or name == "no.json"]
        self.assertEqual(left, [])

    @unittest.skipUnless(shutil.which("age") and shutil.which("age-keygen"), "no age here (Debian: age)")
    def test_an_encrypted_report_opens_with_the_customers_key_alone(self):
        key = self.company.path("customer.age-key")
        subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
        recipient = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True).stdout.decode().strip()
        self.company.run(
            "subject", "report", self.id, "--out", "report.json.age", "--to", recipient, user="paul")
        path = self.company.path("report.json.age")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        with open(path, "rb") as file:
            content = file.read()
        self.assertTrue(content.startswith(b"age-encryption.org/v1"))
        self.assertNotIn(CANARY_NAME.encode(), content)
        opened = subprocess.run(["age", "--decrypt", "-i", key, path], check=True, capture_output=True).stdout
        self.assertEqual(json.loads(opened)["events"], self.report["events"])
        self.company.run(
            "subject", "report", self.id, "--out", "none.json", "--to", "age1nobody", status=64, user="paul")
        self.assertFalse(os.path.exists(self.company.path("none.json")))

    def test_others_get_nothing_and_leave_an_entry(self):
        for user in ("carol", "stella", "adam", "nina", "olga"):
            output = self.company.run("subject", "report", self.id, "--out", "not.json", status=77, user=user)
            self.assertEqual(output, b"")
        self.company.run(
            "subject", "report", self.id, "--out", "not.json", "--purpose", "administration", status=77, user="paul")
        self.assertFalse(os.path.exists(self.company.path("not.json")))
        denied = self.company.json("audit", "list", "--action", "subject.report", "--outcome", "denied", user="olga")
        self.assertEqual(len(denied), 6)

    def test_the_entry_comes_before_the_reading_of_the_log(self):
        entries = self.company.json("audit", "list", "--actor", "paul", user="olga")
        report = next(e for e in entries if e["action"] == "subject.report" and e["outcome"] == "allowed")
        reading = next(e for e in entries if e["action"] == "audit.read" and e["seq"] > report["seq"])
        self.assertEqual(reading["subject"], self.id)
        self.assertEqual(report["purpose"], "data-subject-request")
        self.assertEqual(self.told["events"], 4)


class RetentionTests(unittest.TestCase):
    def setUp(self):
        self.company = company = Company(customers=4)
        self.addCleanup(company.remove)
        company.write(
            "bills.csv", "account,time,amount,currency,product,order_id\n"
            + "".join(f"A-{c:06},{year}-03-0{c + 1},10.00,CNY,P{year},O-{c}-{year}\n"
                      for c in range(3) for year in (2015, 2016, 2025)))
        company.run("import", "bills.csv", user="stella")
        company.write(
            "consents.csv", "account,time,purpose,state,source,text_version\n"
            "A-000000,2016-01-01,marketing,granted,form,v1\n"
            "A-000001,2015-01-01,marketing,withdrawn,form,\n"
            "A-000001,2025-06-01,marketing,granted,form,v2\n")
        company.run("import", "consents.csv", user="stella")

    def state(self, rules):
        policy = self.company.run("policy", "show", user="carol").decode()
        self.company.write("policy.yaml", policy + "\n" + rules + "\n")
        self.company.approved("policy", "apply", "policy.yaml", "--yes")

    def test_without_a_stated_time_nothing_goes(self):
        self.company.run("retention", "apply", "--yes", status=77, user="paul")
        denied = self.company.json("audit", "list", "--action", "retention.apply", user="olga")
        self.assertEqual([entry["outcome"] for entry in denied], ["denied"])

    def test_what_is_too_old_goes_and_the_rest_stays(self):
        self.state("retention: {classes: {behavior: 5y, consent: 5y}, consents: {marketing: 2y}, backups: 90d}")
        shown = self.company.json("retention", "show", user="paul")
        self.assertEqual(shown["class_days"], {"behavior": 1830, "consent": 1830})
        self.assertEqual(shown["backup_days"], 90)
        due = self.company.json("retention", "apply", "--dry-run", user="paul")
        self.assertEqual((due["events"], due["statements"], due["ended_consents"]), (6, 2, {"marketing": 1}))
        before = self.company.json("customer", "show", self.company.customers[0], user="stella")
        self.assertEqual(before["behavior"]["events"], 3)
        done = self.company.json("retention", "apply", "--yes", user="paul")
        self.assertEqual((done["events"], done["statements"], done["ended_consents"]), (6, 2, {"marketing": 1}))
        after = self.company.json("customer", "show", self.company.customers[0], user="stella")
        self.assertEqual(after["behavior"]["events"], 1)
        self.assertEqual(after["behavior"]["first"], "2025-03-01")
        self.assertEqual(after["consent"]["marketing"]["state"], "withdrawn")
        self.assertEqual(after["consent"]["marketing"]["source"], "retention")
        kept = self.company.json("customer", "show", self.company.customers[1], user="stella")
        self.assertEqual(kept["consent"]["marketing"]["state"], "granted")
        again = self.company.json("retention", "apply", "--yes", user="paul")
        self.assertEqual((again["events"], again["statements"], again["ended_consents"]), (0, 0, {}))
        self.company.run("verify", user="nina")
        self.company.run("verify", "--deep", user="paul")
        entries = self.company.json("audit", "list", "--action", "retention.apply", user="olga")
        changes = [entry for entry in entries if entry["kind"] == "change"]
        self.assertEqual(len(changes), 1)
        self.assertEqual(changes[0]["details"], {"consents": 1, "events": 6, "statements": 2})
        self.assertEqual(changes[0]["set"]["count"], 3)

    def test_a_run_that_is_killed_again_and_again_is_finished_by_the_next(self):
        company = self.company
        company.write(
            "many.csv", "account,time,amount,currency,product,order_id\n"
            + "".join(f"B-{c:06},{year}-03-03,10.00,CNY,P,{c}-{year}\n" for c in range(1500) for year in (2014, 2025)))
        company.run("import", "many.csv", user="stella")
        self.state("retention: {classes: {behavior: 5y}}")
        source = random.Random(20261125)
        began = time.monotonic()
        due = company.json("retention", "apply", "--dry-run", user="paul")["events"]
        self.assertEqual(due, 1506)
        duration = time.monotonic() - began
        for _ in range(200 if SOAK else 8):
            process = company.start("retention", "apply", "--yes", user="paul")
            time.sleep(source.random() * duration * 1.5)
            process.kill()
            process.communicate()
        company.run("retention", "apply", "--yes", user="paul")
        entries = company.json("audit", "list", "--action", "retention.apply", user="olga")
        told = sum(entry["details"]["events"] for entry in entries if entry["kind"] == "change")
        self.assertEqual(told, 1506)
        self.assertEqual(company.json("retention", "apply", "--dry-run", user="paul")["events"], 0)
        company.run("verify", "--deep", user="paul")

    def test_whoever_puts_the_old_rows_back_is_found(self):
        self.state("retention: {classes: {behavior: 5y}}")
        path = self.company.path("crm.vault", "vault.sqlite")
        shutil.copy(path, self.company.path("old.sqlite"))
        self.assertEqual(self.company.json("retention", "apply", "--yes", user="paul")["events"], 6)
        self.company.run("verify", user="nina")
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("ATTACH ? AS old", (self.company.path("old.sqlite"),))
            database.execute("INSERT OR REPLACE INTO record SELECT * FROM old.record WHERE class = 3")
            database.commit()
        self.company.run("verify", status=76, user="nina")

    def test_who_was_not_heard_of_is_listed(self):
        self.state("retention: {classes: {identity: 3y}}")
        done = self.company.json("retention", "apply", "--yes", user="paul")
        # All were added today.
        self.assertEqual(done["inactive_customers"], [])
        self.assertEqual(done["checked"], 4)
        self.company.environment["CRMVAULT_TEST_DAYS"] = "1200"
        self.company.run("customer", "rate", self.company.customers[2], "--quality", "3", user="adam")
        later = self.company.json("retention", "apply", "--yes", user="paul")
        self.assertEqual({c["id"] for c in later["inactive_customers"]},
                         {self.company.customers[i] for i in (0, 1, 3)})
        self.assertEqual(later["inactive"], {"identity": 3})
        self.assertEqual(later["erased_customers"], 3)
        self.assertEqual(self.company.json("customer", "show", self.company.customers[0], user="stella")["identity"], {})
        self.assertNotEqual(self.company.json("customer", "show", self.company.customers[2], user="stella")["identity"], {})
        again = self.company.json("retention", "apply", "--yes", user="paul")
        self.assertEqual((again["inactive"], again["erased_customers"]), ({}, 0))
        self.company.run("verify", "--deep", user="paul")

    def test_a_legal_hold_and_a_restriction_keep_what_is_too_old(self):
        self.state("retention: {classes: {behavior: 5y}}")
        self.company.run(
            "subject", "hold", self.company.customers[0], "--class", "behavior", "--reason", "tax law", "--until",
            "2099-12-31", user="paul")
        self.company.run("subject", "restrict", self.company.customers[1], user="paul")
        self.assertEqual(self.company.json("retention", "apply", "--dry-run", user="paul")["events"], 2)
        self.assertEqual(self.company.json("retention", "apply", "--yes", user="paul")["events"], 2)
        for customer in self.company.customers[:2]:
            shown = self.company.json(
                "customer", "show", customer, "--purpose", "data-subject-request", user="stella")
            self.assertEqual(shown["behavior"]["events"], 3)
        self.company.run("subject", "report", self.company.customers[0], "--out", "held.json", user="paul")
        with open(self.company.path("held.json"), encoding="utf-8") as file:
            self.assertIn("behavior", json.load(file)["legal_holds"])
        self.company.run("subject", "report", self.company.customers[1], "--out", "restricted.json", user="paul")
        with open(self.company.path("restricted.json"), encoding="utf-8") as file:
            report = json.load(file)
        self.assertTrue(report["restricted"])
        self.assertFalse(next(p for p in report["purposes"] if p["purpose"] == "service")["allowed"])

    def test_a_merge_is_followed(self):
        first, second = self.company.customers[:2]
        self.company.run("customer", "merge", first, second, user="stella")
        for index, customer in enumerate((first, second)):
            name = f"merged-{index}.json"
            self.company.run("subject", "report", customer, "--out", name, user="paul")
            with open(self.company.path(name), encoding="utf-8") as file:
                report = json.load(file)
            self.assertEqual({report["customer"], *report["merged"]}, {first, second})
            self.assertEqual(len(report["records"]), 2)
            self.assertEqual(len(report["events"]), 6)
            self.assertEqual(
                {record["identity"]["account.default"] for record in report["records"]}, {"A-000000", "A-000001"})
        self.company.run(
            "breach", "report", "--user", "paul", "--since", "2020-01-01", "--out", "paul.json", user="olga")
        with open(self.company.path("paul.json"), encoding="utf-8") as file:
            self.assertEqual({c["id"] for c in json.load(file)["customers"]}, {first, second})

    def test_a_consent_ends_and_nobody_is_reached_for_its_purpose(self):
        self.state("retention: {consents: {marketing: 2y}}")
        customer = self.company.customers[1]
        self.company.run("score", "show", customer, "--as-of", "2025-12-01", "--purpose", "marketing", "--scores",
                         "loyalty", user="nina")
        self.company.environment["CRMVAULT_TEST_DAYS"] = "800"
        done = self.company.json("retention", "apply", "--yes", user="paul")
        self.assertEqual(done["ended_consents"], {"marketing": 2})
        self.company.run("score", "show", customer, "--as-of", "2025-12-01", "--purpose", "marketing", "--scores",
                         "loyalty", status=77, user="nina")
        self.company.run("verify", "--deep", user="paul")

    def test_others_may_not(self):
        self.state("retention: {classes: {behavior: 5y}}")
        for user in ("carol", "stella", "adam", "nina", "olga"):
            self.company.run("retention", "apply", "--yes", status=77, user=user)
        self.company.run("retention", "apply", status=64, user="paul")

    def test_a_policy_that_makes_no_sense_is_refused(self):
        policy = self.company.run("policy", "show", user="carol").decode()
        for rules in ("retention: {classes: {behavior: 5m}}", "retention: {classes: {names: 5y}}",
                      "retention: {consents: {service: 1y}}", "retention: {backups: never}", "retention: {classes: {score: 1y}}",
                      "index: [phone, email, account, city]", "index: [phone, email, account, birth_date]",
                      "index: [phone]"):
            self.company.write("bad.yaml", policy + "\n" + rules + "\n")
            self.company.run("policy", "check", "bad.yaml", status=65, user="carol")
        self.company.write("good.yaml", policy + "\nindex: [phone, email, account]\n")
        self.company.run("policy", "check", "good.yaml", user="carol")


class LogRetentionTests(unittest.TestCase):
    def test_old_parts_of_the_log_go_in_their_time_and_it_verifies_all_the_same(self):
        company = Company(customers=2)
        self.addCleanup(company.remove)
        policy = company.run("policy", "show", user="carol").decode()
        company.write("policy.yaml", policy + "\nlog: {retention: {who: 30d, entries: 90d}}\n")
        company.approved("policy", "apply", "policy.yaml", "--yes")
        company.run("customer", "show", company.customers[0], user="adam")
        looked = company.json("audit", "list", "--action", "customer.show", user="olga")[0]["seq"]
        company.run("audit", "prove", str(looked), "--out", "look.tlog-proof", user="olga")
        company.write("seen.checkpoint", company.run("audit", "checkpoint", user="olga").decode())
        # The auditor's index of accesses is made while everything is there.
        before = company.json("audit", "subject", company.customers[0], user="olga")
        self.assertIn(looked, [entry["seq"] for entry in before])
        self.assertEqual(company.json("audit", "retention", "apply", "--yes", user="paul")["erased_parts"], 0)
        company.environment["CRMVAULT_TEST_DAYS"] = "31"
        self.assertGreater(company.json("audit", "retention", "apply", "--yes", user="paul")["erased_parts"], looked)
        entry = company.json("audit", "show", str(looked), user="olga")
        self.assertEqual(entry["erased"], ["who"])
        self.assertEqual(entry["action"], "customer.show")
        self.assertNotIn("actor", {k for k, v in entry.items() if v == "adam"})
        company.environment["CRMVAULT_TEST_DAYS"] = "95"
        self.assertGreater(company.json("audit", "retention", "apply", "--yes", user="paul")["pruned_entries"], 0)
        company.run("audit", "show", str(looked), status=66, user="olga")
        after = company.json("audit", "subject", company.customers[0], "--proofs", "proofs", user="olga")
        self.assertNotIn(looked, [entry["seq"] for entry in after])
        company.run("audit", "verify-proof", "proofs", user="olga")
        company.run("audit", "verify", "--since", "seen.checkpoint", user="olga")
        company.run("verify", user="nina")
        # What was proved before it went is proved still.
        company.run("audit", "verify-proof", "look.tlog-proof", "--vkey", "keys/crm.vkey", user="olga")
        # A new folder has what is left; nothing more may be gone than the statements say.
        company.run("audit", "publish", "published", user="olga")
        found = company.json("audit", "verify-proof", "published", user="olga")["files"][0]
        self.assertGreater(found["pruned_entries"], 0)
        company.run("audit", "publish", "published", user="paul")
        company.run("audit", "verify-proof", "published", "--since", "seen.checkpoint", user="olga")
        left = company.path("published", "kept")
        for folder, _, names in os.walk(left):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    size, count, position = os.path.getsize(path), 0, 0
                    content = file.read()
                while position < size:
                    position += 2 + int.from_bytes(content[position:position + 2], "big")
                    count += 1
                with open(path, "wb") as file:
                    file.write(bytes(2 * count))
        company.run("audit", "verify-proof", "published", status=76, user="olga")
        # A breach report says what it no longer knows.
        company.run(
            "breach", "report", "--user", "adam", "--since", "2020-01-01", "--out", "adam.json", user="olga")
        with open(company.path("adam.json"), encoding="utf-8") as file:
            self.assertGreater(json.load(file)["read"]["pruned_below"], looked)


class LeakageTests(unittest.TestCase):
    def test_what_a_thief_learns_is_told_and_nothing_more(self):
        company = Company(customers=5)
        self.addCleanup(company.remove)
        company.bills("bills.csv", 30, 5)
        company.run("import", "bills.csv", user="stella")
        report = company.json("leakage", user="paul")
        tables = {table["table"]: table for table in report["tables"]}
        self.assertEqual(tables["record/identity"]["rows"], 5)
        self.assertEqual(tables["record/behavior"]["customers"], 5)
        self.assertEqual(tables["record/identity"]["sizes"]["smallest"] % 2, tables["record/identity"]["sizes"]["largest"] % 2)
        self.assertEqual(report["customers"], {"all": 5, "merged": 0, "erased": 0, "batches": 5})
        self.assertEqual(report["index"]["entries"], 15)
        self.assertEqual(report["index"]["shared"], 0)
        self.assertLess(report["index"]["expected_collisions"], 1e-60)
        self.assertEqual({k["class"]: k["live"] for k in report["customer_keys"]}["identity"], 5)
        note = company.run("audit", "checkpoint", user="olga").decode()
        self.assertEqual(tables["entry"]["rows"], int(note.split("\n")[1]))
        text = company.run("leakage", user="paul").decode()
        for value in (CANARY_NAME, CANARY_NOTE, CANARY_PHONE):
            self.assertNotIn(value, text + json.dumps(report))
        for user in ("carol", "stella", "adam", "nina", "olga"):
            company.run("leakage", status=77, user=user)


class BreachTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.company = company = Company(customers=5)
        cls.addClassCleanup(company.remove)
        company.bills("bills.csv", 30, 4)
        company.run("import", "bills.csv", user="stella")
        company.run("customer", "show", company.customers[1], "--reveal", "phone,email", user="adam")
        company.run("customer", "show", company.customers[2], user="adam")
        company.run("customer", "list", status=77, user="adam")
        company.run("score", "run", "--as-of", "2026-01-01", "--scores", "loyalty", user="nina")

    def report(self, *arguments, name, user="olga"):
        self.company.run("breach", "report", *arguments, "--since", "2020-01-01", "--out", name, user=user)
        with open(self.company.path(name), encoding="utf-8") as file:
            return json.load(file)

    def test_of_a_user_it_tells_what_was_read_and_what_could_have_been(self):
        report = self.report("--user", "adam", name="adam.json")
        self.assertEqual({c["id"] for c in report["customers"]}, set(self.company.customers[1:3]))
        self.assertEqual({f["name"]: f["customers"] for f in report["read"]["fields"]}, {"phone": 1, "email": 1})
        self.assertGreaterEqual(report["read"]["denied"], 1)
        could = {c["class"]: c["customers"] for c in report["could_have_been_read"]["classes"]}
        self.assertEqual(could, {"identity": 5, "profile": 5, "behavior": 4, "consent": 0})
        held = report["could_have_been_read"]["roles_held"]
        self.assertEqual([(h["user"], h["role"], h["until"]) for h in held], [("adam", "agent", None)])
        text = json.dumps(report)
        for value in (CANARY_NAME, CANARY_PHONE):
            self.assertNotIn(value, text)

    def test_of_a_role_and_of_a_key(self):
        report = self.report("--role", "analyst", name="analyst.json", user="paul")
        self.assertEqual(len(report["customers"]), 5)
        self.assertEqual({c["name"] for c in report["read"]["classes"]}, {"behavior"})
        report = self.report("--key", "behavior:1", name="key.json")
        self.assertEqual(report["could_have_been_read"]["classes"],
                         [{"class": "behavior", "customers": 4, "erased": 0}])
        report = self.report("--key", "7", name="none.json")
        self.assertTrue(all(c["customers"] == 0 for c in report["could_have_been_read"]["classes"]))

    def test_a_user_who_read_nothing_could_have_read_all_the_same(self):
        report = self.report("--user", "nina", "--until", "2020-02-01", name="before.json")
        self.assertEqual(report["customers"], [])
        self.assertEqual(report["read"]["entries"], 0)
        self.assertEqual(report["could_have_been_read"]["classes"], [])

    def test_the_page_names_no_customer_and_opens_offline(self):
        self.company.run(
            "breach", "report", "--user", "adam", "--since", "2020-01-01", "--out", "adam.html", user="olga")
        with open(self.company.path("adam.html"), encoding="utf-8") as file:
            page = file.read()
        self.assertEqual(os.stat(self.company.path("adam.html")).st_mode & 0o777, 0o600)
        self.assertIn(self.company.customers[1], page)
        self.assertNotIn("<script", page)
        for value in (CANARY_NAME, CANARY_PHONE):
            self.assertNotIn(value, page)

    def test_it_is_for_readers_of_the_log(self):
        for user in ("carol", "stella", "adam", "nina"):
            self.company.run(
                "breach", "report", "--user", "adam", "--since", "2020-01-01", "--out", "not.json", status=77, user=user)
        self.company.run(
            "breach", "report", "--user", "nobody", "--since", "2020-01-01", "--out", "not.json", status=66, user="olga")
        self.company.run("breach", "report", "--since", "2020-01-01", "--out", "not.json", status=64, user="olga")
        self.company.run(
            "breach", "report", "--user", "adam", "--key", "1", "--since", "2020-01-01", "--out", "not.json", status=64,
            user="olga")
        self.assertFalse(os.path.exists(self.company.path("not.json")))


if __name__ == "__main__":
    unittest.main()
