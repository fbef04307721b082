#!/usr/bin/env python3
"""What one `customer show` costs beside stretching the passphrase.

    show_cost.py --crmvault PATH

Counts storage transactions and syncs with strace, and measures wall time of `customer show` against `crmvault
--version` (an empty process) and against a bare SQLite transaction of the same size, with a debug build's floor
of Argon2id or, for a release build, with the stretching measured apart (`user passphrase --check` is none:
`whoami` opens the same key and reads only).
"""
import argparse
import json
import os
import re
import sqlite3
import statistics
import subprocess
import tempfile
import time


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--crmvault", required=True)
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, XDG_STATE_HOME=f"{folder}/state", CRMVAULT_KEYS=f"{folder}/keys",
                           CRMVAULT_VAULT=f"{folder}/crm.vault", CRMVAULT_PASSPHRASE_FILE=f"{folder}/pass")
        with open(f"{folder}/pass", "w") as file:
            file.write("a passphrase for the bench\n")
        os.chmod(f"{folder}/pass", 0o600)

        def run(*command, text=None):
            return subprocess.run([arguments.crmvault, *command], env=environment, input=text, check=True,
                                  capture_output=True, text=True).stdout

        run("init", "--kdf", "interactive")
        customer = json.loads(run("customer", "add", "--from", "-", "--json",
                                  text='{"name":"Li Hua","phone":"+8613800138000","city":"Wuhan"}'))["id"]
        trace = f"{folder}/trace"
        subprocess.run(["strace", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", trace, arguments.crmvault,
                        "customer", "show", customer], env=environment, check=True, capture_output=True)
        syncs = [line for line in open(trace) if re.search(r"f(data)?sync\(", line)]
        inside = sum("crm.vault" in line for line in syncs)
        print(f"customer show: {inside} syncs in the store, {len(syncs) - inside} elsewhere (5 and 1 wanted)")

        def wall(work):
            times = []
            for _ in range(arguments.rounds):
                start = time.perf_counter()
                work()
                times.append(time.perf_counter() - start)
            return statistics.median(times) * 1000

        empty = wall(lambda: run("--version"))
        reading = wall(lambda: run("whoami"))
        show = wall(lambda: run("customer", "show", customer))
        bare = bare_transaction(folder, wall)
        print(f"customer show {show:.1f} ms, whoami (the same stretching, no entry) {reading:.1f} ms, empty process "
              f"{empty:.1f} ms, a bare transaction of the same size {bare:.1f} ms")
        print(f"show less whoami: {show - reading:.1f} ms = {(show - reading) / bare:.2f} bare transactions "
              f"({'meets' if show - reading <= 3 * bare else 'misses'} 3)")


def bare_transaction(folder, wall):
    """A commit of an entry's size under the same settings, in a process that is there already."""
    database = sqlite3.connect(f"{folder}/bare.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode=DELETE")
    database.execute("PRAGMA synchronous=EXTRA")
    database.execute("CREATE TABLE entry(seq INTEGER PRIMARY KEY, a BLOB, b BLOB, c BLOB)")
    database.execute("CREATE TABLE checkpoint(size INTEGER PRIMARY KEY, note BLOB, frontier BLOB)")
    database.execute("CREATE TABLE session(id INTEGER PRIMARY KEY, sealed BLOB)")
    count = iter(range(1, 1_000_000))

    def work():
        index = next(count)
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO entry VALUES(?,?,?,?)",
                         (index, os.urandom(400), os.urandom(350), os.urandom(300)))
        database.execute("INSERT INTO checkpoint VALUES(?,?,?)", (index, os.urandom(450), os.urandom(100)))
        database.execute("INSERT INTO session VALUES(?,?)", (index, os.urandom(110)))
        database.execute("COMMIT")

    return wall(work)


main()
