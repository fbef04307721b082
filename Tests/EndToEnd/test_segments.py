"""Segments, recommendations, composites of one's own, exchange rates and explanations, on the real program."""

import json
import math
import os
import random
import unittest

from company import Company

HEAD = "account,time,amount,currency,product,category,order_id,refund_of\n"
AS_OF = ["--as-of", "2025-12-31"]


class Market(unittest.TestCase):
    def company(self, lines, head=HEAD):
        company = Company(customers=0)
        self.addCleanup(company.remove)
        company.write("bills.csv", head + "".join(lines))
        company.json("import", "bills.csv", "--mapping", "transactions", user="stella")
        return company

    def ids(self, company):
        return [customer["id"] for customer in company.json("customer", "list", user="nina")]

    @staticmethod
    def buyers(count=60, start=0):
        """Customers of whom some buy often, some once, some long ago."""
        lines = []
        for index in range(start, start + count):
            for number in range(1 + index % 5):
                month, day = 1 + (index * 3 + number * 2) % 12, 1 + index % 28
                lines.append(
                    f"M-{index},2025-{month:02}-{day:02},{10 + index * 3 % 90}.00,CNY,P-{index % 7},C-{index % 3},"
                    f"O-{index}-{number},\n")
        return lines

    def actions(self, company, action):
        return [entry for entry in company.json("audit", "list", user="olga") if entry["action"] == action]

    def policy(self, company, more):
        text = company.run("policy", "show", user="carol").decode()
        company.write("policy.yaml", text + more)
        company.run("policy", "check", "policy.yaml", user="carol")
        company.approved("policy", "apply", "policy.yaml", "--yes")


class CurrencyTests(Market):
    def test_payments_in_other_currencies_need_rates_or_a_word(self):
        lines = ["A,2025-01-10,100.00,CNY,,,,\n", "A,2025-02-10,10.00,USD,,,,\n", "B,2025-03-10,20.00,USD,,,,\n",
                 "C,2025-03-11,30.00,CNY,,,,\n"]
        company = self.company(lines)
        for command in (["score", "run", "--scores", "value"], ["score", "run", "--model", "rfm"], ["segment", "run"],
                        ["score", "fit", "bg-nbd"], ["score", "report", "--out", "r.html"]):
            company.run(*command, *AS_OF, status=65, user="nina")
            errors = company.errors(*command, *AS_OF, user="nina")
            self.assertIn("2 payments are in a currency other than the vault's", errors)
            self.assertIn("--rates", errors)
        # What was read is told in the log, also where the run is refused.
        phases = [entry["phase"] for entry in self.actions(company, "segment.run")]
        self.assertEqual(phases, ["intent", "result"] * 2)

        left = company.json("score", "run", "--model", "rfm", *AS_OF, "--other-currencies", "leave-out", user="nina")
        self.assertEqual(left["other_currencies"], {"converted": 0, "left_out": 2})
        self.assertEqual(sorted(row["amount"] for row in left["scores"]), [30, 100])
        excluded = company.json("score", "run", "--model", "rfm", *AS_OF, "--other-currencies", "exclude", user="nina")
        self.assertEqual(excluded["excluded"], {"other-currency": 2})

        company.write("rates.csv", "day,currency,rate\n2025-01-01,USD,7.0\n2025-03-01,USD,7.5\n")
        rated = company.json("score", "run", "--model", "rfm", *AS_OF, "--rates", "rates.csv", user="nina")
        self.assertEqual(rated["other_currencies"], {"converted": 2, "left_out": 0})
        self.assertEqual(sorted(row["amount"] for row in rated["scores"]), [30, 150, 170])
        loyal = company.json("score", "run", *AS_OF, "--rates", "rates.csv", "--model", "weights.yaml", user="nina") \
            if company.write("weights.yaml", "weights: {variety: 0, product_quality: 0, service_quality: 0, "
                             "price_satisfaction: 1, referral_value: 0, information_value: 0}\n") else None
        self.assertEqual(loyal["excluded"], {"missing:price_satisfaction": 3})

        # A day before the first rate has none, and none is made up.
        company.write("late.csv", "day,currency,rate\n2025-03-01,USD,7.5\n")
        self.assertIn("1 payment is in a currency that the rates do not cover",
                      company.errors("score", "run", "--model", "rfm", *AS_OF, "--rates", "late.csv", user="nina"))

    def test_a_wrong_file_of_rates_is_told_by_line_and_field(self):
        company = self.company(["A,2025-01-10,100.00,CNY,,,,\n"])
        for text, place in [
                ("date,currency,rate\n", "line 1, header"), ("day,currency,rate\n2025-13-01,USD,7\n", "line 2, day"),
                ("day,currency,rate\n\n2025-01-01,usd,7\n", "line 3, currency"),
                ("day,currency,rate\n2025-01-01,USD,-7\n", "line 2, rate"),
                ("day,currency,rate\n2025-01-01,USD\n", "line 2:"),
                ("day,currency,rate\n2025-01-01,USD,7\n2025-01-01,USD,8\n", "line 3, rate")]:
            company.write("rates.csv", text)
            company.run("score", "run", "--model", "rfm", *AS_OF, "--rates", "rates.csv", status=65, user="nina")
            self.assertIn(place, company.errors(
                "score", "run", "--model", "rfm", *AS_OF, "--rates", "rates.csv", user="nina"))
        company.run("score", "run", "--model", "rfm", *AS_OF, "--rates", "none.csv", status=66, user="nina")

    def test_a_refund_counts_against_its_order_also_across_a_window(self):
        lines = ["A,2025-01-10,100.00,CNY,,,O-1,\n", "A,2025-06-10,50.00,CNY,,,O-2,\n",
                 "A,2025-07-10,100.00,CNY,,,,O-1\n", "B,2025-06-11,40.00,CNY,,,O-3,\n", "B,2025-07-01,60.00,CNY,,,,\n"]
        company = self.company(lines)
        run = company.json("score", "run", "--model", "composite", *AS_OF, "--window", "8m", user="nina")
        self.assertEqual(sorted(row["amount"] for row in run["scores"]), [50, 100])
        whole = company.json("score", "run", "--model", "composite", *AS_OF, user="nina")
        self.assertEqual(sorted((row["amount"], row["frequency"]) for row in whole["scores"]), [(50, 1), (100, 2)])


