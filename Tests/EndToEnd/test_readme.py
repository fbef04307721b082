"""Every command of README.md, run in the order in which it stands there: what the page says is true."""

import os
import re
import subprocess
import unittest

from program import Scratch

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")


def blocks():
    """The shell blocks of the page, less the first, which is about make: who acts, and the script."""
    with open(README, encoding="utf-8") as file:
        scripts = re.findall(r"```sh\n(.*?)```", file.read(), flags=re.DOTALL)
    found = []
    for script in scripts[1:]:
        first, _, rest = script.partition("\n")
        user = first.removeprefix("# as ") if first.startswith("# as ") else None
        found.append((user, rest if user else script))
    return found


class ReadmeTests(unittest.TestCase):
    def test_every_command_of_the_page_works_as_it_stands(self):
        scratch = Scratch()
        self.addCleanup(scratch.remove)
        os.mkdir(scratch.path("bin"))
        os.symlink(os.path.abspath(os.environ["CRMVAULT_BIN"]), scratch.path("bin", "crmvault"))
        environment = dict(scratch.environment, PATH=scratch.path("bin") + ":" + scratch.environment["PATH"])
        scratch.write("passphrase", "correct horse battery staple\n")
        environment["CRMVAULT_PASSPHRASE_FILE"] = scratch.path("passphrase")
        customer = fingerprint = None
        minute, *rest = blocks()
        self.assertGreater(len(rest), 8)
        for number, (user, script) in enumerate([minute] + rest):
            # The vault of one minute has a folder of its own, as its reader has.
            folder = scratch.path("minute" if number == 0 else "company")
            os.makedirs(folder, mode=0o700, exist_ok=True)
            if user:
                environment["CRMVAULT_USER"] = user
            script = script.replace("C-…", f"'{customer}'").replace("FINGERPRINT", str(fingerprint))
            done = subprocess.run(
                ["bash", "-e", "-u", "-o", "pipefail", "-c", script], cwd=folder, env=environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
            output = done.stdout.decode()
            self.assertEqual(done.returncode, 0, f"{script}\n{output}\n{done.stderr.decode(errors='replace')}")
            customer = next(iter(re.findall(r"C-[0-9A-Z*~$=]{27}", output)), customer)
            fingerprint = next(reversed(re.findall(r"Fingerprint: ([0-9a-f]{32})", output)), fingerprint)


if __name__ == "__main__":
    unittest.main()
