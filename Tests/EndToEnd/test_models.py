"""Models that look at everybody first, on the real program: fits, scores, judgement, and what the log says of them."""

import datetime
import json
import os
import random
import unittest

from company import Company

HERE = os.path.dirname(os.path.abspath(__file__))
CDNOW = os.path.join(HERE, "../../../shared/data/cdnow/CDNOW_sample.txt")
REFERENCE = os.path.join(HERE, "../../../shared/reference/cdnow_raw_rfm_segments.json")
BAKEOFF = os.path.join(HERE, "../../../shared/reference/bakeoff.json")
MAPPING = os.path.join(HERE, "../../docs/mappings/cdnow.yaml")


class ModelTests(unittest.TestCase):
    def company(self, lines):
        company = Company(customers=0)
        self.addCleanup(company.remove)
        company.write("bills.csv", "account,time,amount,currency,order_id,refund_of\n" + "".join(lines))
        company.json("import", "bills.csv", user="stella")
        return company

    def market(self, customers=240):
        """Some buy weekly, some once, some stop; every seventh has a refund of its second order."""
        lines = []
        for index in range(customers):
            step, stop = 5 + index % 40, 60 + 50 * (index % 6)
            for number, day in enumerate(range(index % 30, stop, step)):
                date = f"2025-{1 + day // 28:02}-{1 + day % 28:02}"
                lines.append(f"M-{index},{date},{10 + (index * 7 + number * 3) % 90}.50,CNY,O-{index}-{number},\n")
                if index % 7 == 0 and number == 1:
                    lines.append(f"M-{index},2025-12-20,{10 + (index * 7 + 3) % 90}.50,CNY,,O-{index}-1\n")
        return self.company(lines)

    def test_every_model_scores_everybody_who_bought(self):
        company = self.market()
        for model, column in [
                ("composite", "composite"), ("rfm", "segment"), ("bg-nbd", "expected_purchases"),
                ("mbg-nbd", "churn_risk"), ("pareto-nbd", "churn_risk"), ("gamma-gamma", "expected_spend"),
                ("clv", "clv")]:
            run = company.json("score", "run", "--model", model, "--as-of", "2025-12-31", user="nina")
            self.assertEqual((run["model"], run["customers"], len(run["scores"])), (model, 240, 240))
            self.assertTrue(all(row[column] is not None for row in run["scores"]), model)
            again = company.json("score", "run", "--model", model, "--as-of", "2025-12-31", user="nina")
            self.assertEqual(run["scores"], again["scores"])
        self.assertNotIn("churn_risk", company.json(
            "score", "run", "--model", "bg-nbd", "--as-of", "2025-12-31", user="nina")["scores"][0])
        early = company.json("score", "run", "--model", "clv", "--as-of", "2024-12-31", user="nina")
        self.assertEqual((early["customers"], early["excluded"]), (0, {"missing:recency": 240}))
        self.assertEqual({fit["status"] for fit in early["fits"]}, {"not_enough_data"})

    def test_a_fit_and_a_judgement_are_logged_as_runs(self):
        company = self.market()
        fit = company.json("score", "fit", "pareto-nbd", "--as-of", "2025-12-31", "--unit", "day", user="nina")
        self.assertEqual(list(fit["params"]), ["r", "alpha", "s", "beta"])
        self.assertEqual(fit["customers"], 240)
        entries = [entry for entry in company.json("audit", "list", user="olga") if entry["action"] == "score.run"]
        self.assertEqual([entry["phase"] for entry in entries], ["intent", "result"])
        judged = company.json("score", "evaluate", "--as-of", "2025-12-31", "--holdout", "12w", user="nina")
        names = [model["model"] for model in judged["models"]]
        self.assertEqual(names, ["past-spend", "recency", "composite", "bg-nbd", "mbg-nbd", "pareto-nbd"])
        self.assertEqual(judged["skipped"], {"literal": "missing:variety"})
        company.run("score", "fit", "clv", "--as-of", "2025-12-31", user="nina", status=64)
        company.run("score", "show", "C-0", "--model", "rfm", "--as-of", "2025-12-31", user="nina", status=64)

    MODELS = ["composite", "rfm", "bg-nbd", "mbg-nbd", "pareto-nbd", "gamma-gamma", "clv"]

    def rows(self, company, model, *more):
        """The scores of a run without ids, in an order of their own."""
        run = company.json("score", "run", "--model", model, "--as-of", "2025-12-31", *more, user="nina")
        return sorted(json.dumps({key: row[key] for key in row if key != "id"}) for row in run["scores"])

    def test_shuffled_input_gives_identical_bits(self):
        lines = [f"M-{index},2025-{1 + (index * 5 + number * 3) % 12:02}-{1 + index % 28:02},{9 + index % 70}.{number}1,CNY,,\n"
                 for index in range(90) for number in range(1 + index % 5)]
        first = self.company(lines)
        random.Random(2).shuffle(lines)
        second = self.company(lines)
        for model in self.MODELS:
            self.assertEqual(self.rows(first, model), self.rows(second, model), model)

    def test_populations_at_the_edge_end_with_a_word_and_not_with_an_invented_number(self):
        once = [f"M-{index},2025-03-{1 + index % 28:02},{10 + index}.00,CNY,,\n" for index in range(40)]
        equal = [f"M-{index},2025-03-{day:02},10.00,CNY,,\n" for index in range(40) for day in (1, 8, 15)]
        # Bought on the as-of day itself: t_x = T.
        today = [f"M-{index},2025-{month:02}-31,10.00,CNY,,\n" for index in range(40) for month in (10, 12)]
        given_back = [f"M-{index},2025-03-01,10.00,CNY,O-{index},\nM-{index},2025-03-02,-50.00,CNY,,\n" for index in range(40)]
        for name, lines in [("once", once), ("equal", equal), ("today", today), ("given back", given_back),
                            ("one", equal[:3]), ("one once", once[:1])]:
            company = self.company(lines)
            for model in self.MODELS:
                with self.subTest(population=name, model=model):
                    run = company.json("score", "run", "--model", model, "--as-of", "2025-12-31", user="nina")
                    for fit in run["fits"]:
                        self.assertIn(fit["status"], ("converged", "parameter_at_bound", "not_converged", "not_enough_data"))
                        if fit["status"] != "converged":
                            self.assertTrue(fit["warnings"] or fit["status"] != "converged")
                    if name in ("once", "one once") and run["fits"]:
                        self.assertEqual((run["scores"], run["fits"][0]["status"]), ([], "not_enough_data"))
                    if name == "given back" and model in ("composite", "rfm"):
                        self.assertEqual({row["amount"] for row in run["scores"]}, {-40})
                    if name == "today" and model == "composite":
                        self.assertEqual({row["recency_days"] for row in run["scores"]}, {0})
            company.json("score", "evaluate", "--as-of", "2025-12-31", "--holdout", "12w", user="nina")

    def test_a_hundred_thousand_purchases_of_one_customer_are_counted_and_scored(self):
        day = datetime.date(1752, 1, 1)
        lines = [f"M-0,{day + datetime.timedelta(days=number)},1.00,CNY,,\n" for number in range(100_000)]
        lines += [f"M-{index},2025-0{month}-01,10.00,CNY,,\n" for index in range(1, 60) for month in range(1, 2 + index % 6)]
        company = self.company(lines)
        for model in ("bg-nbd", "mbg-nbd", "pareto-nbd"):
            run = company.json("score", "run", "--model", model, "--as-of", "2025-12-31", user="nina")
            row = max(run["scores"], key=lambda row: row["repeats"])
            self.assertEqual((run["customers"], row["repeats"]), (60, 99_999))
            self.assertTrue(all(0 <= row["p_alive"] <= 1 for row in run["scores"]), model)
            self.assertTrue(all(row["expected_purchases"] is not None and row["expected_purchases"] >= 0 for row in run["scores"]))

    def test_local_days_begin_in_the_vaults_zone_also_where_clocks_change(self):
        company = Company(customers=0, zone="Europe/Berlin")
        self.addCleanup(company.remove)
        company.write("bills.csv", "account,time,amount\n"
                      "A,2025-03-30T00:30:00+01:00,1.00\nA,2025-03-30T23:30:00+02:00,1.00\n"
                      "B,2025-10-26T23:30:00+01:00,2.00\nB,2025-10-27T00:10:00+01:00,2.00\n"
                      "C,2025-03-31T00:00:00+02:00,3.00\n")
        company.json("import", "bills.csv", user="stella")
        run = company.json("score", "run", "--model", "rfm", "--as-of", "2025-10-27", user="nina")
        self.assertEqual({row["amount"]: (row["frequency"], row["recency_days"]) for row in run["scores"]},
                         {2: (1, 211), 4: (2, 0), 3: (1, 210)})
        run = company.json("score", "run", "--model", "rfm", "--as-of", "2025-03-30", user="nina")
        self.assertEqual([(row["amount"], row["recency_days"]) for row in run["scores"]], [(2, 0)])

    @unittest.skipUnless(os.path.exists(CDNOW), "../shared with the CDNOW sample is not beside the checkout")
    def test_the_figures_of_the_literature(self):
        company = Company(customers=0, currency="USD")
        self.addCleanup(company.remove)
        company.json("import", CDNOW, "--mapping", MAPPING, "--source", "cdnow", user="stella")
        expected = {
            "bg-nbd": ([.2425945224, 4.4136020, .7929220, 2.4259068], -9582.429206674),
            "mbg-nbd": ([.524843, 6.183085, .891359, 1.614002], -9582.135716),
            "pareto-nbd": ([.553277, 10.577683, .606240, 11.668731], -9594.976179),
            "gamma-gamma": ([6.249572, 3.744225, 15.443521], -4055.917695)}
        for model, (params, likelihood) in expected.items():
            fit = company.json("score", "fit", model, "--as-of", "1997-09-30", "--occasion", "payment", user="nina")
            for value, figure in zip(fit["params"].values(), params):
                self.assertAlmostEqual(value, figure, delta=5e-6)
            self.assertAlmostEqual(fit["log_likelihood"], likelihood, delta=1e-6)
            self.assertEqual(fit["status"], "converged")
        fit = company.json("score", "fit", "bg-nbd", "--as-of", "1997-09-30", user="nina")
        self.assertEqual(fit["customers"], 2349)
        for value, figure in zip(fit["params"].values(), [.24390252, 4.42243555, .79250756, 2.42293788]):
            self.assertAlmostEqual(value, figure, delta=1e-6)
        self.assertAlmostEqual(fit["log_likelihood"], -9578.196564424, delta=1e-8)

        # A customer is found by history: pseudonyms say nothing, and equal histories have equal scores.
        with open(REFERENCE, encoding="ascii") as file:
            first = json.load(file)["first20_exact"]
        for model, column in [("bg-nbd", "bg_palive"), ("pareto-nbd", "pnbd_palive")]:
            run = company.json(
                "score", "run", "--model", model, "--as-of", "1997-09-30", "--occasion", "payment", user="nina")
            self.assertEqual((run["customers"], len(run["scores"])), (2357, 2357))
            scores = {(row["repeats"], round(7 * row["recency"]), round(7 * row["age"])): row for row in run["scores"]}
            for customer in first:
                row = scores[customer["x"], round(7 * customer["t_x"]), round(7 * customer["T"])]
                self.assertAlmostEqual(row["p_alive"], customer[column], delta=1e-6)

        self.segments_of_the_reference(company)
        with open(BAKEOFF, encoding="ascii") as file:
            ranks = json.load(file)["CDNOW sample"]["rank_vs_holdout_spend"]
        judged = company.json(
            "score", "evaluate", "--as-of", "1998-06-30", "--holdout", "273d", "--occasion", "payment", user="nina")
        self.assertEqual((judged["calibration_through"], judged["customers"]), ("1997-09-30", 2357))
        models = {model["model"]: model for model in judged["models"]}
        for name, reference in [("composite", "percentile mean(R,F,M)"), ("past-spend", "past spend")]:
            self.assertAlmostEqual(models[name]["spearman"], ranks[reference]["spearman"], delta=1e-4)
            self.assertAlmostEqual(models[name]["auc"], ranks[reference]["AUC_any"], delta=1e-4)
        self.assertGreaterEqual(
            models["composite"]["top_decile_capture"], ranks["percentile mean(R,F,M)"]["top10pct_capture"])
        self.assertGreater(models["composite"]["spearman"], models["past-spend"]["spearman"] + .05)

    def segments_of_the_reference(self, company):
        """Segments of the same bins have the same sizes as the run that lists everybody."""
        run = company.json(
            "segment", "run", "--as-of", "1997-09-30", "--occasion", "payment", user="nina")
        self.assertEqual((run["customers"], len(run["members"])), (2357, 2357))
        clusters = company.json(
            "segment", "run", "--kmeans", "--k", "4", "--seed", "3", "--as-of", "1997-09-30", "--occasion", "payment",
            user="nina")
        self.assertEqual(sum(segment["customers"] for segment in clusters["segments"]), 2357)
        told = company.json(
            "score", "explain", run["members"][0]["id"], "--model", "clv", "--as-of", "1997-09-30", "--occasion", "payment",
            user="nina")
        self.assertEqual([fit["model"] for fit in told["fits"]], ["mbg-nbd", "gamma-gamma"])


if __name__ == "__main__":
    unittest.main()
