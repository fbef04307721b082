"""Witnesses over HTTP: what they sign, what they refuse, and what they never forget."""

import hashlib
import http.server
import json
import os
import random
import shutil
import ssl
import subprocess
import threading
import time
import unittest

from company import SOAK, Company
from witness_service import WitnessService

KILLS = 400 if SOAK else 24


class Witnessed(Company):
    """A company whose log is shown to a witness."""

    def __init__(self, customers=1, start=True):
        super().__init__(customers)
        self.vkey = self.path("keys", "crm.vkey")
        self.witness = WitnessService(self, self.vkey)
        if start:
            self.witness.start()
            self.run("audit", "witness", "add", "w1", "--vkey", self.witness.vkey, "--url", self.witness.url, user="olga")

    def remove(self):
        self.witness.kill()
        super().remove()

    def policy(self, tail="quorum w1\n"):
        with open(self.vkey, encoding="ascii") as file:
            return self.write("trust.policy", f"log {file.read().strip()}\nwitness w1 {self.witness.vkey}\n{tail}")

    def monitored(self):
        """The head that the witness shows to anybody, as a file."""
        with open(self.vkey, encoding="ascii") as file:
            origin = file.read().split("+")[0]
        status, body = self.witness.get(f"/{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint")
        return status, self.write("monitored", body.decode())

    def copy(self, name, *parts):
        for part in parts:
            shutil.copytree(self.path(part), self.path(name, part), dirs_exist_ok=True) if os.path.isdir(
                self.path(part)) else (os.makedirs(os.path.dirname(self.path(name, part)), exist_ok=True),
                                       shutil.copy2(self.path(part), self.path(name, part)))

    def put_back(self, name, *parts):
        for part in parts:
            if os.path.isdir(self.path(part)):
                shutil.rmtree(self.path(part))
                shutil.copytree(self.path(name, part), self.path(part))
            else:
                shutil.copy2(self.path(name, part), self.path(part))

    def at(self, machine):
        """Work goes on at this machine: it remembers what it saw."""
        self.environment["XDG_STATE_HOME"] = self.path(machine)


