#!/usr/bin/env python3
"""House rules that neither compiler nor clang-format sees.

    check.py ROOT [--modules DIR]

Over the tree at ROOT: what a plugin folder holds, what plugins and runtime folders may include,
file names, file length, unfinished work. With --modules, over the built modules in DIR: each plugin
folder has its module, and that exports its descriptor and nothing else.

Prints `FILE:LINE - message` for each breach. Exit status: 0 without breaches, else 1.
"""

import argparse
import pathlib
import re
import subprocess
import sys

MAX_LINES = 400
# Files that may be longer, each with its reason.
LONG_FILES = {}

README_SECTIONS = ["Name", "Description", "Syntax", "Examples"]
# Those and the ones a plugin may have besides, in the order of a manual page; no others.
README_ORDER = """Name, Description, Syntax, Metadata, Metrics, Ready, Examples, See Also,
Bugs""".replace(
    "\n", " "
).split(
    ", "
)

# Runtime folders whose headers each runtime folder may use besides its own and signpost/.
FOLDERS_KNOWN = {
    "dns": [],
    "corefile": [],
    "observe": [],
    "json": [],
    "zone": ["dns"],
    "steer": ["dns", "zone"],
    "chain": ["dns", "zone", "steer"],
    "config": ["dns", "corefile", "zone", "steer", "chain"],
    "net": [],
    "resolve": [],
    "probe": ["resolve"],
    "loop": ["dns", "zone", "steer", "chain", "config", "net", "resolve", "probe", "observe"],
}

# Libraries of single plugins: the header, and the plugin that may include it.
PLUGIN_LIBRARIES = {"sodium.h": "cookies"}

# The one runtime folder that may include a library.
LIBRARY_HOME = {
    r"spdlog/|fmt/": "observe",
    r"rapidjson/": "json",
    r"ares(_\w+)?\.h": "resolve",
    r"curl/": "probe",
    r"microhttpd\.h": "net",
    r"nettle/": "zone",
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
STANDARD_HEADER = re.compile(r"^[a-z_]+$")
FILE_NAME = re.compile(r"^[a-z][a-z0-9_]*\.(cc|h)$")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")


class Tree:
    """The source tree under check and the breaches found in it."""

    def __init__(self, root):
        self.root = root
        self.breaches = []

    def breach(self, path, line, message):
        self.breaches.append(f"{path.relative_to(self.root)}:{line} - {message}")

    def sources(self, *folders):
        """C++ sources and headers below the folders, in a stable order."""
        found = []
        for folder in folders:
            found += [p for p in (self.root / folder).rglob("*") if p.suffix in (".cc", ".h")]
        return sorted(found)

    def plugin_folders(self):
        folder = self.root / "plugins"
        return sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []


def includes(path):
    """(line number, is it in angle brackets, name) of every include of a file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1] == "<", match[2]


def is_test(path):
    return path.name.endswith(("_test.cc", "_test.h", "_kit.cc", "_kit.h"))


def check_plugin_folders(tree):
    for folder in tree.plugin_folders():
        for name in (f"{folder.name}.cc", f"{folder.name}_test.cc", "README.md"):
            if not (folder / name).is_file():
                tree.breach(folder, 1, f"a plugin folder holds {name}; there is none")
        readme = folder / "README.md"
        if readme.is_file():
            text = readme.read_text(encoding="utf-8")
            headings = [h.strip() for h in re.findall(r"^##\s+(.*)$", text, re.MULTILINE)]
            expected = [h for h in README_ORDER if h in README_SECTIONS or h in headings]
            if headings != expected:
                tree.breach(
                    readme,
                    1,
                    f"the sections are {', '.join(headings) or 'none'};"
                    f" expected, in this order: {', '.join(expected)}",
                )


def check_plugin_includes(tree):
    for path in tree.sources("plugins"):
        for line, angle, name in includes(path):
            if angle:
                good = (
                    STANDARD_HEADER.match(name)
                    or (is_test(path) and name.startswith(("gtest/", "gmock/")))
                    or PLUGIN_LIBRARIES.get(name) == path.parent.name
                )
            else:
                good = (
                    name.startswith("signpost/")
                    or (path.parent / name).is_file()
                    or (is_test(path) and name.startswith("kit/"))
                )
            if not good:
                tree.breach(
                    path,
                    line,
                    f'includes {name}; a plugin knows "signpost/...", the standard library and'
                    " its own folder",
                )


def check_runtime_includes(tree):
    for path in tree.sources("runtime"):
        parts = path.relative_to(tree.root / "runtime").parts
        folder = parts[0]
        known = FOLDERS_KNOWN.get(folder)
        for line, angle, name in includes(path):
            for pattern, home in LIBRARY_HOME.items():
                if angle and re.match(pattern, name) and folder != home:
                    tree.breach(path, line, f"includes {name}; only runtime/{home} may")
            other = name.partition("/")[0]
            if angle or is_test(path) or known is None or "/" not in name:
                continue
            if other not in ("signpost", folder) and other not in known:
                allowed = ", ".join([folder, "signpost"] + known)
                tree.breach(path, line, f"includes {name}; {folder} knows {allowed}")


def check_files(tree):
    for path in tree.sources("runtime", "plugins", "tests"):
        lines = path.read_text(encoding="utf-8").splitlines()
        name = path.relative_to(tree.root).as_posix()
        if len(lines) > MAX_LINES and name not in LONG_FILES:
            tree.breach(path, len(lines), f"longer than {MAX_LINES} lines: more than one subject?")
        if path.suffix == ".h" and not any(line.strip() == "#pragma once" for line in lines):
            tree.breach(path, 1, "a header says #pragma once")
        if not FILE_NAME.match(path.name):
            tree.breach(path, 1, "file names are lower case with underscores, ending in .cc or .h")
        for number, line in enumerate(lines, 1):
            if UNFINISHED.search(line):
                tree.breach(path, number, "marks unfinished work; finish it or open an issue")
    for name in LONG_FILES:
        path = tree.root / name
        if not path.is_file() or len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES:
            tree.breach(path, 1, "listed as a long file, but is none")


def exported_symbols(module):
    output = subprocess.run(
        ["nm", "-D", "--defined-only", str(module)], check=True, capture_output=True, text=True
    ).stdout
    return [line.split()[-1] for line in output.splitlines()]


def check_modules(tree, modules):
    for folder in tree.plugin_folders():
        module = modules / f"{folder.name}.so"
        if not module.is_file():
            tree.breach(folder, 1, f"no module was built: {module}")
            continue
        expected = f"signpost_plugin_{folder.name}"
        symbols = exported_symbols(module)
        if symbols != [expected]:
            extra = [s for s in symbols if s != expected]
            tree.breach(
                folder,
                1,
                f"{module.name} exports {len(symbols)} symbols; expected {expected} alone;"
                f" too many: {', '.join(extra[:3]) or 'none'} (linked with plugins/module.map?)",
            )


def main(arguments):
    parser = argparse.ArgumentParser(description="Check the house rules.")
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--modules", type=pathlib.Path)
    options = parser.parse_args(arguments)

    tree = Tree(options.root.resolve())
    if not (tree.root / "runtime").is_dir():
        parser.error(f"{tree.root} has no folder runtime")
    check_plugin_folders(tree)
    check_plugin_includes(tree)
    check_runtime_includes(tree)
    check_files(tree)
    if options.modules:
        check_modules(tree, options.modules)
    for breach in tree.breaches:
        print(breach)
    return 1 if tree.breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
