"""Measures CSV files with pycanon (PyPI), in a Python of its own: prints JSON by file name.

    pycanon_measures.py FOLDER QUASI,… SENSITIVE,…

Two faults of pycanon 1.3 are known and not copied by crmvault: recursive (c,l)-diversity sorts the counts of a class
upwards where its definition asks for downwards, so that its c is of the rarest value (it is left out here); and entropy
l is cut to a whole number after rounding, so that exactly 3 may come out as 2.
"""

import json
import pathlib
import sys

import numpy
import pandas
from pycanon import anonymity


def main():
    folder, quasi, sensitive = pathlib.Path(sys.argv[1]), sys.argv[2].split(","), sys.argv[3].split(",")
    result = {}
    for path in sorted(folder.glob("*.csv")):
        data = pandas.read_csv(path)
        alpha, k = anonymity.alpha_k_anonymity(data, quasi, sensitive)
        result[path.name] = {
            "k": int(k), "l": int(anonymity.l_diversity(data, quasi, sensitive)),
            "entropy_l": int(anonymity.entropy_l_diversity(data, quasi, sensitive)),
            "t": float(anonymity.t_closeness(data, quasi, sensitive)), "alpha": float(alpha),
            "beta": float(anonymity.basic_beta_likeness(data, quasi, sensitive)),
            "enhanced_beta": float(anonymity.enhanced_beta_likeness(data, quasi, sensitive)),
            "delta": float(anonymity.delta_disclosure(data, quasi, sensitive))}
    json.dump(result, sys.stdout, default=lambda value: value.item() if isinstance(value, numpy.generic) else value)


if __name__ == "__main__":
    main()
