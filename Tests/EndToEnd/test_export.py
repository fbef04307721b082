"""`crmvault export`: data leaves recoded, measured, bound to a purpose, with a receipt; and what an attacker makes of it."""

import csv
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import unittest

from company import Company

AS_OF = ["--as-of", "2026-01-01"]
PROFILE = """\
columns:
  birth_year: {role: quasi, hierarchy: {intervals: [5, 10, 20, 40], from: 1900}}
  gender: {role: quasi}
  city: {role: quasi}
  frequency: {role: [quasi, sensitive], bands: {quantiles: 3}}
  amount: {role: sensitive, bands: {quantiles: 6}, distance: ordered}
privacy: {k: 5, l: 3, suppress: 0.1}
"""
QUERIES = """\
queries:
  - {name: customers, count: all}
  - {name: cities, histogram: city, cells: [Wuhan, Chengdu, Berlin]}
  - {name: turnover, sum: amount, clamp: [0, 100000], group_by: {gender: [f, m]}, weight: 2}
  - {name: mean, mean: amount, clamp: [0, 100000]}
  - {name: median, quantile: amount, rank: 1/2, grid: [0, 1000, 5000, 10000, 20000, 50000]}
"""


def company(count=240, seed=1):
    """A company whose steward has imported customers with payments."""
    made = Company(customers=0)
    source = random.Random(seed)
    lines = ["account,name,phone,city,gender,birth_date,tier"]
    bills = ["account,time,amount,currency,product,order_id"]
    for number in range(count):
        city = source.choice(["Wuhan", "Chengdu", "=1+1", "Berlin"])
        lines.append(
            f"A-{number:05},Canary Person {number},+86139{number:08},{city},{source.choice('fm')},"
            f"{source.randrange(1950, 2005)}-0{source.randrange(1, 10)}-1{source.randrange(10)},"
            f"{source.choice(['gold', 'silver'])}")
        for bill in range(1 + source.randrange(6)):
            bills.append(
                f"A-{number:05},2025-0{1 + source.randrange(9)}-1{source.randrange(10)},"
                f"{source.randrange(1, 400)}.{source.randrange(100):02},CNY,tea,O-{number}-{bill}")
    made.write("people.csv", "\n".join(lines) + "\n")
    made.write("bills.csv", "\n".join(bills) + "\n")
    made.run("import", "people.csv", user="stella")
    made.run("import", "bills.csv", user="stella")
    made.write("profile.yaml", PROFILE)
    made.write("queries.yaml", QUERIES)
    return made


