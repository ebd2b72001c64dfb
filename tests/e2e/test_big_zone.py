"""A large zone replaced under load: no query lost, none answered from two versions, no memory left.

By default small enough for every run. BIG_ZONE_NAMES, BIG_ZONE_RATE and BIG_ZONE_RELOADS set
another size; `-s` shows the figures.
"""

import os
import re
import statistics
import time

import pytest
import server as kit
from load import Load

NAMES = int(os.environ.get("BIG_ZONE_NAMES", "100000"))
RATE = int(os.environ.get("BIG_ZONE_RATE", "4000"))
RELOADS = int(os.environ.get("BIG_ZONE_RELOADS", "2"))
MARK = re.compile(rb"-v(\d{3})(?!\d)")
ADDRESS = re.compile(rb"\x00\x01\x00\x01\x00\x00\x00<\x00\x04\n(.)..", re.S)  # A IN 60 4 10.V.x.y
HEADER = """$TTL 60
@ SOA ns-v{v:03} hostmaster {v} 2h 15m 14d 5m
@ NS ns-v{v:03}
ns-v{v:03} A 10.{v}.0.1
"""


def write_zone(server, version):
    """Aliases and their targets. A reply has the version in the name that the CNAME leads to, in
    the address, and in the name of the name server."""
    path = server.folder / "db.example"
    fresh = path.with_name("db.example.fresh")
    with open(fresh, "w", encoding="ascii") as out:
        out.write(HEADER.format(v=version))
        for n in range(NAMES // 2):
            out.write(
                f"c{n} CNAME t{n}-v{version:03}\n"
                f"t{n}-v{version:03} A 10.{version}.{n >> 8 & 255}.{n & 255}\n"
            )
    fresh.replace(path)


class Versions(Load):
    """Whose outcome of a query is the version it was answered from."""

    @staticmethod
    def _outcome(data, question):
        if data[12 : 12 + len(question) - 10] != question[10:] or data[3] & 15:
            return "another question or an error"
        marks = {int(mark) for mark in MARK.findall(data)}
        marks |= {version[0] for version in ADDRESS.findall(data)}
        return marks.pop() if len(marks) == 1 else f"a mixture of {sorted(marks)}"


def resident(server):
    """MiB of the process that lie in memory, and that lay there at most."""
    with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
        fields = dict(line.split(":", 1) for line in status)
    return [int(fields[f].split()[0]) / 1024 for f in ("VmRSS", "VmHWM")]


def percentiles(load, numbers):
    times = sorted((load.moments[n] - load.sent[n]) * 1000 for n in load.answered(numbers))
    cuts = statistics.quantiles(times, n=100)
    return f"p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms, most {times[-1]:.2f} ms"


@pytest.mark.slow
def test_a_large_zone_is_replaced_under_load(serve):
    corefile = "example:0 {\n zone db.example {\n  reload 200ms\n }\n}\n"
    small = {"db.example": HEADER.format(v=1)}
    server = serve(corefile, "-workers", "2", files=small)
    write_zone(server, 2)
    server.wait_for_log(r"reloaded from db\.example, serial 2", 240)
    before = kit.wait_until(lambda: resident(server)[0], "memory")

    step = max(NAMES // 2 // 5000, 1)
    load = Versions(server.port, [f"c{n}.example" for n in range(0, NAMES // 2, step)], rate=RATE)
    load.wait_for_answers(RATE)
    calm = range(len(load.sent) * 9 // 10)
    spans, seconds = [], []
    for version in range(3, 3 + RELOADS):
        write_zone(server, version)
        start, first = time.monotonic(), len(load.sent)
        server.wait_for_log(rf"reloaded from db\.example, serial {version}$", 240)
        seconds.append(time.monotonic() - start)
        load.wait_on_each_socket(lambda _, answer, version=version: answer == version)
        begin = len(load.sent)
        load.wait_for_answers(RATE)
        after = load.answered(range(begin, len(load.sent)))
        spans.append((version, range(first, begin), after))
    load.finish()

    assert load.lost() == [] and load.strays == []
    known = range(2, 3 + RELOADS)
    assert {a for a in load.answers.values() if a not in known} == set()
    for version, _, after in spans:
        assert {load.answers[n] for n in after} == {version}
    most = resident(server)[1]
    kit.wait_until(
        lambda: resident(server)[0] < before * 1.15 + 8,
        lambda: f"one copy of the zone, {before:.0f} MiB; there are {resident(server)[0]:.0f}",
        30,
    )
    rate = len(load.sent) / (load.sent[-1] - load.sent[0])
    print(f"\n{NAMES} names, {rate:.0f} queries/s, {len(load.sent)} sent, none lost or mixed")
    print(f"before: {percentiles(load, calm)}")
    for version, during, _ in spans:
        print(f"reload: {percentiles(load, during)}, {seconds[version - 3]:.2f} s")
    print(f"resident: {before:.0f} MiB, at most {most:.0f}, afterwards {resident(server)[0]:.0f}")
