#!/usr/bin/env python3
"""Fitting BG/NBD, expected purchases and 12-month lifetime values against `lifetimes` (PyPI), in one run on the same
customers, as ratios of CPU time.

    models_against_lifetimes.py --bench PROGRAM [--customers 1000000] [--rounds 1]

PROGRAM is models-bench. The customers are drawn from a BG/NBD world with Gamma-Gamma amounts and observed by the day
for 39 to 78 weeks. Both sides read them from memory; both get the same parameters for what comes after the fit.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter

warnings.filterwarnings("ignore")


def world(customers, seed=1):
    """Repeats, recency, age in weeks, mean spend."""
    random = np.random.default_rng(seed)
    days = random.integers(39 * 7, 78 * 7, customers)
    rate = random.gamma(0.5, 1 / 5.0, customers) / 7
    leave = random.beta(0.8, 2.4, customers)
    repeats = np.zeros(customers, dtype=np.int64)
    last = np.zeros(customers)
    clock = np.zeros(customers)
    alive = np.ones(customers, dtype=bool)
    while alive.any():
        index = np.flatnonzero(alive)
        clock[index] += np.maximum(1, np.ceil(random.exponential(1 / rate[index])))
        here = index[clock[index] <= days[index]]
        alive[index[clock[index] > days[index]]] = False
        repeats[here] += 1
        last[here] = clock[here]
        alive[here[random.random(len(here)) < leave[here]]] = False
    mean = np.zeros(customers)
    some = repeats > 0
    shape = 6 * repeats[some]
    mean[some] = np.round(random.gamma(shape, 1 / (random.gamma(4, 1 / 15.0, some.sum()) * shape / 6)) / 1, 2)
    mean[some] = np.maximum(mean[some], 0.01)
    return repeats.astype(float), last / 7, days / 7, mean


def timed(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", required=True)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    x, t_x, age, mean = world(arguments.customers)

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "customers")
        np.column_stack([x, t_x, age, mean]).astype("<f8").tofile(path)
        ours = json.loads(subprocess.run(
            [arguments.bench, path, str(arguments.rounds)], check=True, capture_output=True, text=True).stdout)

    columns = [pd.Series(column) for column in (x, t_x, age)]
    fitter = BetaGeoFitter()
    theirs = {}
    theirs["fit"], _ = timed(lambda: fitter.fit(*columns))
    fitted = [float(fitter.params_[name]) for name in ("r", "alpha", "a", "b")]
    fitter.params_ = pd.Series(ours["params"], index=["r", "alpha", "a", "b"])
    spend = GammaGammaFitter()
    spend.params_ = pd.Series(ours["spend"], index=["p", "q", "v"])
    theirs["expected"], purchases = timed(
        lambda: fitter.conditional_expected_number_of_purchases_up_to_time(52, *columns))
    theirs["clv"], values = timed(
        lambda: spend.customer_lifetime_value(fitter, *columns, pd.Series(mean), time=12, discount_rate=0.01, freq="W"))

    print(f"{arguments.customers} customers, {ours['distinct']} distinct (x, t_x, T), CPU seconds")
    for what in ("fit", "expected", "clv"):
        print(f"  {what:9} ours {ours[what]:8.3f}  lifetimes {theirs[what]:8.3f}  {theirs[what] / ours[what]:6.1f} times")
    print(f"  r, alpha, a, b: ours {ours['params']}, lifetimes {fitted}")
    for what, mine, other in (("expected purchases", ours["expected_sum"], float(np.sum(purchases))),
                              ("lifetime values", ours["clv_sum"], float(np.sum(values)))):
        apart = abs(other / mine - 1)
        print(f"  {what} in sum: {mine:.3f}, apart by {apart:.1e} of it")
        if apart > 1e-6:
            sys.exit(f"the two disagree on {what}")
    # Of a few customers the fixed costs of both are all there is.
    if arguments.customers >= 1_000_000:
        slow = [what for what, least in (("fit", 10), ("expected", 3), ("clv", 3)) if theirs[what] < least * ours[what]]
        if slow:
            sys.exit(f"not as many times faster as is asked for: {', '.join(slow)}")


if __name__ == "__main__":
    main()