class WitnessTests(unittest.TestCase):
    def company(self, **options):
        company = Witnessed(**options)
        self.addCleanup(company.remove)
        return company

    def test_a_head_is_signed_kept_monitored_and_demanded(self):
        company = self.company()
        company.run("audit", "verify", "--keyless", "--policy", company.policy(), status=76)
        pushed = company.json("audit", "witness", "push", user="olga")["witnesses"]
        self.assertEqual([(entry["name"], entry["state"]) for entry in pushed], [("w1", "cosigned")])
        report = company.json("audit", "verify", "--keyless", "--policy", company.policy())
        self.assertEqual(report["cosigned"]["size"], pushed[0]["size"])
        self.assertEqual([witness["name"] for witness in report["cosigned"]["witnesses"]], ["w1"])
        status, path = company.monitored()
        self.assertEqual(status, 200)
        company.run("audit", "verify", "--keyless", "--since", path)
        # The entry that tells of a reading is not signed yet, and the text says so.
        text = company.run("audit", "verify", "--policy", company.policy(), user="olga").decode()
        self.assertIn("not yet the last 1", text)
        self.assertEqual(company.json("verify", user="olga")["ok"], True)
        log = company.witness.log()
        self.assertIn("200 cosigned crmvault/", log)

    def test_the_witness_answers_strangers_as_the_specification_says(self):
        company = self.company()
        company.run("audit", "witness", "push", user="olga")
        status, path = company.monitored()
        with open(path, encoding="utf-8") as file:
            note = file.read()
        size = note.split("\n")[1]
        post = company.witness.post
        self.assertEqual(post(b"nonsense")[0], 400)
        self.assertEqual(post(f"old 0\n\n{note}".encode()), (409, f"{size}\n".encode()))
        self.assertEqual(post(f"old {size}\n\n{note}".encode())[0], 200)
        self.assertEqual(post(f"old {int(size) + 1}\n\n{note}".encode())[0], 400)
        self.assertEqual(post(f"old {size}\n\n{note.replace('crmvault/', 'crmvault/0')}".encode())[0], 404)
        forged = note.replace(f"\n{size}\n", f"\n{int(size) + 1}\n")
        self.assertEqual(post(f"old {size}\n\n{forged}".encode())[0], 403)
        self.assertEqual(post(b"x" * 70000)[0], 413)
        self.assertEqual(company.witness.get("/checkpoint")[0], 404)

    def test_killed_at_any_moment_it_never_forgets_a_head_that_it_answered(self):
        company = self.company()
        source = random.Random(20261125)
        answered, answers = 0, 0
        started = time.monotonic()
        company.run("audit", "witness", "push", user="olga")
        duration = time.monotonic() - started
        for kill in range(KILLS):
            company.run("audit", "list", "--outcome", "error", user="olga")
            process = company.start("audit", "witness", "push", "--json", user="olga")
            # Every sixth dies right behind its answer, so that there are heads which it must not forget.
            if kill % 6 == 0:
                process.wait()
            else:
                time.sleep(source.random() * duration * 1.3)
            company.witness.kill()
            output, _ = process.communicate()
            if process.returncode == 0:
                answered, answers = json.loads(output)["witnesses"][0]["size"], answers + 1
            shown = company.witness.show()["logs"]
            remembered = shown[0]["size"] if shown else 0
            self.assertGreaterEqual(remembered, answered, f"after kill {kill}")
            company.witness.start()
        # And it still goes on from there.
        company.run("audit", "witness", "push", user="olga")
        self.assertGreater(answers, 0)
        print(f"(kills: {KILLS}, after {answers} heads that had been answered)")

    def test_a_witness_elsewhere_is_spoken_to_under_tls_that_is_checked(self):
        company = self.company()
        company.run("audit", "witness", "remove", "w1", "--yes", user="olga")
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost", "-keyout", company.path("tls.key"), "-out", company.path("tls.pem")],
            capture_output=True, check=False)
        if made.returncode != 0:
            self.skipTest("there is no openssl to make a certificate with")
        witness = company.witness

        class Proxy(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                status, body = witness.post(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Proxy)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(company.path("tls.pem"), company.path("tls.key"))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        url = f"https://localhost:{server.server_address[1]}"
        company.run("audit", "witness", "add", "tls", "--vkey", witness.vkey, "--url", url, user="olga")
        company.run("audit", "witness", "push", status=69, user="olga")
        company.environment["CRMVAULT_WITNESS_CA"] = company.path("tls.pem")
        company.run("audit", "witness", "push", user="olga")
        # A name that the certificate does not have.
        company.run("audit", "witness", "remove", "tls", "--yes", user="olga")
        other = f"https://127.0.0.1:{server.server_address[1]}"
        company.run("audit", "witness", "add", "ip", "--vkey", witness.vkey, "--url", other, user="olga")
        company.run("audit", "witness", "push", status=69, user="olga")

    def test_addresses_and_keys_are_checked_before_anything_else(self):
        company = self.company()
        for arguments, status in [
                (["--vkey", company.witness.vkey, "--url", "http://witness.example"], 64),
                (["--vkey", company.vkey, "--url", "https://witness.example"], 64),
                (["--vkey", "no+key", "--url", "https://witness.example"], 65),
                (["--vkey", company.path("missing"), "--url", "https://witness.example"], 66),
                (["--vkey", company.witness.vkey, "--url", "https://witness.example"], 73)]:
            company.run("audit", "witness", "add", "w2", *arguments, status=status, user="olga")
        company.run("audit", "witness", "push", "nobody", status=66, user="olga")
        company.run("audit", "witness", "remove", "nobody", "--yes", status=66, user="olga")
        company.witness.kill()
        company.run("audit", "witness", "push", status=69, user="olga")
        self.assertEqual(company.json("audit", "witness", "list", user="olga"), [
            {"name": "w1", "vkey": company.witness.vkey, "url": company.witness.url}])

    def test_bulk_data_is_released_only_under_a_signed_intent(self):
        company = self.company()
        policy = company.run("policy", "show", user="carol").decode()
        company.write("policy.yaml", policy + "\nlog: {cosigned_bulk: 1}\n")
        company.approved("policy", "apply", "policy.yaml", "--yes")
        company.write("part.txt", "Zebulon")
        found = company.json("customer", "search", "--from", "part.txt", user="stella")
        self.assertEqual(len(found), 1)
        company.witness.kill()
        output = company.run("customer", "search", "--from", "part.txt", status=69, user="stella")
        self.assertEqual(output, b"")
        company.run("score", "run", "--as-of", "2026-01-01", "--scores", "loyalty", status=69, user="nina")
        # One customer at a time, and the import, need no witness.
        company.run("customer", "show", company.customers[0], user="stella")
        company.run("import", company.bills("bills.csv", 4, 1), user="stella")
        company.witness.start()
        company.run("customer", "search", "--from", "part.txt", user="stella")
        refused = company.json("audit", "list", "--outcome", "error", user="olga")
        self.assertEqual([entry["error"] for entry in refused], ["not_cosigned", "not_cosigned"])
        self.assertTrue(company.json("audit", "verify", "--policy", company.policy(), user="olga")["ok"])


class RollbackTests(unittest.TestCase):
    """The one change that no look at the vault can find: its owner puts an old copy back and goes on, signing anew."""

    def rolled_back(self, *parts):
        company = Witnessed(customers=2)
        self.addCleanup(company.remove)
        company.at("machine-a")
        company.run("customer", "show", company.customers[0], user="stella")
        company.copy("earlier", "crm.vault", "keys/crm.outer", "machine-a")
        for customer in company.customers:
            company.run("customer", "show", customer, "--reveal", "all", "--purpose", "fraud-prevention", user="stella")
        company.at("machine-b")
        company.run("audit", "witness", "push", user="olga")
        company.run("whoami", user="olga")
        company.put_back("earlier", *parts)
        company.at("machine-a")
        return company

    def go_on(self, company):
        for _ in range(4):
            company.run("customer", "rate", company.customers[0], "--quality", "4", "--service", "4", "--price", "4",
                        user="stella")

    def test_with_everything_put_back_nothing_on_the_machine_knows(self):
        company = self.rolled_back("crm.vault", "keys/crm.outer", "machine-a")
        self.go_on(company)
        # As documented: the log verifies, the whole vault does, and the two accesses never were.
        self.assertTrue(company.json("verify", user="stella")["ok"])
        self.assertTrue(company.json("audit", "verify", "--keyless")["ok"])

    def test_the_warden_alone_finds_it(self):
        company = self.rolled_back("crm.vault", "machine-a")
        company.run("customer", "rate", company.customers[0], "--quality", "4", "--service", "4", "--price", "4", status=76,
                    user="stella")
        company.run("verify", status=76, user="stella")

    def test_another_users_machine_alone_finds_it(self):
        company = self.rolled_back("crm.vault", "keys/crm.outer", "machine-a")
        self.go_on(company)
        company.at("machine-b")
        company.run("audit", "verify", "--keyless", status=76)
        company.run("audit", "verify", status=76, user="olga")
        company.run("whoami", status=76, user="olga")

    def test_the_witness_alone_finds_it(self):
        company = self.rolled_back("crm.vault", "keys/crm.outer", "machine-a")
        # Shorter than what it saw.
        company.run("audit", "witness", "push", status=76, user="olga")
        self.go_on(company)
        # Longer, and another: it keeps what was offered.
        for _ in range(4):
            company.run("customer", "show", company.customers[1], user="stella")
        company.run("audit", "witness", "push", status=76, user="olga")
        company.run("audit", "verify", "--keyless", "--policy", company.policy(), status=76)
        # An auditor with nothing but the witness's address.
        status, path = company.monitored()
        self.assertEqual(status, 200)
        company.run("audit", "verify", "--keyless", "--since", path, status=76)
        company.witness.kill()
        evidence = company.witness.show()["logs"][0]["evidence"]
        self.assertTrue(any(name.startswith("unproved-") for name in evidence), evidence)


class LogKeyTests(unittest.TestCase):
    def test_a_new_log_key_reaches_everybody_and_is_followed_from_the_first(self):
        company = Witnessed()
        self.addCleanup(company.remove)
        company.run("audit", "witness", "push", user="olga")
        rotated = company.json("audit", "key", "rotate", "--yes", user="carol")
        with open(company.vkey, encoding="ascii") as file:
            self.assertNotEqual(rotated["log_vkey"], file.read().strip())
        for user, arguments in [
                ("stella", ["customer", "show", company.customers[0]]), ("adam", ["customer", "show", company.customers[0]]),
                ("nina", ["customer", "list"]), ("paul", ["audit", "list"]), ("olga", ["audit", "list"]),
                ("carol", ["policy", "show"])]:
            company.run(*arguments, user=user)
        keys = company.json("audit", "key", "list", user="adam")
        self.assertEqual([key["first_size"] for key in keys], [0, rotated["seq"] + 2])
        self.assertEqual(keys[1]["vkey"], rotated["log_vkey"])
        self.assertTrue(company.json("audit", "verify", "--keyless")["ok"])
        self.assertTrue(company.json("verify", user="paul")["ok"])
        # The witness knows the first key only; then it is told of the second.
        company.run("audit", "witness", "push", status=78, user="olga")
        company.witness.kill()
        company.witness.logs = (company.vkey, rotated["log_vkey"])
        company.witness.start()
        company.run("audit", "witness", "push", user="olga")
        self.assertTrue(company.json("audit", "verify", "--keyless", "--policy", company.policy())["ok"])


if __name__ == "__main__":
    unittest.main()
