#!/usr/bin/env python3
"""Add up test cases from the result files of a run and print one closing line.

    sum_results.py [--meson DIR[:SUITE,SUITE]]... [--junit FILE]... [--check NAME=STATUS]...

--meson   a build directory after `meson test`. Every test that the build defines (or, with
          suites, every test of those) must have run. A GoogleTest program counts by its own cases,
          any other test as one. A program that ended badly although its cases passed (a
          sanitizer's report at exit, a crash in a destructor), or that left no result file,
          counts as one failure more.
--junit   a JUnit XML file, such as pytest writes.
--check   one check that is no test program: NAME=0 passed, NAME=anything else failed.

A missing, unreadable or empty file is a failure, and so is a sum of no cases at all. Each failure
is named before the closing line, which reads `N passed, N failed` or
`N passed, N failed, N skipped`.
Exit status: 0 when at least one case ran and none failed, else 1.
"""

import argparse
import json
import os
import sys
import xml.etree.ElementTree as ElementTree


class Sums:
    """Running totals, and the names of what failed."""

    def __init__(self):
        self.passed = 0
        self.skipped = 0
        self.failures = []

    def fail(self, what):
        self.failures.append(what)

    def add_junit(self, path, origin):
        """Count the cases of one JUnit file; return how many of them failed."""
        try:
            root = ElementTree.parse(path).getroot()
        except OSError as error:
            self.fail(f"{origin}: no result file {path} ({error.strerror})")
            return 1
        except ElementTree.ParseError as error:
            self.fail(f"{origin}: unreadable result file {path} ({error})")
            return 1
        failed = 0
        cases = list(root.iter("testcase"))
        if not cases:
            self.fail(f"{origin}: no test case in {path}")
            return 1
        for case in cases:
            name = f"{origin}: {case.get('classname', '')}.{case.get('name', '')}"
            if case.find("failure") is not None or case.find("error") is not None:
                self.fail(name)
                failed += 1
            elif case.find("skipped") is not None:
                self.skipped += 1
            elif case.get("status") != "notrun":  # a DISABLED_ case of GoogleTest
                self.passed += 1
        return failed

    def add_meson(self, directory, suites):
        """Count every test that the build in `directory` defines, by its log and its own cases."""
        try:
            tests = defined_tests(directory, suites)
            log = read_log(directory)
        except (OSError, ValueError) as error:
            self.fail(f"{directory}: no results of meson test ({error})")
            return
        seen = set()
        for test in tests:
            name = test["name"]
            origin = f"{directory}/{name}"
            if name in seen:
                self.fail(f"{origin}: two tests have this name and overwrite each other's results")
                continue
            seen.add(name)
            if name not in log:
                self.fail(f"{origin}: did not run")
            else:
                self.add_meson_test(directory, test, log[name], origin)

    def add_meson_test(self, directory, test, result, origin):
        if test["protocol"] == "gtest" and result != "SKIP":
            folder = test["workdir"] or directory
            failed = self.add_junit(os.path.join(folder, test["name"] + ".xml"), origin)
            if result != "OK" and failed == 0:
                self.fail(f"{origin}: the program ended with {result} though no case failed")
        elif result in ("OK", "EXPECTEDFAIL"):
            self.passed += 1
        elif result == "SKIP":
            self.skipped += 1
        else:
            self.fail(f"{origin}: {result}")

    def closing_line(self):
        line = f"{self.passed} passed, {len(self.failures)} failed"
        return f"{line}, {self.skipped} skipped" if self.skipped else line

    def good(self):
        return self.passed > 0 and not self.failures


def defined_tests(directory, suites):
    with open(os.path.join(directory, "meson-info", "intro-tests.json"), encoding="utf-8") as file:
        tests = json.load(file)
    if not suites:
        return tests
    return [t for t in tests if any(s.rpartition(":")[2] in suites for s in t["suite"])]


def read_log(directory):
    """Result word by test name. Meson writes `project:suite / name` when it ran several suites."""
    log = {}
    path = os.path.join(directory, "meson-logs", "testlog.json")
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            entry = json.loads(line)
            log[entry["name"].rpartition(" / ")[2]] = entry["result"]
    return log


def main(arguments):
    parser = argparse.ArgumentParser(description="Add up test cases from result files.")
    parser.add_argument("--meson", action="append", default=[], metavar="DIR[:SUITE,SUITE]")
    parser.add_argument("--junit", action="append", default=[], metavar="FILE")
    parser.add_argument("--check", action="append", default=[], metavar="NAME=STATUS")
    options = parser.parse_args(arguments)

    sums = Sums()
    for value in options.meson:
        directory, _, suites = value.partition(":")
        sums.add_meson(directory, suites.split(",") if suites else [])
    for path in options.junit:
        sums.add_junit(path, os.path.basename(path))
    for value in options.check:
        name, _, status = value.rpartition("=")
        if status == "0":
            sums.passed += 1
        else:
            sums.fail(name)

    for failure in sums.failures:
        print(f"FAILED {failure}")
    print(sums.closing_line())
    return 0 if sums.good() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
