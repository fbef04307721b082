#!/usr/bin/env python3
"""Opening records against pgcrypto on PostgreSQL, as ratios of CPU time in one run.

    open_against_pgcrypto.py --open-rate MICROSECONDS [--rows 2000]

MICROSECONDS is what opening one of our records costs (Benchmarks/run prints it). The server is started on a socket
of a scratch folder and decrypts values of the same size with pgp_sym_decrypt_bytea: with its default key stretching
(s2k-mode 3), and with s2k-mode 0, where no stretching is done.
"""
import argparse
import os
import pwd
import shutil
import subprocess
import tempfile


def cpu_of(pid):
    """User and system seconds of a process."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--open-rate", type=float, required=True, help="microseconds for one of our records")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--size", type=int, default=128, help="bytes of plaintext a record")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="crmvault-pg-")
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)

    def run(*command, text=None, check=True):
        prefix = ["runuser", "-u", "postgres", "--"] if user else []
        return subprocess.run([*prefix, *command], input=text, text=True, capture_output=True, check=check, cwd="/")

    try:
        run("initdb", "-D", f"{folder}/data", "-A", "trust")
        run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o",
            f"-c listen_addresses='' -c unix_socket_directories={folder}", "start")
        for name, options, rows in (
            ("default key stretching", "cipher-algo=aes256", arguments.rows),
            ("without stretching", "cipher-algo=aes256, s2k-mode=0", arguments.rows * 20),
        ):
            script = f"""
              CREATE EXTENSION IF NOT EXISTS pgcrypto;
              DROP TABLE IF EXISTS record;
              CREATE TABLE record AS SELECT pgp_sym_encrypt_bytea(gen_random_bytes({arguments.size}), 'a key of 32 bytes', '{options}') AS sealed
                FROM generate_series(1, {rows});
              SELECT pg_backend_pid();
              SELECT 'cpu', (SELECT (string_to_array(split_part(pg_read_file('/proc/self/stat'), ') ', 2), ' '))[12]::int
                + (string_to_array(split_part(pg_read_file('/proc/self/stat'), ') ', 2), ' '))[13]::int);
              SELECT sum(length(pgp_sym_decrypt_bytea(sealed, 'a key of 32 bytes'))) FROM record;
              SELECT 'cpu', (SELECT (string_to_array(split_part(pg_read_file('/proc/self/stat'), ') ', 2), ' '))[12]::int
                + (string_to_array(split_part(pg_read_file('/proc/self/stat'), ') ', 2), ' '))[13]::int);
            """
            output = run("psql", "-h", folder, "-d", "postgres", "-X", "-q", "-A", "-t", text=script).stdout
            ticks = [int(line.split("|")[1]) for line in output.splitlines() if line.startswith("cpu|")]
            theirs = (ticks[1] - ticks[0]) / os.sysconf("SC_CLK_TCK") / rows * 1e6
            ratio = theirs / arguments.open_rate
            wanted = " (100 wanted)" if "default" in name else ""
            print(f"open a record, against pgcrypto, {name}: {arguments.open_rate:.2f} µs against {theirs:.1f} µs, "
                  f"{ratio:.0f} times as fast{wanted}", flush=True)
    finally:
        run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


main()
