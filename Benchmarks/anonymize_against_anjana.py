#!/usr/bin/env python3
"""CPU time and loss of `crmvault table anonymize` against anjana (PyPI) on one CSV file, and its cost by table size.

    anonymize_against_anjana.py --crmvault PROGRAM [--adult FOLDER] [--sizes 10000,100000,1000000]

anjana generalizes whole columns until k holds; its loss is measured as ours is, from what it wrote. FOLDER holds
adult_30162.csv and hierarchies/; without it only the cost by size is shown. Run it with a Python that has anjana.
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
QUASI = ["age", "education", "marital-status", "native-country", "occupation", "race", "sex", "workclass"]


def run(arguments):
    """Runs a program: what it printed, CPU seconds, megabytes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(arguments, stdout=subprocess.PIPE, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout), seconds, after.ru_maxrss / 1024


def ours(crmvault, table, profile, out, *options):
    out.unlink(missing_ok=True)
    return run([crmvault, "table", "anonymize", table, "--out", out, "--profile", profile, "--json", *options])


def hierarchy(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\r\n").split(";") for line in file if line.strip()]


def loss(rows, total, paths):
    """Normalized certainty penalty, a suppressed cell counting 1."""
    penalty = {}
    for name, lines in paths.items():
        leaves = {}
        for line in lines:
            for label in set(line):
                leaves[label] = leaves.get(label, 0) + 1
        penalty[name] = {label: 0 if count == 1 else count / len(lines) for label, count in leaves.items()}
    cells = sum(penalty[name][str(row[name])] for row in rows for name in QUASI)
    return (cells + (total - len(rows)) * len(QUASI)) / (total * len(QUASI))


def against_anjana(crmvault, adult, folder):
    import pandas
    from anjana.anonymity import k_anonymity

    table = adult / "adult_30162.csv"
    paths = {name: hierarchy(adult / "hierarchies" / f"adult_hierarchy_{name}.csv") for name in QUASI}
    profile = folder / "adult.yaml"
    profile.write_text("columns:\n" + "".join(
        f"  {name}: {{role: quasi, hierarchy: {adult.resolve()}/hierarchies/adult_hierarchy_{name}.csv}}\n"
        for name in QUASI) + "privacy: {k: 5, suppress: 0.05}\n")
    result, seconds, _ = ours(crmvault, table, profile, folder / "ours.csv")
    data = pandas.read_csv(table, dtype=str)
    levels = {name: {level: [line[level] for line in paths[name]] for level in range(len(paths[name][0]))}
              for name in QUASI}
    start = time.process_time()
    theirs = k_anonymity(data, [], QUASI, 5, 5, levels)
    their_seconds = time.process_time() - start
    their_loss = loss(theirs.to_dict("records"), len(data), paths)
    print(f"Adult, 8 quasi-identifiers, k = 5: crmvault local NCP {result['ncp']:.4f} in {seconds:.2f} CPU s, "
          f"anjana NCP {their_loss:.4f} in {their_seconds:.2f} CPU s: {their_seconds / seconds:.1f} times less CPU")
    if their_seconds < 5 * seconds or result["ncp"] >= their_loss:
        sys.exit("anjana is not beaten as promised: at least 5 times less CPU at a lower loss")


def by_size(crmvault, sizes, folder):
    print(f"{'rows':>9} {'mode':>9} {'CPU s':>7} {'MB':>6} {'NCP':>7}")
    for size in sizes:
        subprocess.run([sys.executable, HERE / "customer_table.py", str(size), folder / str(size)], check=True)
        for mode in ("local", "partition"):
            source = folder / str(size)
            result, seconds, megabytes = ours(
                crmvault, source / "customers.csv", source / "profile.yaml", source / "out.csv", "--mode", mode)
            print(f"{size:>9} {mode:>9} {seconds:>7.1f} {megabytes:>6.0f} {result['ncp']:>7.4f}", flush=True)
            if size >= 1_000_000 and (seconds > (60 if mode == "local" else 10) or megabytes > 1500):
                sys.exit("a million rows cost more than promised: 60 CPU s (partition: 10) and 1.5 GB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crmvault", required=True)
    parser.add_argument("--adult", type=pathlib.Path)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crmvault-bench-") as folder:
        folder = pathlib.Path(folder)
        if arguments.adult:
            against_anjana(arguments.crmvault, arguments.adult, folder)
        by_size(arguments.crmvault, [int(size) for size in arguments.sizes.split(",")], folder)


if __name__ == "__main__":
    main()
