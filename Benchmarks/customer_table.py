#!/usr/bin/env python3
"""Makes a table of customers to anonymize: 8 quasi-identifiers, 4,000 postcodes by Zipf's law, one sensitive column.

    customer_table.py ROWS FOLDER [SEED]

writes FOLDER/customers.csv, FOLDER/occupation.csv (a hierarchy) and FOLDER/profile.yaml. Nobody in it exists.
"""

import bisect
import itertools
import pathlib
import random
import sys

OCCUPATIONS = {
    "office": ["clerk", "accountant", "assistant", "analyst", "manager"],
    "trade": ["retail", "wholesale", "driver", "courier"],
    "craft": ["electrician", "mechanic", "carpenter", "builder", "cook"],
    "care": ["nurse", "teacher", "physician", "carer"],
    "none": ["student", "retired"],
}
GROUPS = {"office": "paid", "trade": "paid", "craft": "paid", "care": "paid", "none": "unpaid"}
CATEGORIES = ["groceries", "transport", "restaurants", "clothing", "electronics", "travel", "health", "games",
              "insurance", "gifts", "education", "donations"]

PROFILE = """\
columns:
  birth_year: {role: quasi, hierarchy: {intervals: [5, 10, 20, 40], from: 1900}}
  gender: {role: quasi}
  postcode: {role: quasi, hierarchy: {mask: right}}
  occupation: {role: quasi, hierarchy: occupation.csv}
  marital: {role: quasi}
  tier: {role: quasi}
  joined: {role: quasi, hierarchy: {dates: [month, quarter, year]}}
  household: {role: quasi, hierarchy: {intervals: [2], from: 1}}
  category: {role: sensitive}
privacy: {k: 5, l: 3, suppress: 0.02}
recoding: local
"""


class Weighted:
    """Draws from a list with weights."""

    def __init__(self, values, weights):
        self.values = values
        self.sums = list(itertools.accumulate(weights))

    def draw(self, source):
        return self.values[bisect.bisect_left(self.sums, source.random() * self.sums[-1])]


def postcodes(source):
    """4,000 codes of four digits, the popular ones in clusters as cities are."""
    codes = [f"{number:04d}" for number in range(1000, 10_000)]
    centres = source.sample(range(9), 9)
    codes.sort(key=lambda code: (centres[int(code[0]) - 1], source.random() * 40 + int(code[1]) * 3))
    return codes[:4000]


def rows(count, seed):
    source = random.Random(seed)
    zipf = Weighted(postcodes(source), [1 / rank for rank in range(1, 4001)])
    jobs = [job for jobs in OCCUPATIONS.values() for job in jobs]
    occupation = Weighted(jobs, [source.random() + 0.1 for _ in jobs])
    category = Weighted(CATEGORIES, [1 / rank for rank in range(1, len(CATEGORIES) + 1)])
    marital = Weighted(["single", "married", "divorced", "widowed"], [40, 45, 10, 5])
    tier = Weighted(["bronze", "silver", "gold", "platinum"], [60, 25, 12, 3])
    household = Weighted([1, 2, 3, 4, 5, 6], [30, 33, 17, 13, 5, 2])
    gender = Weighted(["female", "male", "other"], [50, 49, 1])
    for _ in range(count):
        year = int(source.triangular(1930, 2007, 1990))
        yield (year, gender.draw(source), zipf.draw(source), occupation.draw(source), marital.draw(source),
               tier.draw(source), f"{2015 + int(source.triangular(0, 10, 9.9))}-{source.randrange(1, 13):02d}",
               household.draw(source), category.draw(source))


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "customers.csv", "w", newline="") as file:
        file.write("birth_year,gender,postcode,occupation,marital,tier,joined,household,category\n")
        for row in rows(int(sys.argv[1]), int(sys.argv[3]) if len(sys.argv) == 4 else 1):
            file.write(",".join(map(str, row)) + "\n")
    with open(folder / "occupation.csv", "w", newline="") as file:
        for group, jobs in OCCUPATIONS.items():
            for job in jobs:
                file.write(f"{job},{group},{GROUPS[group]}\n")
    (folder / "profile.yaml").write_text(PROFILE)


if __name__ == "__main__":
    main()
