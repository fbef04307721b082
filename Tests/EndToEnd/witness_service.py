"""A witness of the program's own, served in a process that tests may kill."""

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request


class WitnessService:
    """Made once in a folder; started and killed as often as a test likes."""

    def __init__(self, scratch, *logs, name="example.org/w1"):
        self.scratch, self.logs, self.folder = scratch, logs, scratch.path("witness")
        made = subprocess.run(
            [os.environ["CRMVAULT_BIN"], "witness", "init", self.folder, "--name", name], check=True,
            stdout=subprocess.PIPE, env=scratch.environment)
        self.vkey = made.stdout.decode().strip()
        self.process, self.port, self.options = None, 0, []

    def start(self):
        arguments = [os.environ["CRMVAULT_BIN"], "witness", "serve", self.folder, "--json", "--listen",
                     f"127.0.0.1:{self.port}"]
        for log in self.logs:
            arguments += ["--log", log]
        arguments += self.options
        self.process = subprocess.Popen(
            arguments, env=self.scratch.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=open(self.scratch.path("witness.log"), "ab"))
        # One JSON document, then nothing more.
        text = b""
        while not text.rstrip().endswith(b"}"):
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError("the witness did not start: " + self.log())
            text += line
        self.url = json.loads(text)["url"]
        self.port = int(self.url.rsplit(":", 1)[1])
        return self

    def log(self):
        with open(self.scratch.path("witness.log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def kill(self):
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def get(self, path):
        """Status and body."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def post(self, body):
        request = urllib.request.Request(self.url + "/add-checkpoint", data=body, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def show(self):
        return json.loads(subprocess.run(
            [os.environ["CRMVAULT_BIN"], "witness", "show", self.folder, "--json"], check=True,
            stdout=subprocess.PIPE, env=self.scratch.environment).stdout)
