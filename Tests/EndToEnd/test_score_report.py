"""The report on scores in a real browser: what it shows, what it leaves out, what it asks for and permits."""

import os
import random
import re
import unittest

import browser
from company import Company

HOSTILE = "<img src=x onerror=alert(1)>"


def company_of_buyers(count=160):
    company = Company(customers=0)
    chance = random.Random(9)
    lines = ["account,time,amount,currency\n"]
    for index in range(count):
        for number in range(1 + index % 6):
            month, day = 1 + (index + number * 2) % 12, 1 + (index * 7 + number * 5) % 28
            lines.append(f"R-{index},2025-{month:02}-{day:02},{chance.randint(11, 300)}.{chance.randint(10, 99)},CNY\n")
    company.write("bills.csv", "".join(lines))
    company.json("import", "bills.csv", user="stella")
    company.write("ratings.csv", "account,time,product_quality,service_quality,price_satisfaction\n" + "".join(
        f"R-{index},2025-05-01,{1 + index % 5},{index % 4 + 2},\n" for index in range(0, count, 2)))
    company.json("import", "ratings.csv", "--mapping", "ratings", user="stella")
    text = company.run("policy", "show", user="carol").decode()
    text = text.replace("name: default", "name: \"" + HOSTILE + "\"", 1)
    company.write("policy.yaml", text)
    company.approved("policy", "apply", "policy.yaml", "--yes")
    return company


class ScoreReportTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.company = company = company_of_buyers()
        cls.addClassCleanup(company.remove)
        cls.told = company.json(
            "score", "report", "--as-of", "2025-12-31", "--holdout", "12w", "--out", "report.html", user="nina")
        with open(company.path("report.html"), encoding="utf-8") as file:
            cls.page = file.read()

    def test_it_is_one_private_file_and_two_bulk_reads_in_the_log(self):
        self.assertEqual(self.told["customers"], 160)
        self.assertEqual(os.stat(self.company.path("report.html")).st_mode & 0o777, 0o600)
        entries = [entry for entry in self.company.json("audit", "list", user="olga") if entry["action"] == "score.report"]
        self.assertEqual([entry["phase"] for entry in entries[:4]], ["intent", "result"] * 2)
        self.company.run("score", "report", "--as-of", "2025-12-31", "--out", "report.html", status=73, user="nina")
        for user in ("carol", "stella", "adam", "paul", "olga"):
            self.company.run("score", "report", "--as-of", "2025-12-31", "--out", "not.html", status=77, user=user)
        self.assertFalse(os.path.exists(self.company.path("not.html")))

    def test_nobody_is_named_and_nobodys_number_is_shown(self):
        rows = self.company.json("score", "run", "--model", "rfm", "--as-of", "2025-12-31", user="nina")["scores"]
        for row in rows:
            self.assertNotIn(row["id"], self.page)
        amounts = {f"{row['amount']:.2f}" for row in rows}
        self.assertGreater(len(amounts), 40)
        self.assertEqual([amount for amount in amounts if f">{amount}<" in self.page], [])

    def test_no_cell_speaks_of_fewer_than_five(self):
        counts = [int(text.replace("\u202f", "")) for text in re.findall(r'text-anchor="middle">([0-9\u202f]+)</text>', self.page)]
        self.assertTrue(counts and all(count >= 5 for count in counts))
        for cell in re.findall(r"<td>([0-9\u202f]+)</td>", self.page):
            self.assertGreaterEqual(int(cell.replace("\u202f", "")), 5)

    def test_satisfaction_has_its_intervals(self):
        # 80 answers, 16 of each from 1 to 5: 32 are satisfied; Wilson's interval by hand.
        self.assertIn("<th scope=\"row\">product quality</th><td>80</td><td>40.0 % (30.0 % to 51.0 %)</td><td>3.00 (2.69 to 3.31)</td>",
                      self.page)
        self.assertNotIn("price satisfaction", self.page)
        self.company.run(
            "score", "report", "--as-of", "2025-12-31", "--rating-scale", "0-10", "--out", "nps.html", user="nina")
        with open(self.company.path("nps.html"), encoding="utf-8") as file:
            self.assertIn("net promoter score", file.read())
        for wrong in ("5", "5-1", "a-b", "1-5-9", "0-101"):
            self.company.run("score", "report", "--as-of", "2025-12-31", "--rating-scale", wrong, "--out", "x.html",
                             status=64, user="nina")

    def test_a_few_customers_make_a_page_without_figures(self):
        few = company_of_buyers(3)
        self.addCleanup(few.remove)
        few.json("score", "report", "--as-of", "2025-12-31", "--out", "few.html", user="nina")
        with open(few.path("few.html"), encoding="utf-8") as file:
            page = file.read()
        self.assertIn("under 5", page)
        self.assertIn("Too few customers", page)
        self.assertEqual(re.findall(r"<td>[0-9]", page), [])
        few.json("score", "report", "--as-of", "2020-01-01", "--out", "none.html", user="nina")

    def test_the_policy_forbids_everything_that_the_page_does_not_need(self):
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', self.page).group(1)
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertNotIn("<script", self.page)
        self.assertNotIn("<img", self.page)
        self.assertNotIn(" style=", self.page)
        self.assertIn("&lt;img src=x", self.page)


