"""The report on the log, in a real browser: what it shows, asks for and permits, on screen, in the dark, on paper."""

import json
import os
import re
import time
import unittest

import browser
from company import CANARY_NAME, CANARY_PHONE, Company

HOSTILE = "<img src=x onerror=alert(1)>\"'&</script><script>alert(2)</script>"
CASE = "CASE-7 " + HOSTILE


class AuditReportTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.company = company = Company(customers=3)
        cls.addClassCleanup(company.remove)
        for customer in company.customers:
            company.run("customer", "show", customer, "--ticket", CASE, user="adam")
        company.run("customer", "show", company.customers[0], status=77, user="nina")
        company.bills("bills.csv", 12, 3)
        company.run("import", "bills.csv", user="stella")
        company.run("score", "run", "--as-of", "2026-01-01", "--scores", "loyalty", user="nina")
        flags = json.loads(company.run("audit", "flags", "--json", status=1, user="olga"))
        denied = next(flag for flag in flags["flags"] if flag["rule"] == "denied")
        company.run(
            "audit", "review", "--size", str(flags["size"]), "--close", denied["id"], "--note", "asked Nina. " + HOSTILE,
            user="olga")
        cls.told = company.json("audit", "report", "--out", "report.html", user="olga")
        with open(company.path("report.html"), encoding="utf-8") as file:
            cls.page = file.read()

    def test_the_population_is_the_difference_of_two_signed_sizes(self):
        self.assertEqual(self.told["population"], self.told["end"] - self.told["start"])
        self.assertTrue(self.told["verified"])
        self.assertEqual(os.stat(self.company.path("report.html")).st_mode & 0o777, 0o600)
        self.company.run("audit", "report", "--out", "report.html", status=73, user="olga")
        self.company.run("audit", "report", "--out", "none.html", "--until", "2001-01-01", status=66, user="olga")

    def test_a_report_is_for_readers_of_the_log_and_an_entry_of_it(self):
        for user in ("carol", "stella", "adam", "nina"):
            self.company.run("audit", "report", "--out", "not.html", status=77, user=user)
        self.assertFalse(os.path.exists(self.company.path("not.html")))
        entries = self.company.json("audit", "list", "--action", "audit.read", user="olga")
        self.assertTrue(any(entry.get("details", {}).get("command") == "report" for entry in entries))

    def test_no_customer_and_no_markup_of_others_is_in_the_page(self):
        for value in (CANARY_NAME, CANARY_PHONE):
            self.assertNotIn(value, self.page)
        self.assertNotIn("<img", self.page)
        self.assertEqual(len(re.findall(r"<script\b", self.page)), 2)
        self.assertNotIn(" style=", self.page)
        self.assertIsNone(re.search(r"\son[a-z]+\s*=\s*[\"']", re.sub(r"<script>.*?</script>", "", self.page, flags=re.S)))

    def test_the_policy_forbids_everything_that_the_page_does_not_need(self):
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', self.page).group(1)
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertLess(self.page.index("Content-Security-Policy"), self.page.index("<style>"))

    def test_every_flag_links_to_its_entries(self):
        for link in re.findall(r'href="#(entry-[0-9]+)"', self.page):
            self.assertIn(f'id="{link}"', self.page)
        self.assertIn('href="#entry-', self.page)