class CompositeFileTests(Market):
    MODEL = """
model: composite
name: mine
factors:
  recency: {weight: 2}
  frequency: {}
  amount: {weight: 2, transform: {log: 100}, normalizer: {winsorized: [0.01, 0.99]}}
  product_quality: {weight: 1}
aggregation: arithmetic
missing: {renormalize: 0.5}
ratings: {scale: [1, 5], prior: 3, prior_ratings: 2}
"""

    def test_a_composite_of_ones_own_has_its_coverage(self):
        company = self.company(self.buyers())
        company.write("ratings.csv", "account,time,product_quality,service_quality,price_satisfaction\n" + "".join(
            f"M-{index},2025-05-01,{1 + index % 5},,\n" for index in range(0, 60, 2)))
        company.json("import", "ratings.csv", "--mapping", "ratings", user="stella")
        company.write("mine.yaml", self.MODEL)
        run = company.json("score", "run", "--model", "mine.yaml", *AS_OF, user="nina")
        self.assertEqual((run["model"], run["model_name"], run["customers"]), ("composite", "mine", 60))
        self.assertEqual(sorted({round(row["coverage"], 9) for row in run["scores"]}), [round(5 / 6, 9), 1])
        rated = [row for row in run["scores"] if row["product_quality"] is not None]
        self.assertEqual(len(rated), 30)
        # (2 · 3 + rating) / 3, drawn towards the prior.
        self.assertEqual({round(3 * row["product_quality"] - 6) for row in rated}, {1, 2, 3, 4, 5})
        self.assertTrue(all(0 <= row["composite"] <= 1 for row in run["scores"]))
        csv = company.run("score", "run", "--model", "mine.yaml", *AS_OF, "--format", "csv", user="nina").decode()
        self.assertEqual(csv.split("\r\n")[0], "id,recency_days,frequency,amount,product_quality,composite,coverage")

        row = rated[0]
        told = company.json("score", "explain", row["id"], "--model", "mine.yaml", *AS_OF, user="nina")
        score = told["scores"][0]
        self.assertEqual(score["value"], row["composite"])
        self.assertEqual(score["residual"], 0)
        total = None
        for term in score["terms"]:
            total = term["contribution"] if total is None else total + term["contribution"]
        self.assertEqual(total, row["composite"])
        self.assertEqual((told["norms"]["customers"], told["norms"]["as_of"]), (60, "2025-12-31"))

        company.write("strict.yaml", self.MODEL.replace("{renormalize: 0.5}", "error"))
        strict = company.json("score", "run", "--model", "strict.yaml", *AS_OF, user="nina")
        self.assertEqual((strict["customers"], strict["excluded"]), (30, {"missing:product_quality": 30}))
        company.write("median.yaml", self.MODEL.replace("{renormalize: 0.5}", "median"))
        median = company.json("score", "run", "--model", "median.yaml", *AS_OF, user="nina")
        self.assertEqual(median["customers"], 60)
        company.write("scale.yaml", self.MODEL.replace("[1, 5]", "[2, 5]"))
        scale = company.json("score", "run", "--model", "scale.yaml", *AS_OF, user="nina")
        self.assertEqual(scale["excluded"], {"off-scale:product_quality": 6})

    def test_what_is_no_model_file_is_refused_by_its_place(self):
        company = self.company(self.buyers(3))
        for text, place in [
                ("model: composite\n", "factors is missing"),
                ("model: composite\nfactors: {recence: {}}\n", "factors.recence"),
                ("model: composite\nfactors: {recency: {weight: -1}}\n", "factors.recency"),
                ("model: composite\nfactors: {recency: {weight: heavy}}\n", "factors.recency.weight"),
                ("model: composite\nfactors: {recency: {normalizer: mean}}\n", "factors.recency.normalizer"),
                ("model: composite\nfactors: {recency: {}}\nmissing: zero\n", "missing"),
                ("model: composite\nfactors: {recency: {}}\nmore: 1\n", "more"),
                ("model: composite\nfactors: {amount: {normalizer: z_score}}\naggregation: geometric\n", "factors.amount"),
                ("model: composite\nfactors: {recency: {}}\nratings: {scale: [5, 1]}\n", "ratings.scale"),
                ("model: composite\nfactors: {recency: {}}\nreferral: {share: 2}\n", "referral.share"),
                ("model: other\n", "model"), ("- 1\n", "the top")]:
            company.write("wrong.yaml", text)
            company.run("score", "run", "--model", "wrong.yaml", *AS_OF, status=65, user="nina")
            self.assertIn(place, company.errors("score", "run", "--model", "wrong.yaml", *AS_OF, user="nina"))

    def test_referrals_information_and_variety_are_as_the_file_declares(self):
        company = self.company([
            "A,2025-11-10,10.00,CNY,P-1,C-1,,\n", "A,2025-11-11,10.00,CNY,P-2,C-1,,\n", "A,2025-11-12,10.00,CNY,P-3,C-2,,\n"])
        company.write("referrals.csv", "account,time,referred_account,value\nA,2025-12-01,X,100.00\nA,2024-01-01,Y,70.00\n")
        company.json("import", "referrals.csv", "--mapping", "referrals", user="stella")
        company.write("mine.yaml", """
model: composite
factors: {variety: {}, referral_value: {}, information_value: {}}
variety: category
referral: {days: 90, share: 0.5}
information: {unit_value: 0.25, referral: 4}
""")
        row = company.json("score", "run", "--model", "mine.yaml", *AS_OF, user="nina")["scores"][0]
        self.assertEqual((row["variety"], row["referral_value"], row["information_value"]), (2, 50, 2))

    def test_fen_instead_of_yuan_gives_the_identical_score(self):
        scores = []
        for factor in (1, 100):
            lines = [f"M-{index},2025-{1 + index % 12:02}-05,{(7 + index * 13 % 50) * factor}.00,CNY,,,,\n" for index in range(40)]
            company = self.company(lines)
            run = company.json("score", "run", "--model", "composite", *AS_OF, user="nina")
            scores.append(sorted((row["composite"], row["amount"] / factor) for row in run["scores"]))
        self.assertEqual(scores[0], scores[1])