@unittest.skipUnless(browser.PROGRAM, "no chromium here (Debian: chromium)")
class ScoreReportInBrowserTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.company = company_of_buyers()
        cls.addClassCleanup(cls.company.remove)
        cls.company.run(
            "score", "report", "--as-of", "2025-12-31", "--holdout", "12w", "--out", "report.html", user="nina")
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.emulate()
        self.browser.open(self.company.path("report.html"))

    def test_it_opens_offline_without_a_complaint_and_shows_its_sections(self):
        self.assertEqual(self.browser.complaints(), [])
        titles = self.browser.evaluate("Array.from(document.querySelectorAll('h2')).map(e => e.textContent)")
        self.assertEqual(titles, ["Distributions", "Satisfaction", "RFM grid", "Segments", "Concentration of lifetime value",
                                  "Judged on what came afterwards", "Method"])
        self.assertTrue(self.browser.evaluate(
            "Array.from(document.querySelectorAll('figure svg')).every(e => e.getBoundingClientRect().height > 60)"))
        self.assertGreater(self.browser.evaluate("document.querySelectorAll('figure svg').length"), 7)
        self.assertTrue(self.browser.evaluate(
            "Array.from(document.querySelectorAll('svg text')).every(e => { const b = e.getBoundingClientRect(), "
            "s = e.ownerSVGElement.getBoundingClientRect(); return b.left >= s.left - 1 && b.right <= s.right + 1; })"))
        self.browser.screenshot("scores-light")

    def test_it_follows_light_dark_and_paper(self):
        grounds = []
        for scheme in ("light", "dark"):
            self.browser.emulate(scheme=scheme)
            grounds.append(self.browser.evaluate("getComputedStyle(document.body).backgroundColor"))
            self.browser.screenshot("scores-" + scheme)
        self.assertNotEqual(*grounds)
        self.browser.emulate(media="print", scheme="dark")
        self.assertEqual(self.browser.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        self.assertGreater(len(self.browser.pdf()), 10_000)

    def test_an_inserted_script_or_style_does_not_run(self):
        self.browser.evaluate("""(() => {
            document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' }));
            document.head.append(Object.assign(document.createElement('style'), { textContent: 'body { display: none }' }));
            document.body.append(Object.assign(document.createElement('img'), { src: 'https://example.com/x.png' }));
        })()""")
        self.assertIsNone(self.browser.evaluate("window.ran"))
        self.assertNotEqual(self.browser.evaluate("getComputedStyle(document.body).display"), "none")
        self.assertGreater(len(self.browser.complaints()), 1)

    def test_a_narrow_window_does_not_scroll_the_page(self):
        self.browser.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=False)
        self.addCleanup(self.browser.call, "Emulation.clearDeviceMetricsOverride")
        self.assertLessEqual(self.browser.evaluate("document.documentElement.scrollWidth"), 391)


if __name__ == "__main__":
    unittest.main()