def rows(made, name):
    with open(made.path(name), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class ExportTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = company()

    @classmethod
    def tearDownClass(cls):
        cls.made.remove()

    def setUp(self):
        self.counter = getattr(ExportTests, "counter", 0) + 1
        ExportTests.counter = self.counter

    def out(self, ending=".csv"):
        return f"out-{self.counter}{ending}"

    def anonymized(self, *more, out=None, status=0, recipient=None, user="nina"):
        out = out or self.out()
        # Every test has a recipient of its own, so that earlier releases are nobody's.
        recipient = recipient or f"partner-{self.counter}"
        return self.made.run(
            "export", "anonymized", "--out", out, "--recipient", recipient, "--profile", "profile.yaml", *AS_OF, *more,
            "--json", status=status, user=user)

    def verify(self, name, *more, status=0):
        """With the public key alone: no vault, no role, no passphrase."""
        lonely = os.path.join(self.made.folder, "lonely")
        os.makedirs(lonely, exist_ok=True)
        shutil.copy(self.made.path("keys", "crm.vkey"), lonely)
        done = subprocess.run(
            [os.environ["CRMVAULT_BIN"], "export", "verify", self.made.path(name), "--vkey", "crm.vkey", *more, "--json"],
            cwd=lonely, env={"PATH": os.environ["PATH"], "HOME": lonely}, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        return json.loads(done.stdout)

    def entries(self):
        return json.loads(self.made.run("audit", "list", "--json", user="olga"))

    def test_an_export_holds_its_limits_and_its_receipt_verifies_with_the_public_key_alone(self):
        said = json.loads(self.anonymized())
        released = rows(self.made, self.out())
        self.assertEqual(said["rows"], len(released))
        self.assertEqual(list(released[0]), ["birth_year", "gender", "city", "frequency", "amount"])
        classes = {}
        for row in released:
            key = (row["birth_year"], row["gender"], row["city"], row["frequency"])
            classes.setdefault(key, []).append(row["amount"])
        self.assertGreaterEqual(min(map(len, classes.values())), 5)
        self.assertEqual(said["k"], min(map(len, classes.values())))
        self.assertGreaterEqual(min(len(set(values)) for values in classes.values()), 3)
        with open(self.made.path(self.out()), "rb") as file:
            self.assertEqual(said["sha256"], hashlib.sha256(file.read()).hexdigest())
        for key in ("release", "suppressed", "excluded", "l", "ncp", "risk", "quasi_identifiers", "file"):
            self.assertIn(key, said)
        self.assertLessEqual(said["risk"]["prosecutor_max"], 0.2)
        checked = self.verify(self.out())
        self.assertTrue(checked["ok"])
        self.assertEqual(checked["release"], said["release"])
        self.assertEqual(checked["seq"], said["entry"] + 2)
        self.made.run("audit", "verify-proof", self.out() + ".receipt.json", user="olga")
        listed = {release["release"] for release in self.made.json("export", "list", user="paul")}
        self.assertIn(said["release"], listed)
        shown = self.made.json("export", "show", said["release"], user="paul")
        self.assertEqual(shown["sha256"], said["sha256"])
        self.assertEqual(shown["measured"]["k"], said["k"])
        entries = {entry["seq"]: entry for entry in map(self.numbered, self.entries())}
        self.assertEqual(
            [entries[said["entry"] + step]["action"] for step in range(3)],
            ["export.anonymized", "export.anonymized", "export.release"])
        self.assertEqual(json.loads(self.made.run("audit", "verify", "--json", user="olga"))["ok"], True)
        self.made.run("verify", user="nina")

    @staticmethod
    def numbered(entry):
        return dict(entry, seq=int(entry["seq"]))

    def test_no_id_no_name_no_formula_leaves(self):
        self.anonymized()
        with open(self.made.path(self.out()), encoding="utf-8") as file:
            text = file.read()
        for word in ("Canary", "A-000", "+86", "C-", "O-1"):
            self.assertNotIn(word, text)
        for row in rows(self.made, self.out()):
            for cell in row.values():
                self.assertNotIn(cell[:1], ("=", "+", "@"))

    def test_position_says_nothing_of_the_order_of_the_vault(self):
        self.made.write("open.yaml", "columns:\n  birth_year: {role: quasi}\nprivacy: {k: 2, suppress: 0.9}\n")
        self.made.run(
            "export", "anonymized", "--out", self.out(), "--recipient", f"partner-{self.counter}", "--profile", "open.yaml",
            "--k", "5", user="nina")
        years = [int(row["birth_year"]) for row in rows(self.made, self.out()) if row["birth_year"].isdigit()]
        source = random.Random(1)
        true = []
        for number in range(240):
            source.choice(range(4)), source.choice("fm")
            true.append(source.randrange(1950, 2005))
            source.randrange(1, 10), source.randrange(10), source.choice("gs")
            for _ in range(1 + source.randrange(6)):
                source.randrange(9), source.randrange(10), source.randrange(1, 400), source.randrange(100)
        hits = sum(a == b for a, b in zip(years, true))
        self.assertLess(hits, len(years) / 6, "rows stand where the vault has them")

    def test_json_lines_hold_the_same_columns(self):
        said = json.loads(self.anonymized(out=self.out(".jsonl")))
        with open(self.made.path(self.out(".jsonl")), encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        self.assertEqual(len(lines), said["rows"])
        self.assertEqual(set(lines[0]), {"birth_year", "gender", "city", "frequency", "amount"})
        self.verify(self.out(".jsonl"))

    def test_the_built_in_profile_does_without_a_file(self):
        said = self.made.json(
            "export", "anonymized", "--out", self.out(), "--recipient", f"partner-{self.counter}", "--suppress", "0.3", *AS_OF,
            user="nina")
        self.assertGreaterEqual(said["k"], 5)
        self.assertGreaterEqual(said["l"], 3)

    def test_a_dry_run_leaves_no_file_and_no_release(self):
        before = len(self.made.json("export", "list", user="paul"))
        said = json.loads(self.anonymized("--dry-run"))
        self.assertIsNone(said["release"])
        self.assertGreaterEqual(said["k"], 5)
        self.assertFalse(os.path.exists(self.made.path(self.out())))
        self.assertFalse(os.path.exists(self.made.path(self.out() + ".receipt.json")))
        self.assertEqual(len(self.made.json("export", "list", user="paul")), before)

    def test_who_objected_is_not_in_the_file(self):
        made = company(60, seed=3)
        self.addCleanup(made.remove)
        lines = ["account,time,purpose,state,source,text_version"]
        lines += [f"A-{number:05},2025-12-01T00:00:00Z,analytics,objected,web,1" for number in range(20)]
        made.write("consents.csv", "\n".join(lines) + "\n")
        made.run("import", "consents.csv", "--mapping", "consents", user="stella")
        said = made.json(
            "export", "anonymized", "--out", "a.csv", "--recipient", "acme", "--profile", "profile.yaml", "--suppress", "0.9",
            *AS_OF, user="nina")
        self.assertEqual(said["excluded"]["objected"], 20)
        self.assertEqual(said["rows"] + said["suppressed"], 40)
        # Nobody has consented to marketing: there is nobody to hand out.
        made.run(
            "export", "anonymized", "--out", "b.csv", "--recipient", "acme", "--profile", "profile.yaml", "--purpose",
            "marketing", user="nina", status=65)
        self.assertFalse(os.path.exists(made.path("b.csv")))

    def test_a_changed_file_and_a_changed_receipt_do_not_verify(self):
        self.anonymized()
        path = self.made.path(self.out())
        with open(path, "rb") as file:
            good = file.read()
        with open(path, "wb") as file:
            file.write(good.replace(b"f", b"m", 1))
        self.assertFalse(self.verify(self.out(), status=76)["ok"])
        with open(path, "wb") as file:
            file.write(good)
        receipt = path + ".receipt.json"
        with open(receipt, encoding="utf-8") as file:
            text = file.read()
        for old, new in (('"k":', '"k" :'), ('"notice":"1"', '"notice":"2"'), (f"partner-{self.counter}", "partner-x")):
            changed = text.replace(old, new)
            with open(receipt, "w", encoding="utf-8") as file:
                file.write(changed)
            if json.loads(changed) == json.loads(text):
                self.verify(self.out())
            else:
                self.verify(self.out(), status=76)
        # Another vault's key does not vouch for it.
        other = Company(customers=0)
        self.addCleanup(other.remove)
        with open(receipt, "w", encoding="utf-8") as file:
            file.write(text)
        shutil.copy(other.path("keys", "crm.vkey"), self.made.path("other.vkey"))
        self.made.run("export", "verify", self.out(), "--vkey", "other.vkey", status=76)
        self.made.run("audit", "verify-proof", self.out() + ".receipt.json", "--vkey", "other.vkey", status=76, user="olga")

    def test_an_existing_output_is_not_touched(self):
        self.made.write(self.out(), "mine")
        self.anonymized(status=73)
        with open(self.made.path(self.out()), encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")
        self.made.write("other.csv.receipt.json", "mine")
        self.anonymized(out="other.csv", status=73)

    def test_bad_input_is_told_and_leaves_only_its_refusal(self):
        cases = [
            ("columns:\n  shoe_size: {role: quasi}\n", [], 65),
            ("columns:\n  phone: {role: quasi}\n", [], 65),
            ("columns:\n  city: {role: sensitive}\n", [], 65),
            ("columns:\n  city: {role: quasi, hierarchy: {tree: {china: [Wuhan]}}}\n", [], 65),
            (PROFILE, ["--k", "1"], 64),
            (PROFILE, ["--k", "100000"], 65),
            (PROFILE, ["--l", "5000"], 65),
            (PROFILE, ["--mode", "best"], 64),
            (PROFILE, ["--recipient", "two words"], 64),
            (PROFILE, ["--as-of", "2025-02-30"], 64),
            (PROFILE, ["--purpose", "fun"], 64),
            (PROFILE, ["--purpose", "service"], 77),
        ]
        for text, more, status in cases:
            with self.subTest(profile=text, more=more):
                self.made.write("bad.yaml", text)
                before = len(self.made.json("export", "list", user="paul"))
                error = self.fail_with(status, "--profile", "bad.yaml", *more)
                self.assertEqual(len(error.strip().splitlines()[0].split("\n")), 1)
                self.assertFalse(os.path.exists(self.made.path(self.out())))
                self.assertEqual([name for name in os.listdir(self.made.folder) if ".new-" in name], [])
                self.assertEqual(len(self.made.json("export", "list", user="paul")), before)
        last = [entry for entry in self.entries() if entry["action"] == "export.anonymized"]
        intents = [entry for entry in last if entry.get("phase") == "intent"]
        results = {entry["ref"] for entry in last if entry.get("phase") == "result"}
        self.assertTrue(all(entry["seq"] in results for entry in intents), "an intent without a result")

    def fail_with(self, status, *more):
        environment = dict(
            self.made.environment, CRMVAULT_USER="nina", CRMVAULT_PASSPHRASE_FILE=self.made.path("nina.passphrase"))
        done = subprocess.run(
            [os.environ["CRMVAULT_BIN"], "export", "anonymized", "--out", self.out(), "--recipient", f"partner-{self.counter}",
             *AS_OF, *more], cwd=self.made.folder, env=environment, capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()

    def test_a_missing_notice_is_asked_for(self):
        made = company(40)
        self.addCleanup(made.remove)
        policy = made.run("policy", "show", user="carol").decode()
        made.write("policy.yaml", policy.replace('  notice: "1"\n', ""))
        made.approved("policy", "apply", "policy.yaml", "--yes")
        made.run("export", "anonymized", "--out", "a.csv", "--recipient", "acme", status=64, user="nina")
        made.run(
            "export", "anonymized", "--out", "a.csv", "--recipient", "acme", "--notice", "2025-11", "--profile",
            "profile.yaml", "--suppress", "0.9", *AS_OF, user="nina")

    def test_a_risk_above_the_limit_needs_a_second_person(self):
        before = len(self.made.json("export", "list", user="paul"))
        self.anonymized("--k", "3", "--l", "1", status=77)
        self.assertFalse(os.path.exists(self.made.path(self.out())))
        self.assertEqual(len(self.made.json("export", "list", user="paul")), before)
        risky = ["export", "anonymized", "--out", self.out(), "--recipient", f"partner-{self.counter}", "--profile",
                 "profile.yaml", *AS_OF, "--k", "3", "--l", "1"]
        self.made.approved(*risky, user="nina", approver="paul")
        self.verify(self.out())
        # It covers this once, and nothing riskier.
        self.made.run("export", "anonymized", "--out", "again.csv", *risky[4:], user="nina", status=77)
        self.made.run(*risky[:-3], "2", "--l", "1", "--out", "other.csv", user="nina", status=77)

    def test_the_risk_report_is_whole(self):
        self.anonymized("--report", "report.html")
        with open(self.made.path("report.html"), encoding="utf-8") as file:
            page = file.read()
        for heading in ("Singling out", "Linkability", "Inference", "What is not protected against"):
            self.assertIn(heading, page)


@unittest.skipUnless(shutil.which("age"), "the program age is not installed")
class EncryptedExportTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = company(100, seed=5)
        cls.made.write("profile.yaml", PROFILE)
        for name in ("rita", "ron"):
            subprocess.run(
                ["age-keygen", "-o", cls.made.path(name + ".age")], check=True, capture_output=True)
        cls.keys = {}
        for name in ("rita", "ron"):
            with open(cls.made.path(name + ".age"), encoding="utf-8") as file:
                cls.keys[name] = next(line.split(": ")[1].strip() for line in file if "public key" in line)

    @classmethod
    def tearDownClass(cls):
        cls.made.remove()

    def export(self, out, *more, status=0, environment=None):
        environment = dict(
            self.made.environment, CRMVAULT_USER="nina", CRMVAULT_PASSPHRASE_FILE=self.made.path("nina.passphrase"),
            **(environment or {}))
        done = subprocess.run(
            [os.environ["CRMVAULT_BIN"], "export", "anonymized", "--out", out, "--recipient", out.split(".")[0], "--profile",
             "profile.yaml", "--suppress", "0.5", *AS_OF, *more, "--json"], cwd=self.made.folder, env=environment,
            capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        return done

    def opened(self, out, name):
        return subprocess.run(
            ["age", "--decrypt", "-i", self.made.path(name + ".age"), self.made.path(out)], capture_output=True, check=False)

    def test_only_the_recipients_open_the_file_and_its_plaintext_verifies(self):
        said = json.loads(self.export("one.csv.age", "--to", self.keys["rita"]).stdout)
        opened = self.opened("one.csv.age", "rita")
        self.assertEqual(opened.returncode, 0)
        self.assertEqual(len(list(csv.DictReader(io.StringIO(opened.stdout.decode())))), said["rows"])
        self.assertNotEqual(self.opened("one.csv.age", "ron").returncode, 0)
        with open(self.made.path("one.csv.age"), "rb") as file:
            self.assertTrue(file.read().startswith(b"age-encryption.org/v1"))
        self.made.run("export", "verify", "one.csv.age")
        with open(self.made.path("plain.csv"), "wb") as file:
            file.write(opened.stdout)
        self.made.run("export", "verify", "plain.csv", "--receipt", "one.csv.age.receipt.json")

    def test_recipients_come_from_files_too_and_there_may_be_several(self):
        self.made.write("recipients.txt", f"# partners\n{self.keys['ron']}\n")
        self.export("two.jsonl.age", "--to", self.keys["rita"], "--to-file", "recipients.txt")
        first = self.opened("two.jsonl.age", "rita").stdout
        self.assertEqual(first, self.opened("two.jsonl.age", "ron").stdout)
        json.loads(first.splitlines()[0])

    def test_a_bad_recipient_or_a_missing_program_is_told_before_any_work(self):
        size = self.made.run("audit", "checkpoint", user="olga").split(b"\n")[1]
        self.export("three.csv.age", "--to", "age1notakey", status=64)
        self.export("three.csv.age", "--to-file", "nowhere.txt", status=66)
        done = self.export("three.csv.age", "--to", self.keys["rita"], status=78, environment={"PATH": "/nowhere"})
        self.assertIn("no_age", done.stderr.decode())
        self.assertEqual(self.made.run("audit", "checkpoint", user="olga").split(b"\n")[1], size)

    def test_a_failing_age_leaves_no_file_and_no_receipt(self):
        folder = self.made.path("bin")
        os.makedirs(folder, exist_ok=True)
        # Does what it should while it is tried, and fails once it has to work.
        fake = os.path.join(folder, "age")
        with open(fake, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\nread -r line || exit 0\nhead -c 100 >/dev/null\necho "out of luck" >&2\nexit 3\n')
        os.chmod(fake, 0o755)
        done = self.export(
            "four.csv.age", "--to", self.keys["rita"], status=74, environment={"PATH": folder + ":" + os.environ["PATH"]})
        self.assertIn("out of luck", done.stderr.decode())
        left = [name for name in os.listdir(self.made.folder) if name.startswith("four")]
        self.assertEqual(left, [])


class AggregateTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.made = company(150, seed=7)

    @classmethod
    def tearDownClass(cls):
        cls.made.remove()

    def aggregate(self, out, *more, status=0, recipient="acme", epsilon="1/5"):
        return self.made.run(
            "export", "aggregate", "--out", out, "--recipient", recipient, "--query", "queries.yaml", f"--epsilon={epsilon}",
            *AS_OF, *more, "--json", status=status, user="nina")

    def spent(self, recipient=None):
        more = ["--recipient", recipient] if recipient else []
        return self.made.json("export", "budget", *more, user="paul")

    def test_figures_are_near_the_truth_and_the_budgets_are_exact(self):
        said = json.loads(self.aggregate("one.json", recipient="near", epsilon="9/10"))
        self.assertEqual(said["epsilon"], "9/10")
        with open(self.made.path("one.json"), encoding="utf-8") as file:
            document = json.load(file)
        figures = {figure["query"]: figure["value"] for figure in document["figures"] if "cell" not in figure}
        self.assertLess(abs(figures["customers"] - 150), 150)
        self.assertIn(str(figures["median"]), ("0.00", "10.00", "50.00", "100.00", "200.00", "500.00"))
        budget = self.spent("NEAR")
        self.assertEqual((budget["limit"], budget["spent"], budget["left"]), ("1", "9/10", "1/10"))
        self.assertEqual(budget["releases"][0]["release"], said["release"])
        self.made.run("export", "verify", "one.json")
        # The file says nothing that has no noise: not how many customers were read.
        with open(self.made.path("one.json.receipt.json"), encoding="utf-8") as file:
            body = json.load(file)["body"]
        for key in ("rows", "excluded", "measured"):
            self.assertNotIn(key, body)

    def test_what_does_not_fit_is_refused_and_spends_nothing(self):
        self.aggregate("two.json", recipient="greedy", epsilon="0.6")
        before = self.spent()
        self.aggregate("three.json", recipient="greedy", epsilon="1/2", status=77)
        # Another spelling is the same recipient.
        self.aggregate("three.json", recipient="Greedy", epsilon="1/2", status=77)
        self.assertEqual(self.spent(), before)
        self.assertFalse(os.path.exists(self.made.path("three.json")))
        self.aggregate("three.json", recipient="greedy", epsilon="2/5")
        self.assertEqual(self.spent("greedy")["left"], "0")

    def test_a_dry_run_shows_mechanisms_and_budgets_and_no_customer_is_opened(self):
        before = self.spent()
        said = json.loads(self.aggregate("four.json", "--dry-run", recipient="dry"))
        self.assertTrue(said["fits"])
        self.assertEqual(said["recipient"]["asked"], "1/5")
        scales = {query["name"]: query["scale"] for query in said["queries"] if "scale" in query}
        # A fifth over weights 1, 1, 2, 1, 1: a count of scale 30; a sum clamped at 100,000 of 100,000 times 15.
        self.assertEqual(scales["customers"], "30")
        self.assertEqual(scales["turnover"], "1500000")
        self.assertEqual(self.spent(), before)
        entries = json.loads(self.made.run("audit", "list", "--json", user="olga"))
        last = [entry for entry in entries if entry["action"] == "export.aggregate"][-1]
        self.assertNotIn("set", last)

    def test_epsilons_that_are_none_are_refused(self):
        before = self.spent()
        for epsilon in ("0", "-1", "1e-3", "a tenth", "1/0"):
            self.aggregate("five.json", epsilon=epsilon, status=65)
        self.made.write("bad.yaml", "queries:\n  - {name: x, sum: amount}\n")
        self.made.run(
            "export", "aggregate", "--out", "five.json", "--recipient", "acme", "--query", "bad.yaml", "--epsilon", "1/5",
            status=65, user="nina")
        self.made.write("bad.yaml", "queries:\n  - {name: x, sum: phone, clamp: [0, 1]}\n")
        self.made.run(
            "export", "aggregate", "--out", "five.json", "--recipient", "wrong", "--query", "bad.yaml", "--epsilon", "1/100",
            status=65, user="nina")
        self.assertEqual(self.spent(), before)

    def test_a_delta_makes_the_noise_gaussian(self):
        said = json.loads(self.aggregate("six.json", "--delta", "1/1000000", recipient="gauss"))
        self.assertEqual(said["delta"], "1/1000000")
        self.assertEqual({query["mechanism"] for query in said["queries"]}, {"discrete Gaussian", "permute-and-flip"})
        self.assertEqual(self.spent("gauss")["delta_spent"], "1/1000000")
