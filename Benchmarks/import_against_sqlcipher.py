#!/usr/bin/env python3
"""Import of payments against inserting the same rows into SQLCipher 4, as ratios of CPU time in one run.

    import_against_sqlcipher.py --crmvault PATH [--events 3000000] [--customers 1000000]

The file is in time order. Its customers are new to the vault, which then enrols them too (five keys, a record and an
index entry each), or, with --known, were imported before from a file of customers. SQLCipher gets the rows already parsed, with the
same durability (rollback journal, synchronous=EXTRA) and transactions of 10,000 rows; a raw key, so that no
passphrase is stretched. Ours includes parsing the file twice, stretching a passphrase, and everything else.
"""
import argparse
import os
import random
import resource
import sys
import tempfile
import time


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--crmvault", required=True)
    parser.add_argument("--events", type=int, default=3_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--known", action="store_true", help="import the customers first, unmeasured")
    return parser.parse_args()


def write_events(path, events, customers, scattered):
    """A file of payments in time order; order ids ascend or are scattered over 64 bits."""
    source = random.Random(20261125)
    start = 1_700_000_000
    step = 31_536_000 / events
    with open(path, "w", buffering=1 << 20) as file:
        file.write("account,time,amount,order_id\n")
        rows = []
        for index in range(events):
            account = index if index < customers else source.randrange(customers)
            day = time.strftime("%Y-%m-%d", time.gmtime(start + index * step)) if index % 1000 == 0 else day
            amount = source.randrange(100, 500_000)
            order = source.getrandbits(63) if scattered else 10_000_000_000 + index
            rows.append(f"A{account:08d},{day},{amount // 100}.{amount % 100:02d},{order}\n")
            if len(rows) == 10_000:
                file.writelines(rows)
                rows.clear()
        file.writelines(rows)


def child(work):
    """Runs `work` in a process of its own; returns its CPU seconds and peak memory in MB."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            code = work() or 0
        finally:
            os._exit(code)
    _, status, usage = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit("a measured process failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def write_customers(path, customers):
    """A file of the customers that the payments name."""
    with open(path, "w", buffering=1 << 20) as file:
        file.write("account,name,city\n")
        file.writelines(f"A{account:08d},Customer {account},Shanghai\n" for account in range(customers))


def run_crmvault(binary, folder, csv, customers):
    environment = dict(os.environ, XDG_STATE_HOME=f"{folder}/state", CRMVAULT_KEYS=f"{folder}/keys",
                       CRMVAULT_VAULT=f"{folder}/crm.vault", CRMVAULT_PASSPHRASE_FILE=f"{folder}/pass")
    with open(f"{folder}/pass", "w") as file:
        file.write("a passphrase for the bench\n")
    os.chmod(f"{folder}/pass", 0o600)

    def command(*arguments):
        def work():
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.execve(binary, [binary, *arguments], environment)
        return child(work)

    command("init", "--kdf", "interactive")
    if customers:
        command("import", customers, "--mapping", "customers")
    return command("import", csv, "--mapping", "transactions")


def run_sqlcipher(folder, csv, index, cache_mb):
    import sqlcipher3

    rows = []
    with open(csv, "rb") as file:
        next(file)
        for line in file:
            account, day, amount, order = line.rstrip().decode().split(",")
            rows.append((account, day, int(amount.replace(".", "")), int(order)))

    before = resource.getrusage(resource.RUSAGE_SELF)
    database = sqlcipher3.connect(f"{folder}/cipher.db", isolation_level=None)
    database.execute(f"PRAGMA key = \"x'{'ab' * 32}'\"")
    database.execute("PRAGMA journal_mode=DELETE")
    database.execute("PRAGMA synchronous=EXTRA")
    database.execute(f"PRAGMA cache_size=-{cache_mb * 1024}")
    database.execute("CREATE TABLE payment(account TEXT, day TEXT, amount INTEGER, order_id INTEGER)")
    if index:
        database.execute("CREATE UNIQUE INDEX payment_order ON payment(order_id)")
    for first in range(0, len(rows), 10_000):
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO payment VALUES(?,?,?,?)", rows[first:first + 10_000])
        database.execute("COMMIT")
    database.close()
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with open(f"{folder}/cpu", "w") as file:
        file.write(str(cpu))


def main():
    arguments = parse_arguments()
    for name, scattered, index, limit in (
        ("plain table", False, False, 3.0),
        ("unique index, ascending order ids", False, True, 2.2),
        ("unique index, scattered order ids", True, True, 0.5),
    ):
        with tempfile.TemporaryDirectory() as folder:
            csv = f"{folder}/payments.csv"
            write_events(csv, arguments.events, arguments.customers, scattered)
            customers = f"{folder}/customers.csv" if arguments.known else None
            if customers:
                write_customers(customers, arguments.customers)
            ours, memory = run_crmvault(arguments.crmvault, folder, csv, customers)
            child(lambda: run_sqlcipher(folder, csv, index, 64))
            theirs = float(open(f"{folder}/cpu").read())
            ratio = ours / theirs
            verdict = "meets" if ratio <= limit else "misses"
            print(f"import, {arguments.events} payments of {arguments.customers} "
                  f"{'known' if arguments.known else 'new'} customers, against SQLCipher, {name}: "
                  f"{ours:.1f} s / {theirs:.1f} s CPU = {ratio:.2f} ({verdict} {limit}); peak {memory:.0f} MB "
                  f"({'meets' if memory <= 400 else 'misses'} 400)", flush=True)


main()
