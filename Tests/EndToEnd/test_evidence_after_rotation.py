"""Evidence of a log that has had two keys: verifiers begin with the first public key and follow the log's own entries."""

import os
import subprocess
import tarfile
import unittest

from company import Company


class EvidenceAfterRotationTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.company = company = Company(customers=2)
        company.run("customer", "show", company.customers[0], "--purpose", "service", user="adam")
        company.write("early.checkpoint", company.run("audit", "checkpoint", user="olga").decode())
        cls.rotated = company.json("audit", "key", "rotate", "--yes", user="carol")
        company.run("customer", "list", user="nina")

    @classmethod
    def tearDownClass(cls):
        cls.company.remove()

    def test_a_published_log_is_followed_from_the_first_key(self):
        company = self.company
        company.run("audit", "publish", "published", user="olga")
        company.run("audit", "verify-proof", "published", "--vkey", company.path("keys", "crm.vkey"), "--since", "early.checkpoint")
        # The key of today leads there as well: it is one of the chain.
        company.write("new.vkey", self.rotated["log_vkey"] + "\n")
        company.run("audit", "verify-proof", "published", "--vkey", "new.vkey")
        other = Company(customers=1)
        try:
            company.run("audit", "verify-proof", "published", "--vkey", other.path("keys", "crm.vkey"), status=76)
        finally:
            other.remove()

    def test_a_package_is_followed_from_the_first_key(self):
        company = self.company
        company.run("audit", "package", "--since", "2020-01-01", "--until", "2099-01-01", "--out", "all.tar", user="olga")
        company.run("audit", "verify-proof", "all.tar", "--vkey", company.path("keys", "crm.vkey"), "--since", "early.checkpoint")
        folder = company.path("unpacked")
        with tarfile.open(company.path("all.tar")) as archive:
            archive.extractall(folder)
        company.run("audit", "verify-proof", "unpacked", "--vkey", company.path("keys", "crm.vkey"))
        # The script of the package needs the key that signed its end, which is there.
        readme = [name for name in os.listdir(folder) if name.lower().startswith("readme")]
        self.assertEqual(len(readme), 1)

    def test_a_head_signed_by_the_retired_key_is_refused(self):
        """The old key is destroyed; here its owner kept an old head and puts it over the new entries."""
        company = self.company
        company.run("audit", "publish", "forged", user="olga")
        with open(company.path("forged", "checkpoint"), "rb") as file:
            note = file.read()
        with open(company.path("early.checkpoint"), "rb") as file:
            early = file.read()
        text, _ = note.split(b"\n\n", 1)
        _, lines = early.split(b"\n\n", 1)
        with open(company.path("forged", "checkpoint"), "wb") as file:
            file.write(text + b"\n\n" + lines)
        company.run("audit", "verify-proof", "forged", "--vkey", company.path("keys", "crm.vkey"), status=76)

    def test_an_entry_is_proved_under_the_key_of_its_head(self):
        company = self.company
        company.run("audit", "prove", "1", "--out", "one.tlog-proof", user="olga")
        company.write("new.vkey", self.rotated["log_vkey"] + "\n")
        company.run("audit", "verify-proof", "one.tlog-proof", "--vkey", "new.vkey")
        # The first key alone did not sign this head: a proof of one entry cannot show the way from it.
        company.run("audit", "verify-proof", "one.tlog-proof", "--vkey", company.path("keys", "crm.vkey"), status=76)


if __name__ == "__main__":
    unittest.main()