@unittest.skipUnless(browser.PROGRAM, "no chromium here (Debian: chromium)")
class AuditReportInBrowserTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        AuditReportTests.setUpClass()
        cls.company = AuditReportTests.company
        cls.page = AuditReportTests.page
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.addClassCleanup(cls.company.remove)

    def setUp(self):
        self.browser.emulate()
        self.browser.open(self.company.path("report.html"))

    def rows(self):
        return self.browser.evaluate(
            "Array.from(document.querySelectorAll('#entries-body tr:not(.spacer)')).map(r => Array.from(r.cells).map(c => c.textContent))")

    def search(self, text):
        self.browser.evaluate(
            f"(s => {{ s.value = {json.dumps(text)}; s.dispatchEvent(new Event('input')); }})(document.getElementById('search'))")
        time.sleep(0.3)
        return self.browser.evaluate("document.getElementById('count').textContent")

    def test_it_opens_offline_without_a_complaint(self):
        self.assertEqual(self.browser.complaints(), [])
        self.assertGreater(len(self.rows()), 10)
        for section in ("conclusion", "population", "verification", "activity", "flags", "reviews", "entries", "method"):
            self.assertGreater(self.browser.evaluate(f"document.getElementById('{section}').offsetHeight"), 60)
        self.browser.screenshot("report-light")

    def test_text_of_others_stays_text(self):
        self.assertEqual(self.browser.evaluate("document.images.length"), 0)
        shown = self.search("case-7")
        self.assertIn("3 of ", shown)
        self.assertTrue(all(CASE == row[9] for row in self.rows()))
        self.assertIn(HOSTILE, self.browser.evaluate("document.getElementById('reviews').textContent"))
        self.assertEqual(self.browser.complaints(), [])

    def test_the_table_searches_and_sorts(self):
        self.assertIn("entries", self.search(""))
        self.search("adam customer.show")
        self.assertEqual({(row[2], row[4]) for row in self.rows()}, {("adam", "customer.show")})
        self.search("")
        for column in range(10):
            button = f"document.querySelector('th[data-column=\"{column}\"] button')"
            self.browser.evaluate(button + ".click()")
            up = [row[column] for row in self.rows()]
            self.browser.evaluate(button + ".click()")
            down = [row[column] for row in self.rows()]
            if column == 0:
                up, down = list(map(int, up)), list(map(int, down))
                up, down = (down, up) if up[0] > up[-1] else (up, down)
            self.assertEqual(up, sorted(up))
            self.assertEqual(down, sorted(down, reverse=True))

    def test_an_inserted_script_or_style_does_not_run(self):
        self.browser.evaluate("""(() => {
            const script = document.createElement('script');
            try { script.textContent = 'window.ran = 1'; } catch (refused) {}
            document.head.append(script);
            const style = document.createElement('style');
            style.textContent = 'body { display: none }';
            document.head.append(style);
            try { document.body.insertAdjacentHTML('beforeend', '<b id=made>x</b>'); } catch (refused) {}
            try { document.head.append(Object.assign(document.createElement('img'), { src: 'https://example.com/x.png' })); }
            catch (refused) {}
        })()""")
        self.assertIsNone(self.browser.evaluate("window.ran"))
        self.assertNotEqual(self.browser.evaluate("getComputedStyle(document.body).display"), "none")
        self.assertIsNone(self.browser.evaluate("document.getElementById('made')"))
        self.assertGreater(len(self.browser.complaints()), 1)

    def test_light_and_dark_are_readable(self):
        contrast = """((element) => {
            const light = (c) => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => { x = x / 255;
                return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; });
                return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
            let ground = element;
            while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
            const a = light(getComputedStyle(element).color);
            const b = light(getComputedStyle(ground || document.body).backgroundColor);
            return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); })"""
        grounds = []
        for scheme in ("light", "dark"):
            self.browser.emulate(scheme=scheme)
            grounds.append(self.browser.evaluate("getComputedStyle(document.body).backgroundColor"))
            for selector in ("body", ".lead", "a", ".figures b", ".figures .good b", ".figures .bad b", ".state", "td.refused",
                             "th button", "pre", "caption", ".soft"):
                found = self.browser.evaluate(
                    f"(e => e ? {contrast}(e) : 21)(document.querySelector({json.dumps(selector)}))")
                self.assertGreater(found, 4.5, f"{selector} in {scheme}")
            self.browser.evaluate("document.getElementById('activity').scrollIntoView()")
            self.browser.screenshot("report-activity-" + scheme)
            self.browser.evaluate("document.getElementById('flags').scrollIntoView()")
            self.browser.screenshot("report-flags-" + scheme)
        self.assertNotEqual(*grounds)

    def test_on_paper_it_is_light_and_whole(self):
        self.browser.emulate(scheme="dark")
        pdf = self.browser.pdf()
        self.assertGreater(pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page>"), 2)
        folder = os.environ.get("CRMVAULT_SCREENSHOTS")
        if folder:
            with open(os.path.join(folder, "report.pdf"), "wb") as file:
                file.write(pdf)
        self.browser.emulate(media="print", scheme="dark")
        self.assertEqual(self.browser.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        self.assertEqual(self.browser.evaluate("getComputedStyle(document.querySelector('nav')).display"), "none")

    def test_a_narrow_window_scrolls_its_tables_and_not_the_page(self):
        self.browser.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=False)
        self.addCleanup(self.browser.call, "Emulation.clearDeviceMetricsOverride")
        self.assertLessEqual(self.browser.evaluate("document.documentElement.scrollWidth"), 391)
        self.browser.screenshot("report-narrow")

    def test_a_hundred_thousand_entries_draw_search_and_sort_at_once(self):
        data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', self.page, re.S).group(1))
        names = data["names"]
        rows = [[seq, 1_700_000_000_000 + seq * 60_000] + [(seq * step) % len(names) for step in (1, 3, 5, 7, 11, 13, 17, 19)]
                + [0] for seq in range(100_000)]
        text = json.dumps({"names": names, "rows": rows}).replace("<", "\\u003c")
        large = re.sub(r'(id="data">).*?(</script>)', lambda match: match.group(1) + text + match.group(2), self.page, flags=re.S)
        with open(self.company.path("large.html"), "w", encoding="utf-8") as file:
            file.write(large)
        seconds = self.browser.open(self.company.path("large.html"))
        self.assertLess(seconds, 10)
        self.assertEqual(self.browser.evaluate("document.getElementById('count').textContent"), "100,000 entries")
        self.assertLess(self.browser.evaluate("document.querySelectorAll('#entries-body tr').length"), 100)
        self.browser.evaluate("document.getElementById('frame').scrollTop = 1e9")
        time.sleep(0.3)
        self.assertEqual(self.rows()[-1][0], "99999")
        timed = "(() => { const t = performance.now(); %s; return performance.now() - t; })()"
        for column in (0, 1, 4, 5):
            spent = self.browser.evaluate(timed % f"document.querySelector('th[data-column=\"{column}\"] button').click()")
            self.assertLess(spent, 3000, f"sorting by column {column}")
        self.assertEqual(self.search("12345"), self.browser.evaluate("document.getElementById('count').textContent"))
        self.assertEqual(self.browser.complaints(), [])


if __name__ == "__main__":
    unittest.main()
