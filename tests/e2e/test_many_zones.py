"""Thousands of zones in one process: each comes, changes, breaks and goes by itself."""

import signal
import time

import pytest
import server as kit
from load import Load

ZONE = """$TTL 60
@ SOA ns1 hostmaster {serial} 2h 15m 14d 5m
@ NS ns1
ns1 A 192.0.2.53
www A {address}
"""
BROKEN = ZONE + "bad A 192.0.2.256\n"
COUNT = 2000


def address(number, version):
    return f"10.{version}.{number >> 8}.{number & 255}"


def zone(number, version, text=ZONE):
    return text.format(serial=version, address=address(number, version))


def name(number):
    return f"zone{number}.example"


class Zones:
    """The zone files of a server, and the version that each has."""

    def __init__(self, server, folder="zones"):
        self.server, self.folder, self.version = server, folder, {}

    def file(self, number):
        return f"{self.folder}/{name(number)}.zone"

    def put(self, numbers, version):
        for n in numbers:
            self.server.write(self.file(n), zone(n, version))
            self.version[n] = version

    def ruin(self, numbers, version):
        for n in numbers:
            self.server.write(self.file(n), zone(n, version, BROKEN))

    def remove(self, numbers):
        for n in numbers:
            (self.server.folder / self.file(n)).unlink()
            del self.version[n]

    def wrong(self, numbers=None):
        """Those that are not answered as they should be."""
        return [
            (n, got)
            for n in (numbers or self.version)
            if (got := self.server.values(f"www.{name(n)}")) != [address(n, self.version[n])]
        ]

    def settle(self, numbers=None):
        kit.wait_until(lambda: not self.wrong(numbers), lambda: self.wrong(numbers)[:5], 60, 0.3)


@pytest.fixture
def many(serve):
    files = {f"zones/{name(n)}.zone": zone(n, 1) for n in range(COUNT)}
    server = serve("example:0 {\n zone zones/*.zone {\n  reload 300ms\n }\n}\n", files=files)
    zones = Zones(server)
    zones.version = dict.fromkeys(range(COUNT), 1)
    return zones


@pytest.mark.slow
def test_zones_change_while_queries_run(many):
    server = many.server
    steady = range(0, 100)  # never touched: their answers never change
    load = Load(server.port, [f"www.{name(n)}" for n in steady], rate=1000)
    assert many.wrong() == []

    many.put(range(100, 600), 2)
    many.ruin(range(600, 620), 2)
    many.remove(range(620, 720))
    many.put(range(COUNT, COUNT + 300), 1)
    server.process.send_signal(signal.SIGHUP)
    many.settle()
    line = BROKEN.count("\n")
    for n in (600, 619):
        server.wait_for_log(rf"zones/{name(n)}\.zone:{line} - .*192\.0\.2\.256")
    kit.wait_until(
        lambda: {server.ask(f"www.{name(n)}").rcode for n in range(620, 720)} == {"REFUSED"},
        "the end of the removed zones",
    )

    # Mended, and all of them again in one go.
    many.put(range(600, 620), 3)
    many.put(range(100, 600), 3)
    many.settle()
    load.wait_for_answers(1000)
    load.finish()
    assert load.lost() == [] and load.strays == []
    wrong = {n: a for n, a in load.answers.items() if a != address(n % len(steady), 1)}
    assert wrong == {}


@pytest.mark.slow
def test_a_broken_zone_does_not_keep_the_others_from_starting(many):
    server = many.server
    many.ruin([7], 2)
    many.put(range(10, 20), 2)
    server.kill()  # as a power cut would
    check = kit.run("check", "-conf", "Corefile", cwd=server.folder)
    assert check.returncode == 1
    assert f"zones/{name(7)}.zone:{BROKEN.count(chr(10))} - " in check.stderr
    assert len(check.stderr.splitlines()) == 1
    # What the systemd unit asks before it starts or reloads the server.
    check = kit.run("check", "-allow-broken-zones", cwd=server.folder)
    assert check.returncode == 0
    assert check.stderr.startswith(f"zones/{name(7)}.zone:")

    server.start()
    del many.version[7]
    assert many.wrong() == []
    assert f"zones/{name(7)}.zone:" in server.err.read_text()
    assert server.ask(f"www.{name(7)}").rcode == "SERVFAIL"
    many.put([7], 3)
    many.settle([7])
    assert kit.run("check", cwd=server.folder).returncode == 0


