"""Every `corefile` block of every page is a whole Corefile that works.

It is judged as it stands by `signpost check`, with the files of `fixtures` in the working
directory, then started and asked. For the start, ports and addresses are replaced by free ones.
"""

import re

import pytest
import server as kit
from ports import free_port

PAGES = [kit.ROOT / "README.md", kit.ROOT / "runtime" / "README.md"]
PAGES += sorted((kit.ROOT / "plugins").glob("*/README.md"))


def blocks():
    """(id, text) of each fenced block that is tagged `corefile`."""
    found = []
    for page in PAGES:
        if page.exists():
            text = page.read_text(encoding="utf-8")
            name = page.parent.name if page.parent != kit.ROOT else "top"
            for i, match in enumerate(re.finditer(r"^```corefile\n(.*?)^```$", text, re.M | re.S)):
                found.append((f"{name}-{i + 1}", match[1]))
    return found


BLOCKS = blocks()
FOLDER = kit.pathlib.Path(__file__).parent / "fixtures"
FIXTURES = sorted(str(p.relative_to(FOLDER)) for p in FOLDER.rglob("*") if p.is_file())


def fenced(page):
    return page.read_text(encoding="utf-8").count("\n```corefile\n")


def test_every_plugin_has_an_example():
    for page in (kit.ROOT / "plugins").glob("*/README.md"):
        assert fenced(page) > 0, page
    assert sum(fenced(page) for page in PAGES if page.exists()) == len(BLOCKS)


@pytest.mark.parametrize("text", [t for _, t in BLOCKS], ids=[i for i, _ in BLOCKS])
def test_check_finds_nothing(folder, text):
    (folder / "Corefile").write_text(text)
    (folder / "runtime").symlink_to(kit.ROOT / "runtime")
    done = kit.run("check", cwd=folder)
    assert (done.returncode, done.stderr) == (0, ""), text


def asks_elsewhere(text):
    """Whether aliases may lead out of the zone, to names asked of the system's resolver."""
    return " alias " in text and not re.search(r"^\s*resolver ", text, re.M)


def startable(text):
    """The same Corefile with ports and addresses that are free on this machine.

    What would be probed or asked for names elsewhere is turned to loopback as well, where nobody
    answers: the tests leave the network alone.
    """
    lines = []
    depth = 0
    resolver = f"resolver 127.0.0.1:{free_port()}"
    for line in text.splitlines():
        words = line.split()
        code = line.partition("#")[0]
        if words and words[0] == "check":
            line = re.sub(r"\[2001:db8:[^\]]*\]", "[::1]", line)
            line = re.sub(r"\b(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+", "127.0.0.1", line)
        elif words and words[0] == "resolver":
            line = resolver
        if depth == 0 and code.rstrip().endswith("{") and not words[0].startswith("("):
            line = " ".join(re.sub(r":\d+(?=,?$)", "", w) for w in words)
            line = re.sub(r"([^\s{,]+)(,?)(?=\s)", r"\1:0\2", line)
        elif words and words[0] in ("health", "ready", "prometheus") and depth == 1:
            rest = words[1:]
            if rest and ":" in rest[0]:
                rest = rest[1:]
            line = " ".join([words[0], f"127.0.0.1:{free_port()}", *rest])
        elif words and words[0] == "bind":
            line = "bind 127.0.0.1"
        elif words and words[0] == "lameduck":
            line = "lameduck 100ms"
        depth += code.count("{") - code.count("}")
        if depth == 0 and code.strip() == "}" and asks_elsewhere(text):
            lines.append(f"alias {{\n{resolver}\n}}")
        lines.append(line)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("text", [t for _, t in BLOCKS], ids=[i for i, _ in BLOCKS])
def test_it_starts_and_answers(serve, text):
    server = serve(startable(text), fixtures=FIXTURES, cwd=None)
    assert server.zones
    for line, port in zip(server.zones, server.ports):
        zone = line.rpartition(":")[0]
        reply = server.ask(zone, "SOA", port=port)
        assert reply.rcode == "NOERROR", f"{zone}\n{text}"
