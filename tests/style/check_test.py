#!/usr/bin/env python3
"""Tests of check.py: a clean tree passes, and each rule finds its breach at the right place."""

import contextlib
import io
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import check

README = "# sample\n\n## Name\n\n## Description\n\n## Syntax\n\n## Examples\n\n## See Also\n"


class Check(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("runtime/dns/name.cc", '#include "dns/name.h"\n#include <string>\n')
        self.write("runtime/dns/name.h", '#pragma once\n#include "signpost/name.h"\n')
        self.write("plugins/sample/sample.cc", '#include "signpost/plugin.h"\n#include "own.h"\n')
        self.write("plugins/sample/own.h", "#pragma once\n#include <string_view>\n")
        self.write(
            "plugins/sample/sample_test.cc", '#include "kit/bench.h"\n#include <gtest/gtest.h>\n'
        )
        self.write("plugins/sample/README.md", README)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def breaches(self, *arguments):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            status = check.main([str(self.root), *arguments])
        lines = output.getvalue().splitlines()
        self.assertEqual(status, 1 if lines else 0)
        return lines

    def assert_one_breach(self, start, *arguments):
        lines = self.breaches(*arguments)
        self.assertEqual(len(lines), 1, lines)
        self.assertTrue(lines[0].startswith(start), lines[0])

    def test_clean_tree(self):
        self.assertEqual(self.breaches(), [])

    def test_each_rule(self):
        table = [
            ("plugins/sample/sample.cc", "#include <uv.h>\n", 1),
            ("plugins/sample/sample.cc", '\n#include "chain/runner.h"\n', 2),
            ("plugins/sample/sample.cc", '#include "kit/bench.h"\n', 1),
            ("plugins/sample/README.md", README.replace("## Syntax\n", ""), 1),
            ("plugins/sample/README.md", "## Syntax\n\n" + README, 1),
            ("plugins/sample/README.md", README + "\n## Metrics\n", 1),
            ("plugins/sample/README.md", README + "\n## Bugs\n\n## Internals\n", 1),
            ("plugins/sample/README.md", README.replace("## See", "## Bugs\n\n## See"), 1),
            ("runtime/dns/name.cc", '#include "zone/zone.h"\n', 1),
            ("runtime/app/main.cc", "#include <spdlog/spdlog.h>\n", 1),
            ("runtime/app/main.cc", "#include <ares_dns.h>\n", 1),
            ("runtime/dns/name.h", "\n", 1),
            ("runtime/dns/name.cc", "\n\n// TO" + "DO: later\n", 3),
            ("runtime/dns/Name.cc", "\n", 1),
            ("runtime/dns/long.cc", "\n" * 401, 401),
        ]
        for name, text, line in table:
            with self.subTest(name=name, text=text[:30]):
                path = self.root / name
                before = path.read_text(encoding="utf-8") if path.exists() else None
                self.write(name, text)
                self.assert_one_breach(f"{name}:{line} - ")
                if before is None:
                    path.unlink()
                else:
                    self.write(name, before)

    def test_incomplete_plugin_folder(self):
        (self.root / "plugins/sample/sample_test.cc").unlink()
        self.assert_one_breach("plugins/sample:1 - a plugin folder holds sample_test.cc")

    @unittest.skipUnless(shutil.which("cc") and shutil.which("nm"), "needs a compiler")
    def test_modules(self):
        modules = str(self.root / "modules")
        self.assert_one_breach("plugins/sample:1 - no module", "--modules", modules)
        self.write("modules/sample.c", "int signpost_plugin_sample; int stray;\n")
        build = ["cc", "-shared", "-fPIC", "-o", f"{modules}/sample.so", f"{modules}/sample.c"]
        subprocess.run(build, check=True)
        self.assert_one_breach("plugins/sample:1 - sample.so exports 2", "--modules", modules)
        subprocess.run(build + ["-Dstray=signpost_plugin_sample"], check=True)
        self.assertEqual(self.breaches("--modules", modules), [])


if __name__ == "__main__":
    unittest.main()
