"""The program under test, in a folder of its own: what a person would have around it."""

import json
import os
import shutil
import subprocess
import tempfile


class Scratch:
    """A folder with a vault `crm.vault`, a keyring `keys` and passphrase files; nothing of the person's is touched."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="crmvault-e2e-")
        self.environment = {
            "PATH": os.environ.get("PATH", ""), "HOME": self.folder, "XDG_STATE_HOME": self.path("state"),
            "CRMVAULT_TEST_KDF": "floor", "LANG": "C.UTF-8"}

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, text):
        """A private file; its path."""
        path = self.path(name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run(self, *arguments, status=0, stdin=b"", user="owner"):
        """Runs crmvault; its standard output. The exit status must be the one given."""
        environment = dict(
            self.environment, CRMVAULT_USER=user, CRMVAULT_PASSPHRASE_FILE=self.path(user + ".passphrase"))
        done = subprocess.run(
            [os.environ["CRMVAULT_BIN"], *arguments], cwd=self.folder, env=environment, input=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
        if done.returncode != status:
            raise AssertionError(
                f"crmvault {' '.join(arguments)}: exit status {done.returncode}, not {status}\n"
                + done.stderr.decode(errors="replace"))
        return done.stdout

    def errors(self, *arguments, user="owner"):
        """Runs crmvault, whatever its exit status; its standard error."""
        environment = dict(
            self.environment, CRMVAULT_USER=user, CRMVAULT_PASSPHRASE_FILE=self.path(user + ".passphrase"))
        return subprocess.run(
            [os.environ["CRMVAULT_BIN"], *arguments], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120, check=False).stderr.decode()

    def json(self, *arguments, **options):
        """Runs crmvault with --json; what it printed."""
        return json.loads(self.run(*arguments, "--json", **options))