class SegmentTests(Market):
    def test_segments_by_rfm_have_sizes_and_no_small_cell(self):
        company = self.company(self.buyers())
        run = company.json("segment", "run", *AS_OF, user="nina")
        self.assertEqual((run["method"], run["customers"], len(run["members"])), ("rfm", 60, 60))
        counts = {}
        for member in run["members"]:
            counts[member["segment"]] = counts.get(member["segment"], 0) + 1
        for segment in run["segments"]:
            shown = segment["customers"]
            self.assertTrue(shown is None or shown == 0 or shown >= 5, segment)
            self.assertIn(shown, (None, counts.get(segment["segment"], 0)))
            if shown is None:
                self.assertIsNone(segment["amount"])
        hidden = [segment for segment in run["segments"] if segment["customers"] is None]
        self.assertNotEqual(len(hidden), 1)
        scored = company.json("score", "run", "--model", "rfm", *AS_OF, user="nina")
        self.assertEqual({row["id"]: row["segment"] for row in scored["scores"]},
                         {row["id"]: row["segment"] for row in run["members"]})
        self.assertEqual([entry["phase"] for entry in self.actions(company, "segment.run")], ["intent", "result"])

        table = company.run("segment", "list", "--table", user="nina").decode()
        self.assertTrue(table.startswith("name,recency,frequency,monetary\nchampions,4-5,4-5,4-5\n"))
        company.write("mine.csv", "name,recency,frequency,monetary\nrecent,4-5,1-5,1-5\nold,*,*,*\n")
        mine = company.json("segment", "run", *AS_OF, "--segments", "mine.csv", user="nina")
        self.assertEqual([segment["segment"] for segment in mine["segments"]], ["recent", "old"])
        company.write("wrong.csv", "name,recency,frequency,monetary\nrecent,4-5,1-5,1-5\nold,9-1,1,1\n")
        company.run("segment", "run", *AS_OF, "--segments", "wrong.csv", status=65, user="nina")
        self.assertIn("line 3, recency", company.errors("segment", "run", *AS_OF, "--segments", "wrong.csv", user="nina"))
        members = company.run("segment", "run", *AS_OF, "--members", "--format", "csv", user="nina").decode()
        self.assertEqual(members.split("\r\n")[0], "id,segment")

    def test_segments_by_the_policys_rules(self):
        company = self.company(self.buyers())
        company.run("segment", "run", "--rules", *AS_OF, status=78, user="nina")
        self.policy(company, """
segments:
  rfm:
    - {name: fresh, recency: 4-5, frequency: 1-5, monetary: 1-5}
  rules:
    - {name: big, when: ["amount >= 150", "recency <= 200"]}
    - {name: frequent, when: ["frequency > 2"]}
  rest: everybody else
""")
        run = company.json("segment", "run", "--rules", *AS_OF, user="nina")
        self.assertEqual([segment["segment"] for segment in run["segments"]], ["big", "frequent", "everybody else"])
        scores = {row["id"]: row for row in company.json("score", "run", "--model", "composite", *AS_OF, user="nina")["scores"]}
        for member in run["members"]:
            row = scores[member["id"]]
            expected = ("big" if row["amount"] >= 150 and row["recency_days"] <= 200
                        else "frequent" if row["frequency"] > 2 else "everybody else")
            self.assertEqual(member["segment"], expected)
        listed = company.json("segment", "list", user="nina")
        self.assertEqual((listed["rfm"]["from"], listed["rfm"]["rest"]), ("policy", "everybody else"))
        self.assertEqual(listed["rules"][1], {"segment": "frequent", "when": ["frequency > 2.0"]})
        rfm = company.json("score", "run", "--model", "rfm", *AS_OF, user="nina")
        self.assertEqual({row["segment"] for row in rfm["scores"]}, {"fresh", "everybody else"})

    def test_a_policy_with_wrong_segments_is_refused_by_its_place(self):
        company = self.company([])
        text = company.run("policy", "show", user="carol").decode()
        for more, place in [
                ("segments: {rfm: [{name: a, recency: 9-1, frequency: 1, monetary: 1}]}", "segments.rfm[1].recency"),
                ("segments: {rules: [{name: a, when: ['amount more 3']}]}", "segments.rules[1].when"),
                ("segments: {rules: [{name: a, whom: []}]}", "segments.rules[1].whom"),
                ("recommend: {sensitive: [a]}", "recommend.sensitive")]:
            company.write("policy.yaml", text + more + "\n")
            company.run("policy", "check", "policy.yaml", status=65, user="carol")
            self.assertIn(place, company.errors("policy", "check", "policy.yaml", user="carol"))

    def test_k_means_is_the_same_for_the_same_seed_and_shows_its_silhouette(self):
        company = self.company(self.buyers(90))
        first = company.json("segment", "run", "--kmeans", "--seed", "7", *AS_OF, user="nina")
        again = company.json("segment", "run", "--kmeans", "--seed", "7", *AS_OF, user="nina")
        for run in (first, again):
            del run["entry"]
        self.assertEqual(first, again)
        self.assertEqual([candidate["k"] for candidate in first["candidates"]], list(range(2, 9)))
        best = max(first["candidates"], key=lambda candidate: candidate["silhouette"])
        self.assertEqual((first["k"], first["silhouette"]), (best["k"], best["silhouette"]))
        fixed = company.json("segment", "run", "--kmeans", "--k", "3", *AS_OF, user="nina")
        self.assertEqual((fixed["k"], len(fixed["segments"]), len(fixed["candidates"])), (3, 3, 1))
        for wrong in (["--k", "3"], ["--kmeans", "--rfm"], ["--kmeans", "--k", "0"]):
            company.run("segment", "run", *wrong, *AS_OF, status=64, user="nina")

    def test_movement_between_two_dates(self):
        company = self.company(self.buyers(80))
        for method in (["--rfm"], ["--kmeans", "--k", "3"]):
            moved = company.json("segment", "compare", *method, "--from", "2025-06-30", *AS_OF, user="nina")
            self.assertEqual(moved["customers"], 80)
            self.assertTrue(all(way["customers"] is None or way["customers"] >= 5 for way in moved["movement"]))
            self.assertTrue(any(way["from"] is None for way in moved["movement"]))
        text = company.run("segment", "compare", "--from", "2025-06-30", *AS_OF, user="nina").decode()
        self.assertIn("left out", text)
        company.run("segment", "compare", "--from", "2025-12-31", "--as-of", "2025-06-30", status=64, user="nina")

    def test_nobody_to_put_into_segments(self):
        company = self.company(self.buyers(5))
        company.run("segment", "run", "--as-of", "2020-01-01", status=65, user="nina")
        one = self.company(self.buyers(1))
        run = one.json("segment", "run", *AS_OF, user="nina")
        self.assertEqual([segment["customers"] for segment in run["segments"] if segment["customers"] != 0], [None])
        self.assertEqual(one.json("segment", "run", "--kmeans", *AS_OF, user="nina")["k"], 1)


