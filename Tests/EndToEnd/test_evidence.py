"""What leaves the vault for auditors and customers is checked where there is no vault: by the program, by Python alone,
and by the three commands of a package's README."""

import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import unittest

from checks import b64, sha256, verify
from company import Company

SHELLS = [shell for shell in ("dash", "bash", "sh") if shutil.which(shell)]


def checkpoint(note):
    """Origin, size, root and text of a signed note."""
    text = note.split(b"\n\n")[0] + b"\n"
    origin, size, root = text.decode().splitlines()
    return origin, int(size), b64(root), text


def check_note(note, vkey):
    """The log's signature on a note."""
    name, _, key = vkey.split("+", 2)
    origin, size, root, text = checkpoint(note)
    assert origin == name
    signed = [line.split(" ")[2] for line in note.decode().splitlines() if line.startswith(f"\u2014 {name} ")]
    assert len(signed) == 1
    verify(b64(key)[1:], text, b64(signed[0])[4:], "the checkpoint")
    return size, root


def leads_to(leaf, index, size, path):
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2)."""
    position, last, node = index, size - 1, leaf
    for sibling in path:
        assert last > 0
        if position & 1 or position == last:
            node = sha256(b"\1", sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = sha256(b"\1", node, sibling)
        position, last = position >> 1, last >> 1
    assert last == 0
    return node


class EvidenceTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.company = company = Company(customers=3)
        company.bills("bills.csv", 30, 3)
        company.run("import", "bills.csv", user="stella")
        company.run("customer", "show", company.customers[0], "--purpose", "service", user="adam")
        company.run("score", "run", "--as-of", "2026-01-01", "--scores", "loyalty", user="nina")
        company.write("first.checkpoint", company.run("audit", "checkpoint", user="olga").decode())
        company.run("customer", "list", user="nina")
        company.write("now.checkpoint", company.run("audit", "checkpoint", user="olga").decode())
        with open(company.path("keys", "crm.vkey"), encoding="utf-8") as file:
            cls.vkey = file.read().strip()

    @classmethod
    def tearDownClass(cls):
        cls.company.remove()

    def elsewhere(self, *names):
        """A folder with nothing of the company's but these files and the log's public key."""
        folder = self.company.path("elsewhere-" + self.id().split(".")[-1])
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        shutil.copy(self.company.path("keys", "crm.vkey"), folder)
        for name in names:
            source = self.company.path(name)
            (shutil.copytree if os.path.isdir(source) else shutil.copy)(source, os.path.join(folder, name))
        return folder

    def outside(self, folder, *arguments, status=0):
        """Runs the program where there is no vault, no keyring and no user."""
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": folder, "LANG": "C.UTF-8"}
        done = subprocess.run(
            [os.environ["CRMVAULT_BIN"], *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
        self.assertEqual(done.returncode, status, done.stderr.decode(errors="replace") + done.stdout.decode())
        return done.stdout

    # Proofs for a customer

    def subject(self, customer, name):
        self.company.run("audit", "subject", customer, "--for-subject", "--proofs", name, user="paul")
        return self.elsewhere(name)

    def test_a_customer_checks_the_report_where_there_is_no_vault(self):
        customer = self.company.customers[0]
        folder = self.subject(customer, "proofs-1")
        result = json.loads(self.outside(folder, "audit", "verify-proof", "proofs-1", "--vkey", "crm.vkey", "--json"))
        self.assertTrue(result["ok"])
        shown = [file for file in result["files"] if file.get("action") == "customer.show"]
        self.assertEqual([file["subject"] for file in shown], [customer])
        runs = [file for file in result["files"] if file.get("action") == "score.run"]
        self.assertEqual([file["sets"] for file in runs], [[{"customer": customer, "member": True}]] * 2)
        everything = "".join(
            open(os.path.join(folder, "proofs-1", name), encoding="latin-1").read()
            for name in os.listdir(os.path.join(folder, "proofs-1")))
        for word in ("adam", "nina", "stella", "actor", "Zebulon", "139123", self.company.customers[1]):
            self.assertNotIn(word, everything)

    def test_python_checks_the_same_proofs_from_the_page_of_formats_alone(self):
        customer = self.company.customers[1]
        folder = os.path.join(self.subject(customer, "proofs-2"), "proofs-2")

        def read(name):
            with open(os.path.join(folder, name), "rb") as file:
                return file.read()

        def proven(name):
            head, note = read(name).split(b"\n\n", 1)
            lines = head.decode().splitlines()
            self.assertEqual(lines[0], "c2sp.org/tlog-proof@v1")
            index, envelope, what = int(lines[1].split(" ")[1]), read(name + ".envelope.json"), read(name + ".what.json")
            size, root = check_note(note, self.vkey)
            self.assertEqual(leads_to(sha256(b"\0", envelope), index, size, [b64(line) for line in lines[2:]]), root)
            self.assertEqual(b64(json.loads(envelope)["what"]), sha256(what))
            return index, json.loads(what)

        seq, enrolled = proven("customer.tlog-proof")
        member = read("customer.tlog-proof.member")
        salt, (ordinal,), pseudonym = member[:16], struct.unpack(">Q", member[16:24]), member[24:40]
        place, size = struct.unpack(">2Q", member[40:56])
        path = [member[at:at + 32] for at in range(56, len(member), 32)]
        self.assertEqual(size, int(enrolled["count"]))
        leaf = sha256(b"\0", salt, struct.pack(">Q", ordinal), pseudonym)
        self.assertEqual(leads_to(leaf, place, size, path), b64(enrolled["details"]["root"]))
        symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        number = int.from_bytes(pseudonym, "big")
        text = "".join(symbols[number >> shift & 31] for shift in range(125, -1, -5))
        self.assertEqual("C-" + text + (symbols + "*~$=U")[number % 37], customer)
        sets = 0
        for name in sorted(os.listdir(folder)):
            if not name.endswith(".chunk"):
                continue
            _, what = proven(name.removesuffix(".chunk"))
            proof, universe = read(name), int(what["set"]["universe"])
            path = [proof[at:at + 32] for at in range(272, len(proof), 32)]
            chunks = (universe + 2047) // 2048
            self.assertEqual(leads_to(sha256(b"\0", proof[:272]), ordinal // 2048, chunks, path), b64(what["set"]["root"]))
            if what["action"] == "score.run":
                self.assertEqual(proof[16 + ordinal % 2048 // 8] >> ordinal % 8 & 1, 1)
            sets += 1
        self.assertGreater(sets, 2)
        self.assertGreaterEqual(seq, 1)

    def test_a_proof_with_a_changed_byte_or_another_key_does_not_verify(self):
        folder = self.subject(self.company.customers[2], "proofs-3")
        proofs = os.path.join(folder, "proofs-3")
        for name in sorted(os.listdir(proofs)):
            path = os.path.join(proofs, name)
            with open(path, "rb") as file:
                good = file.read()
            changed = bytearray(good)
            changed[len(good) // 2] ^= 1
            with open(path, "wb") as file:
                file.write(changed)
            with self.subTest(file=name):
                self.outside(folder, "audit", "verify-proof", "proofs-3", "--vkey", "crm.vkey", status=76)
            with open(path, "wb") as file:
                file.write(good)
        self.outside(folder, "audit", "verify-proof", "proofs-3", "--vkey", "crm.vkey")
        os.remove(os.path.join(proofs, "customer.tlog-proof"))
        self.outside(folder, "audit", "verify-proof", "proofs-3", "--vkey", "crm.vkey", status=76)
        with open(os.path.join(folder, "other.vkey"), "w", encoding="utf-8") as file:
            file.write("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n")
        self.outside(folder, "audit", "verify-proof", "proofs-3", "--vkey", "other.vkey", status=76)
        self.outside(folder, "audit", "verify-proof", "nothing", "--vkey", "crm.vkey", status=66)

    # Published logs

    def test_a_published_log_verifies_elsewhere_and_no_longer_when_a_byte_is_changed(self):
        self.company.run("audit", "publish", "published", user="nina")
        self.company.run("customer", "list", user="nina")
        self.company.run("audit", "publish", "published", user="carol")
        folder = self.elsewhere("published", "first.checkpoint")
        result = json.loads(self.outside(
            folder, "audit", "verify-proof", "published", "--vkey", "crm.vkey", "--since", "first.checkpoint", "--json"))
        self.assertTrue(result["ok"])
        entries = "".join(
            open(os.path.join(at, name), encoding="latin-1").read()
            for at, _, names in os.walk(os.path.join(folder, "published")) for name in names)
        for word in ("adam", "nina", "customer.show", *self.company.customers):
            self.assertNotIn(word, entries)
        for at, _, names in list(os.walk(os.path.join(folder, "published"))):
            for name in names:
                path = os.path.join(at, name)
                with open(path, "r+b") as file:
                    file.seek(os.path.getsize(path) // 2)
                    byte = file.read(1)
                    file.seek(-1, 1)
                    file.write(bytes([byte[0] ^ 1]))
                # Partial tiles of an earlier size are of no later log.
                current = re.sub(r".*\.p/", "", path) == path or name == str(result["files"][0]["size"])
                self.outside(folder, "audit", "verify-proof", "published", "--vkey", "crm.vkey", status=76 if current else 0)
                with open(path, "r+b") as file:
                    file.seek(os.path.getsize(path) // 2)
                    file.write(byte)

    # Samples

    def test_a_sample_is_the_draw_that_anybody_can_redo(self):
        folder = self.elsewhere("first.checkpoint", "now.checkpoint")
        arguments = ["--nonce", "dice 6 1 4", "--size", "5", "--at"]
        drawn = self.company.json("audit", "sample", *arguments, "now.checkpoint", user="olga")
        numbers = json.loads(self.outside(
            folder, "audit", "sample", *arguments, "now.checkpoint", "--numbers", "--vkey", "crm.vkey", "--json"))
        self.assertEqual([entry["seq"] for entry in drawn], numbers["sample"])
        with open(os.path.join(folder, "now.checkpoint"), "rb") as file:
            _, size, _, text = checkpoint(file.read())
        nonce = b"dice 6 1 4"
        seed = hashlib.sha256(
            b"crmvault/sample/v1\0" + struct.pack(">I", len(nonce)) + nonce + b"\0" + text).digest()
        found, block = [], 0
        while len(found) < 5:
            for number in struct.unpack(">4Q", hashlib.sha256(seed + struct.pack(">Q", block)).digest()):
                if number < 2**64 - 2**64 % size and number % size not in found:
                    found.append(number % size)
            block += 1
        self.assertEqual(numbers["sample"], found[:5])
        later = json.loads(self.outside(
            folder, "audit", "sample", *arguments[:3], "1", "--at", "now.checkpoint", "--after", "first.checkpoint",
            "--numbers", "--vkey", "crm.vkey", "--json"))
        self.assertTrue(all(number >= later["first"] for number in later["sample"]))
        self.company.run("audit", "sample", *arguments[:3], "100000", "--at", "now.checkpoint", status=64, user="olga")
        self.company.run("audit", "sample", *arguments, "now.checkpoint", status=77, user="nina")

    # Packages

    def package(self, name, *more):
        self.company.run(
            "audit", "package", "--since", "2020-01-01", "--until", self.until, "--out", name, *more, user="olga")
        return self.company.path(name)

    @property
    def until(self):
        """The time of the newest entry of now.checkpoint: what comes later is another period."""
        with open(self.company.path("now.checkpoint"), "rb") as file:
            size = checkpoint(file.read())[1]
        return self.company.json("audit", "show", str(size - 1), user="olga")["t"]

    def test_a_package_is_the_same_bytes_again_and_verifies_elsewhere(self):
        with open(self.package("one.tar"), "rb") as one, open(self.package("two.tar"), "rb") as two:
            self.assertEqual(one.read(), two.read())
        self.assertEqual(os.stat(self.company.path("one.tar")).st_mode & 0o777, 0o600)
        folder = self.elsewhere("one.tar", "first.checkpoint")
        result = json.loads(self.outside(
            folder, "audit", "verify-proof", "one.tar", "--vkey", "crm.vkey", "--since", "first.checkpoint", "--json"))
        self.assertTrue(result["ok"])
        self.assertGreater(result["files"][0]["checked_entries"], 10)
        self.company.run(
            "audit", "package", "--since", "2001-01-01", "--until", "2001-01-02", "--out", "no.tar", status=66, user="olga")
        self.assertFalse(os.path.exists(self.company.path("no.tar")))
        self.company.run(
            "audit", "package", "--since", "2020-01-01", "--until", "2100-01-01", "--out", "one.tar", status=73, user="olga")
        self.company.run(
            "audit", "package", "--since", "2020-01-01", "--until", "2100-01-01", "--out", "no.tar", status=77, user="adam")

    def commands(self, folder):
        with open(os.path.join(folder, "README.txt"), encoding="utf-8") as file:
            found = re.findall(r"^  (sh check\.sh .*)$", file.read(), flags=re.MULTILINE)
        self.assertEqual(len(found), 3)
        return found

    def unpacked(self, name):
        folder = os.path.join(self.elsewhere(name), "unpacked")
        os.makedirs(folder)
        subprocess.run(["tar", "-x", "-f", os.path.join("..", name)], cwd=folder, check=True)
        return folder

    def shell(self, shell, command, folder):
        return subprocess.run(
            [shell, "-c", command.replace("sh check.sh", f"{shell} check.sh")], cwd=folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False)

    def test_the_readmes_three_commands_check_a_package_with_openssl_and_coreutils(self):
        self.package("checked.tar", "--report", "first.checkpoint")
        folder = self.unpacked("checked.tar")
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
        for shell in SHELLS:
            for command in self.commands(folder):
                done = self.shell(shell, command, folder)
                self.assertEqual(done.returncode, 0, done.stdout.decode())
        self.outside(folder, "audit", "verify-proof", ".", "--vkey", "log.vkey")

    def test_the_readmes_commands_find_what_was_changed(self):
        self.package("changed.tar")
        folder = self.unpacked("changed.tar")
        signatures, tree, bodies = self.commands(folder)
        cases = [
            ("entries/000000000000.envelope", tree), ("entries/000000000000.what", bodies),
            ("entries/000000000000.who", bodies), ("checkpoints/end", signatures)]
        for name, command in cases:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                good = file.read()
            lines = good.split(b"\n")
            changes = [good.replace(b"a", b"b", 1), b"\n".join(lines[1:]), b"\n".join(lines[:1] + lines[:-1] + [b""])]
            for changed in changes if name != "checkpoints/end" else [good.replace(b"\n", b"\n1", 1)]:
                with open(path, "wb") as file:
                    file.write(changed)
                with self.subTest(file=name, command=command):
                    self.assertNotEqual(self.shell("sh", command, folder).returncode, 0)
                    self.outside(folder, "audit", "verify-proof", ".", "--vkey", "log.vkey", status=76)
            with open(path, "wb") as file:
                file.write(good)
        # The key that comes with a package proves nothing: with one's own, another log's package fails.
        with open(os.path.join(folder, "mine.vkey"), "w", encoding="utf-8") as file:
            file.write("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n")
        self.assertNotEqual(self.shell("sh", "sh check.sh signatures mine.vkey", folder).returncode, 0)


if __name__ == "__main__":
    unittest.main()
