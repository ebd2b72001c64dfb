"""dig, kdig and curl, and what they print."""

import json
import re
import subprocess
from dataclasses import dataclass, field


@dataclass
class Printed:
    """A reply as dig and kdig show it."""

    text: str
    status: str = ""
    flags: list = field(default_factory=list)
    answer: list = field(default_factory=list)  # tuples (owner, ttl, type, data)
    authority: list = field(default_factory=list)
    additional: list = field(default_factory=list)

    def data(self, rtype):
        return sorted(d for _, _, t, d in self.answer if t == rtype)


def _parse(text):
    printed = Printed(text)
    section = None
    for line in text.splitlines():
        if status := re.search(r"status: (\w+)", line):
            printed.status = status[1]
        elif flags := re.match(r";; [Ff]lags: ([\w ]*);", line):
            printed.flags = flags[1].split()
        elif head := re.match(r";; (\w+) SECTION:", line):
            section = head[1].lower()
        elif line and not line.startswith(";") and section in ("answer", "authority", "additional"):
            owner, ttl, _, rtype, data = line.split(None, 4)
            getattr(printed, section).append((owner, int(ttl), rtype, data))
        elif not line:
            section = None
    return printed


def _run(*words):
    return subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)


def dig(port, *words, address="127.0.0.1"):
    done = _run("dig", "+tries=1", "+time=5", "-p", str(port), "@" + address, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return _parse(done.stdout)


def kdig(port, *words, address="127.0.0.1"):
    done = _run("kdig", "+retry=0", "+time=5", "-p", str(port), "@" + address, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return _parse(done.stdout)


def curl(url):
    """Status and body of a GET; status 0 if there was no HTTP answer."""
    done = _run("curl", "-s", "-m", "5", "-w", "\n%{http_code}", url)
    body, _, status = done.stdout.rpartition("\n")
    return int(status or 0), body


def checks(port):
    """What /health/checks tells, by the name of the check."""
    status, body = curl(f"http://127.0.0.1:{port}/health/checks")
    assert status == 200, body
    return {check["name"]: check for check in json.loads(body)}