class RecommendTests(Market):
    def company_of_tastes(self):
        """Two tastes; the category `health` is bought by everybody of the first."""
        lines = []
        chance = random.Random(5)
        for index in range(40):
            taste = index % 2
            for item in chance.sample(range(8), 5):
                lines.append(f"T-{index},2025-03-{1 + item:02},9.00,CNY,T{taste}-{item},toys,,\n")
            if taste == 0:
                lines.append(f"T-{index},2025-04-01,9.00,CNY,PILL,health,,\n")
        lines.append("T-0,2025-05-01,5.00,CNY,ODD,toys,,\n")
        company = self.company(lines)
        company.write("consents.csv", "account,time,purpose,state,source,text_version\n"
                      "T-0,2025-01-01,personalization,granted,web,1\n")
        company.json("import", "consents.csv", "--mapping", "consents", user="stella")
        granted = [row["id"] for row in company.json(
            "score", "run", "--model", "rfm", *AS_OF, "--purpose", "personalization", user="nina")["scores"]]
        self.assertEqual(len(granted), 1)
        return company, granted[0], next(i for i in self.ids(company) if i != granted[0])

    def test_who_agreed_gets_items_by_taste_and_others_what_is_popular(self):
        company, agreed, other = self.company_of_tastes()
        answer = company.json("recommend", agreed, "--count", "3", user="nina")
        self.assertEqual((answer["personal"], len(answer["items"])), (True, 3))
        for item in answer["items"]:
            self.assertEqual((item["basis"], item["item"][:3]), ("similar_items", "T0-"))
            self.assertTrue(item["reasons"])
        entries = self.actions(company, "recommend")
        self.assertEqual([(entry.get("phase"), entry["outcome"]) for entry in entries],
                         [(None, "allowed"), ("intent", "allowed"), ("result", "allowed")])
        self.assertEqual(entries[0]["subject"], agreed)
        self.assertEqual(entries[0]["purpose"], "personalization")

        answer = company.json("recommend", other, user="nina")
        self.assertFalse(answer["personal"])
        self.assertEqual({item["basis"] for item in answer["items"]}, {"popularity"})
        self.assertTrue(all(item["reasons"] == [] for item in answer["items"]))
        self.assertNotIn("ODD", [item["item"] for item in answer["items"]])
        self.assertIn("may not be reached for personalization", company.errors("recommend", other, user="nina"))
        denied = [entry for entry in self.actions(company, "recommend") if entry["outcome"] == "denied"]
        self.assertEqual({entry["subject"] for entry in denied}, {other})
        company.run("recommend", "C-" + "0" * 27, status=66, user="nina")
        company.run("recommend", agreed, "--count", "0", status=64, user="nina")
        company.run("recommend", agreed, status=77, user="stella")

    def test_what_the_policy_calls_sensitive_is_never_evidence(self):
        lines = [f"H-{index},2025-03-0{1 + item},9.00,CNY,{name},{category},,\n" for index in range(12)
                 for item, (name, category) in enumerate([("PILL", "health"), ("CUP", "kitchen"), ("PAN", "kitchen")])]
        lines += [f"X-{index},2025-03-01,9.00,CNY,HAT,clothes,,\n" for index in range(30)]
        company = self.company(lines + ["S,2025-03-01,9.00,CNY,PILL,health,,\n"])
        company.write("consents.csv", "account,time,purpose,state,source,text_version\n"
                      "S,2025-01-01,personalization,granted,web,1\n")
        company.json("import", "consents.csv", "--mapping", "consents", user="stella")
        customer = company.json(
            "score", "run", "--model", "rfm", *AS_OF, "--purpose", "personalization", user="nina")["scores"][0]["id"]
        before = company.json("recommend", customer, "--count", "2", user="nina")["items"]
        self.assertEqual([(item["item"], item["reasons"]) for item in before], [("CUP", ["PILL"]), ("PAN", ["PILL"])])
        self.policy(company, "\nrecommend: {sensitive_categories: [health]}\n")
        after = company.json("recommend", customer, "--count", "8", user="nina")
        self.assertTrue(after["personal"])
        self.assertEqual({item["basis"] for item in after["items"]}, {"popularity"})
        self.assertNotIn("PILL", json.dumps(after))

    def test_five_customers_make_a_pair_and_four_do_not(self):
        for customers in (4, 5):
            lines = [f"H-{index},2025-03-01,9.00,CNY,{name},,,\n" for index in range(customers) for name in ("CUP", "PAN")]
            lines += [f"X-{index},2025-03-01,9.00,CNY,HAT,,,\n" for index in range(30)]
            company = self.company(lines + ["S,2025-03-01,9.00,CNY,CUP,,,\n"])
            company.write("consents.csv", "account,time,purpose,state,source,text_version\n"
                          "S,2025-01-01,personalization,granted,web,1\n")
            company.json("import", "consents.csv", "--mapping", "consents", user="stella")
            customer = company.json(
                "score", "run", "--model", "rfm", *AS_OF, "--purpose", "personalization", user="nina")["scores"][0]["id"]
            items = company.json("recommend", customer, user="nina")["items"]
            similar = [item["item"] for item in items if item["basis"] == "similar_items"]
            self.assertEqual(similar, ["PAN"] if customers == 5 else [])

    def test_on_a_generated_market_it_beats_popularity_and_plain_cosine(self):
        """Planted tastes; a fifth of each customer's products is held out; NDCG@10 through the real program."""
        chance = random.Random(11)
        baskets = {}
        for index in range(150):
            tastes = [chance.randrange(12), chance.randrange(12)]
            counts = {}
            for _ in range(chance.randint(8, 24)):
                dice = chance.random()
                if dice < .45:
                    name = f"hit-{int(chance.random() ** 1.6 * 8)}"
                elif dice < .94:
                    name = f"taste-{tastes[chance.randrange(2)]}-{int(chance.random() ** 1.6 * 10)}"
                else:
                    name = f"taste-{chance.randrange(12)}-{chance.randrange(10)}"
                counts[name] = counts.get(name, 0) + 1
            baskets[f"K-{index}"] = counts
        train, held = {}, {}
        for account, counts in baskets.items():
            names = sorted(counts)
            chance.shuffle(names)
            held[account] = set(names[:len(names) // 5])
            train[account] = {name: counts[name] for name in counts if name not in held[account]}
        judged = sorted(account for account in train if held[account])[:12]
        lines, consents, number = [], [], 0
        for account, counts in train.items():
            for name, count in sorted(counts.items()):
                for _ in range(count):
                    number += 1
                    lines.append(f"{account},2025-{1 + number % 12:02}-{1 + number % 28:02},5.00,CNY,{name},,N-{number},\n")
        # Those who are judged are told apart by what they paid.
        for place, account in enumerate(judged):
            lines.append(f"{account},2025-06-01,{100000 + 1000 * place}.00,CNY,,,,\n")
            consents.append(f"{account},2025-01-01,personalization,granted,web,1\n")
        company = self.company(lines)
        company.write("consents.csv", "account,time,purpose,state,source,text_version\n" + "".join(consents))
        company.json("import", "consents.csv", "--mapping", "consents", user="stella")
        rows = company.json("score", "run", "--model", "rfm", *AS_OF, "--purpose", "personalization", user="nina")["scores"]
        owners = {}
        for row in rows:
            owners[judged[self.place(row["amount"], judged, train)]] = row["id"]
        items = sorted({name for counts in train.values() for name in counts})
        norms = {name: math.sqrt(sum(counts.get(name, 0) ** 2 for counts in train.values())) for name in items}
        holders = {name: sum(name in counts for counts in train.values()) for name in items}

        def cosine(own):
            scores = {name: 0.0 for name in items if name not in own}
            for mine, count in own.items():
                for counts in train.values():
                    if mine in counts:
                        for name in counts:
                            if name in scores:
                                scores[name] += count * counts[mine] * counts[name] / (norms[mine] * norms[name])
            return sorted(scores, key=lambda name: (-scores[name], name))[:10]

        def quality(ranked, wanted):
            gain = sum(1 / math.log2(place + 2) for place, name in enumerate(ranked[:10]) if name in wanted)
            return gain / sum(1 / math.log2(place + 2) for place in range(min(10, len(wanted))))

        ours, popular, plain = [], [], []
        for account in judged:
            answer = company.json("recommend", owners[account], "--count", "10", user="nina")
            self.assertTrue(answer["personal"])
            ours.append(quality([item["item"] for item in answer["items"]], held[account]))
            others = sorted((name for name in items if name not in train[account]), key=lambda name: (-holders[name], name))
            popular.append(quality(others, held[account]))
            plain.append(quality(cosine(train[account]), held[account]))
        self.assertGreater(sum(ours), sum(popular))
        self.assertGreater(sum(ours), sum(plain))

    @staticmethod
    def place(amount, judged, train):
        """Which of the judged paid this in all: 100,000 and a thousand times its place beside five for each purchase."""
        sums = {100000 + 1000 * place + 5 * sum(train[account].values()): place for place, account in enumerate(judged)}
        return sums[round(amount)]


class ExplainTests(Market):
    def test_every_model_explains_a_customer_and_nobody_else(self):
        company = self.company(self.buyers(80))
        customer = self.ids(company)[0]
        for model, column in [
                ("composite", "composite"), ("rfm", "rfm"), ("bg-nbd", "expected_purchases"),
                ("mbg-nbd", "expected_purchases"), ("pareto-nbd", "expected_purchases"),
                ("gamma-gamma", "expected_spend"), ("clv", "clv")]:
            run = company.json("score", "run", "--model", model, *AS_OF, user="nina")
            row = next(row for row in run["scores"] if row["id"] == customer)
            told = company.json("score", "explain", customer, "--model", model, *AS_OF, user="nina")
            self.assertEqual((told["id"], told["model"], told["as_of"]), (customer, model, "2025-12-31"))
            score = told["scores"][0]
            self.assertEqual(score["score"], column)
            self.assertAlmostEqual(score["value"], row[column], delta=1e-9 * max(1, abs(row[column])))
            total = sum(term["contribution"] for term in score["terms"])
            self.assertTrue(math.isclose(total, score["value"], rel_tol=1e-9, abs_tol=1e-9), model)
            self.assertEqual(sum(other in json.dumps(told) for other in self.ids(company)), 1)
        # The customer's own access is an entry, beside the bulk read.
        self.assertEqual(len(self.actions(company, "score.explain")), 7)
        company.run("score", "explain", customer, "--model", "rfm", "--as-of", "2020-01-01", status=65, user="nina")
        company.run("score", "explain", "C-" + "0" * 27, "--model", "rfm", *AS_OF, status=66, user="nina")


if __name__ == "__main__":
    unittest.main()
