#!/usr/bin/env python3
"""Tests of sum_results.py: each way a run can go wrong must show in the closing line."""

import contextlib
import io
import json
import os
import tempfile
import unittest

import sum_results

PASSING = '<testsuites><testsuite><testcase name="a" classname="S"/></testsuite></testsuites>'
FAILING = (
    '<testsuites><testsuite><testcase name="a" classname="S"/>'
    '<testcase name="b" classname="S"><failure message="no"/></testcase></testsuite></testsuites>'
)
MIXED = (
    '<testsuites><testsuite><testcase name="a" classname="S"/>'
    '<testcase name="b" classname="S"><skipped/></testcase>'
    '<testcase name="c" classname="S"><error/></testcase>'
    '<testcase name="DISABLED_d" classname="S" status="notrun"/></testsuite></testsuites>'
)


class SumResults(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def build(self, tests, log):
        """A build directory: tests are (name, suite, protocol), log is (pretty name, result)."""
        defined = [
            {"name": n, "suite": ["signpost:" + s], "protocol": p, "workdir": None}
            for n, s, p in tests
        ]
        self.write("meson-info/intro-tests.json", json.dumps(defined))
        lines = [json.dumps({"name": n, "result": r}) + "\n" for n, r in log]
        self.write("meson-logs/testlog.json", "".join(lines))

    def run_main(self, *arguments):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            status = sum_results.main(list(arguments))
        return status, output.getvalue().splitlines()[-1]

    def meson(self, suites=""):
        return self.run_main("--meson", self.folder + suites)

    def test_junit_cases_are_counted_one_by_one(self):
        path = self.write("e2e.xml", MIXED)
        self.assertEqual(self.run_main("--junit", path), (1, "1 passed, 1 failed, 1 skipped"))

    def test_nothing_at_all_is_no_success(self):
        self.assertEqual(self.run_main(), (1, "0 passed, 0 failed"))

    def test_missing_broken_and_empty_files_fail(self):
        broken = self.write("broken.xml", "<testsuites>")
        empty = self.write("empty.xml", "<testsuites><testsuite tests='0'/></testsuites>")
        self.assertEqual(self.run_main("--junit", empty), (1, "0 passed, 1 failed"))
        self.assertEqual(self.run_main("--junit", "/nonexistent.xml"), (1, "0 passed, 1 failed"))
        self.assertEqual(self.run_main("--junit", broken), (1, "0 passed, 1 failed"))
        self.assertEqual(self.meson(), (1, "0 passed, 1 failed"))

    def test_checks_count_as_one_each(self):
        self.assertEqual(self.run_main("--check", "style=0"), (0, "1 passed, 0 failed"))
        self.assertEqual(
            self.run_main("--check", "style=0", "--check", "a=b=2"), (1, "1 passed, 1 failed")
        )

    def test_gtest_cases_and_plain_programs(self):
        self.build(
            [
                ("dns", "unit", "gtest"),
                ("style", "style", "exitcode"),
                ("slow", "slow", "exitcode"),
            ],
            [("signpost:unit / dns", "OK"), ("signpost:style / style", "OK"), ("slow", "SKIP")],
        )
        self.write("dns.xml", PASSING)
        self.assertEqual(self.meson(), (0, "2 passed, 0 failed, 1 skipped"))

    def test_failed_case_is_counted_once(self):
        self.build([("dns", "unit", "gtest")], [("dns", "FAIL")])
        self.write("dns.xml", FAILING)
        self.assertEqual(self.meson(), (1, "1 passed, 1 failed"))

    def test_crash_without_result_file_fails(self):
        self.build([("dns", "unit", "gtest")], [("dns", "FAIL")])
        self.assertEqual(self.meson(), (1, "0 passed, 1 failed"))

    def test_success_without_result_file_fails(self):
        self.build([("dns", "unit", "gtest")], [("dns", "OK")])
        self.assertEqual(self.meson(), (1, "0 passed, 1 failed"))

    def test_bad_exit_after_good_cases_fails(self):
        self.build([("dns", "unit", "gtest")], [("dns", "FAIL")])
        self.write("dns.xml", PASSING)
        self.assertEqual(self.meson(), (1, "1 passed, 1 failed"))

    def test_test_that_did_not_run_fails_unless_its_suite_was_left_out(self):
        self.build(
            [("dns", "unit", "exitcode"), ("fuzz_json", "fuzz", "exitcode")], [("dns", "OK")]
        )
        self.assertEqual(self.meson(), (1, "1 passed, 1 failed"))
        self.assertEqual(self.meson(":unit,plugin"), (0, "1 passed, 0 failed"))

    def test_equal_names_fail(self):
        self.build([("zone", "unit", "gtest"), ("zone", "plugin", "gtest")], [("zone", "OK")])
        self.write("zone.xml", PASSING)
        self.assertEqual(self.meson(), (1, "1 passed, 1 failed"))


if __name__ == "__main__":
    unittest.main()