def test_a_reload_keeps_a_zone_whose_file_broke(serve):
    server = serve(
        "example:0 {\n zone zones/*.zone {\n  reload 0\n }\n}\n",
        files={f"zones/{name(n)}.zone": zone(n, 1) for n in range(3)},
    )
    zones = Zones(server)
    zones.put([0, 2], 2)
    zones.ruin([1], 2)
    zones.version[1] = 1
    assert server.reload()
    zones.settle()
    server.wait_for_log(rf"zones/{name(1)}\.zone:6 - ")


def test_a_list_of_zones(serve):
    """Zones come and go with the lines of the list; an error in it changes nothing."""
    files = {f"data/{n}": zone(n, 1) for n in range(4)}
    entries = [f"{name(n)} data/{n}\n" for n in range(4)]
    server = serve(
        "example:0 {\n zone @zones.list {\n  reload 100ms\n }\n}\n",
        files={**files, "zones.list": "# all\n" + entries[0] + entries[1]},
    )

    def rcodes():
        return [server.ask(f"www.{name(n)}").rcode for n in range(4)]

    assert rcodes() == ["NOERROR", "NOERROR", "REFUSED", "REFUSED"]
    server.write("zones.list", entries[1] + entries[2])
    kit.wait_until(lambda: rcodes() == ["REFUSED", "NOERROR", "NOERROR", "REFUSED"], rcodes)
    server.write("zones.list", entries[3] + "nonsense\n")
    server.wait_for_log(r"zones\.list:2 - found 'nonsense', expected: ORIGIN FILE")
    time.sleep(0.5)
    assert rcodes() == ["REFUSED", "NOERROR", "NOERROR", "REFUSED"]
    assert server.count_in_log("nonsense") == 1
    # The same zone from another file.
    server.write("data/other", zone(3, 9))
    server.write("zones.list", entries[3].replace("data/3", "data/other"))
    kit.wait_until(lambda: rcodes() == ["REFUSED", "REFUSED", "REFUSED", "NOERROR"], rcodes)
    assert server.value(f"www.{name(3)}") == address(3, 9)


def test_parent_and_child_in_one_folder(serve):
    server = serve(
        "example:0 {\n auto {\n  directory zones\n  reload 100ms\n }\n}\n",
        files={"zones/db.example": ZONE.format(serial=1, address="192.0.2.1")},
    )
    assert server.value("www.example") == "192.0.2.1"
    assert server.ask("www.sub.example").rcode == "NXDOMAIN"
    server.write("zones/deep/db.sub.example", ZONE.format(serial=1, address="192.0.2.2"))
    # What an editor leaves behind for a moment is a zone of its own name here, as in CoreDNS.
    server.wait_for_value("www.sub.example", "192.0.2.2")
    assert server.value("www.example") == "192.0.2.1"
    (server.folder / "zones/deep/db.sub.example").unlink()
    kit.wait_until(lambda: server.ask("www.sub.example").rcode == "NXDOMAIN", "end of the child")


def test_included_files_are_watched(serve):
    text = ZONE.format(serial=1, address="192.0.2.1") + "$INCLUDE hosts.inc\n"
    server = serve(
        "example:0 {\n zone db.example {\n  reload 100ms\n }\n}\n",
        files={"db.example": text, "hosts.inc": "host A 192.0.2.2\n"},
    )
    assert server.value("host.example") == "192.0.2.2"
    server.write("hosts.inc", "host A 192.0.2.3\n")
    server.wait_for_value("host.example", "192.0.2.3")
    (server.folder / "hosts.inc").unlink()
    server.wait_for_log(r"db\.example:6 - cannot read zone file 'hosts\.inc'")
    assert server.value("host.example") == "192.0.2.3"
    server.write("hosts.inc", "host A 192.0.2.4\n")
    server.wait_for_value("host.example", "192.0.2.4")


def test_a_zone_file_that_vanishes_is_told_once(serve):
    server = serve(
        "example:0 {\n zone db.example {\n  reload 100ms\n }\n}\n",
        files={"db.example": ZONE.format(serial=5, address="192.0.2.1")},
    )
    (server.folder / "db.example").unlink()
    server.wait_for_log(
        r"^\[WARNING\] .*zone file db\.example is gone: zone example\. is served on"
    )
    time.sleep(0.5)
    assert server.count_in_log("is gone") == 1
    assert server.value("www.example") == "192.0.2.1"
    server.write("db.example", ZONE.format(serial=4, address="192.0.2.2"))
    server.wait_for_value("www.example", "192.0.2.2")
    server.wait_for_log(r"^\[WARNING\] .*serial 4 is lower than 5 before")
