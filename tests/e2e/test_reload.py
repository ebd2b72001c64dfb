"""Reloads: under load without a query lost or wrong, and without effect when the input is wrong."""

import pathlib
import random
import signal
import time

import clients
import endpoints
import ports
import pytest
import server as kit
from load import Load

ZONE = """$TTL 60
@ SOA ns1 hostmaster {serial} 2h 15m 14d 5m
@ NS ns1
ns1 A 192.0.2.53
host A {host}
one CNAME two
two A 192.0.2.77
"""
COREFILE = """
example.com:0 {{
    errors
    zone db.example.com {{
        reload 100ms
    }}
    weighted www A {{
        192.0.2.{a}
        192.0.2.{b}
    }}
    failover app A {{
        primary alias www evaluate
        secondary 192.0.2.99
    }}
    alias @ {target}
}}
"""
FIRST = COREFILE.format(a=10, b=20, target="www")
SECOND = COREFILE.format(a=30, b=40, target="host")
HOST = "192.0.2.1"


@pytest.fixture
def server(serve):
    return serve(FIRST, files={"db.example.com": ZONE.format(serial=1, host=HOST)})


def addresses(*last):
    return {f"192.0.2.{n}" for n in last}


@pytest.mark.slow
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_ten_reloads_under_load(server, address):
    """2,000 queries per second; the Corefile changes each time, by SIGHUP and SIGUSR1 in turn."""
    names = ["www.example.com", "example.com", "app.example.com", "host.example.com"]
    first, second = addresses(10, 20), addresses(30, 40)
    versions = [[first, first, first, {HOST}], [second, {HOST}, second, {HOST}]]  # by name
    load = Load(server.port, names, address=address)
    load.wait_for_answers(500)
    spans = []  # numbers of queries between which a version is surely in effect
    for i in range(1, 11):
        assert server.reload([FIRST, SECOND][i % 2], [signal.SIGHUP, signal.SIGUSR1][i % 2])
        load.wait_on_each_socket(lambda n, answer, i=i: answer in versions[i % 2][n % 4])
        begin = len(load.sent)
        load.wait_for_answers(500)
        spans.append((load.answered(range(begin, len(load.sent))), versions[i % 2]))
    load.finish()

    assert load.lost() == [] and load.strays == []
    allowed = [a | b for a, b in zip(*versions)]
    wrong = [(names[n % 4], a) for n, a in load.answers.items() if a not in allowed[n % 4]]
    assert wrong == []
    # Once a worker serves a new Corefile, its answers are of this one and no other.
    for answered, version in spans:
        assert [n for n in answered if load.answers[n] not in version[n % 4]] == []
    assert server.count_in_log("Reloading complete$") == 10


WRONG = {
    "unknown directive": (FIRST.replace("errors", "erors"), 3, "Unknown directive 'erors'"),
    "missing brace": (FIRST.rstrip().removesuffix("}"), None, "expecting '}'|Unexpected EOF"),
    "missing zone file": (FIRST.replace("db.example.com", "db.nowhere"), 4, "db.nowhere"),
    "bad value": (FIRST.replace("192.0.2.20", "192.0.2.320"), 9, "192.0.2.320"),
    "missing target": (FIRST.replace("alias @ www", "alias @ wwww"), 15, "wwww"),
    "unknown check": (FIRST.replace("192.0.2.10", "192.0.2.10 check nothing"), 8, "nothing"),
    "port in use": None,
}


def test_a_reload_gives_way_to_queries(serve):
    """What builds it has a lower priority than the workers, also if it is the first to work so."""
    server = serve(
        "example.com:0 {\n zone db.example.com {\n  reload 0\n }\n}\n",
        files={"db.example.com": ZONE.format(serial=1, host=HOST)},
    )

    def priorities():
        found = set()
        for task in pathlib.Path(f"/proc/{server.pid}/task").glob("*/stat"):
            try:
                found.add(int(task.read_text().rpartition(")")[2].split()[16]))
            except (FileNotFoundError, ProcessLookupError):
                pass  # a thread that has ended
        return found

    (usual,) = priorities()
    assert not server.reload("nonsense {\n")
    assert priorities() == {usual, min(usual + 5, 19)}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_corefile_changes_nothing(server, case):
    if WRONG[case] is None:
        with endpoints.Endpoint() as taken:
            text = FIRST + f"example.net:{taken.port} {{\n whoami\n}}\n"
            expect_refusal(server, text, FIRST.count("\n") + 1, "in use")
    else:
        expect_refusal(server, *WRONG[case])


def expect_refusal(server, text, line, pattern):
    assert not server.reload(text)
    where = rf"Corefile:{line if line else '[0-9]+'} - "
    server.wait_for_log(rf"^\[ERROR\] .*{where}.*({pattern})")
    server.wait_for_log("the configuration before is served on")
    assert {server.value("example.com") for _ in range(40)} == addresses(10, 20)
    assert server.value("host.example.com") == HOST
    assert server.reload(SECOND)
    kit.wait_until(lambda: server.value("example.com") == HOST, "the second Corefile")


def test_a_changed_zone_file_is_read_again(server):
    server.write("db.example.com", ZONE.format(serial=2, host="192.0.2.2"))
    server.wait_for_value("host.example.com", "192.0.2.2")
    assert server.ask("example.com", "SOA").answer[0].text.split()[2] == "2"
    # What the Corefile adds is still there.
    assert server.value("www.example.com") in addresses(10, 20)
    assert server.value("one.example.com") == "192.0.2.77"


def test_a_change_right_after_the_start_is_seen(serve):
    """Also one that comes before the file is watched, but after it was read."""
    for i in range(4):
        server = serve(FIRST, files={"db.example.com": ZONE.format(serial=1, host=HOST)})
        server.write("db.example.com", ZONE.format(serial=2, host=f"192.0.2.{100 + i}"))
        server.wait_for_value("host.example.com", f"192.0.2.{100 + i}")
        server.stop()


def test_a_broken_zone_file_keeps_the_old_zone(server):
    broken = ZONE.format(serial=3, host="192.0.2.3") + "bad A 192.0.2.256\nworse XYZ 1\n"
    server.write("db.example.com", broken)
    line = broken.count("\n") - 1
    server.wait_for_log(rf"^\[ERROR\] .*db\.example\.com:{line} - .*192\.0\.2\.256")
    server.wait_for_log(rf"^\[ERROR\] .*db\.example\.com:{line + 1} - .*XYZ")
    assert server.value("host.example.com") == HOST
    (server.folder / "db.example.com").unlink()
    time.sleep(0.5)
    assert server.value("host.example.com") == HOST
    server.write("db.example.com", ZONE.format(serial=4, host="192.0.2.4"))
    server.wait_for_value("host.example.com", "192.0.2.4")


def test_a_record_that_a_steering_block_owns_does_not_come_in_by_the_zone_file(server):
    """A record set is simple or steered, never both: the file is refused as a whole."""
    server.write("db.example.com", ZONE.format(serial=5, host="192.0.2.5") + "www A 192.0.2.6\n")
    server.wait_for_log(r"^\[ERROR\] .*(db\.example\.com|Corefile):\d+ - .*www")
    assert server.value("host.example.com") == HOST
    assert server.value("www.example.com") in addresses(10, 20)


def test_listeners_come_and_go(serve):
    first, second = ports.free_port(), ports.free_port()
    block = "example.{}:{} {{\n whoami\n}}\n"
    server = serve(block.format("com", first))
    assert server.reload(block.format("com", first) + block.format("net", second))
    for tcp in (False, True):
        for address in ("127.0.0.1", "::1"):
            options = {"port": second, "tcp": tcp, "address": address}
            kit.wait_until(lambda o=options: answers(server, "example.net", **o), "new listener")
    assert server.reload(block.format("net", second))
    kit.wait_until(lambda: not answers(server, "example.com", port=first), "end of a listener")
    kit.wait_until(lambda: not answers(server, "example.com", port=first, tcp=True), "TCP too")
    assert server.ask("example.net", port=second).rcode == "NOERROR"
    # And the same port again.
    assert server.reload(block.format("com", first) + block.format("net", second))
    kit.wait_until(lambda: answers(server, "example.com", port=first), "old listener")


def answers(server, name, **options):
    try:
        return server.ask(name, timeout=0.5, **options).rcode == "NOERROR"
    except (TimeoutError, ConnectionError):
        return False


def test_a_tcp_connection_outlives_a_reload(server):
    import message

    with message.tcp_connect(server.port) as s:
        for corefile in (None, SECOND, FIRST):
            if corefile:
                assert server.reload(corefile)
            s.sendall(message.framed(message.question("host.example.com")))
            assert message.parse(message.read_framed(s)).answer[0].text == HOST


def test_http_endpoints_stay(serve):
    """D18: a reload, good or failed, does not close /health and /ready."""
    status, ready = ports.free_port(), ports.free_port()
    text = "example.com:0 {{\n whoami\n health 127.0.0.1:{}\n ready 127.0.0.1:{}\n}}\n"
    server = serve(text.format(status, ready))
    for corefile in (text.format(status, ready) + "# more\n", "example.com:0 {\n wat\n}\n"):
        server.reload(corefile)
        for _ in range(5):
            assert clients.curl(f"http://127.0.0.1:{status}/health")[0] == 200
            assert clients.curl(f"http://127.0.0.1:{ready}/ready")[0] == 200
    moved = ports.free_port()
    assert server.reload(text.format(moved, ready))
    assert clients.curl(f"http://127.0.0.1:{moved}/health")[0] == 200
    kit.wait_until(lambda: clients.curl(f"http://127.0.0.1:{status}/health")[0] == 0, "old closed")


def test_a_failed_reload_keeps_the_lame_duck(serve):
    """The delay at the end belongs to the configuration that is served, not to the failed one."""
    text = "example.com:0 {{\n whoami\n health 127.0.0.1:{} {{\n lameduck {}\n }}\n{}}}\n"
    status = ports.free_port()
    server = serve(text.format(status, "1500ms", ""))
    with endpoints.Endpoint() as taken:
        assert not server.reload(text.format(status, "50s", f" ready 127.0.0.1:{taken.port}\n"))
    begin = time.monotonic()
    server.stop()
    assert 1.4 <= time.monotonic() - begin < 10


def test_verdicts_outlive_a_reload(serve):
    """What the check probes is its identity, not its line in the file."""
    checked = """
example.com:0 {{
    zone db.example.com
    health {{
        interval 2s
        threshold 1
        check {name} tcp 127.0.0.1:{port}
    }}
    failover app A {{
        primary 192.0.2.1 check {name}
        secondary 192.0.2.2
    }}
}}
"""
    port = ports.free_port()
    server = serve(
        checked.format(name="before", port=port),
        files={"db.example.com": ZONE.format(serial=1, host=HOST)},
    )
    server.wait_for_value("app.example.com", "192.0.2.2")
    for name in ("before", "after"):
        assert server.reload("# a line on top\n" + checked.format(name=name, port=port))
        assert server.value("app.example.com") == "192.0.2.2"
    assert server.count_in_log("is unhealthy") == 1


def test_reloads_in_a_hurry(server):
    """Signals that come faster than reloads go are folded; the last Corefile counts."""
    chance = random.Random(1)
    for i in range(30):
        server.write("Corefile", [FIRST, SECOND][i % 2])
        server.process.send_signal(chance.choice([signal.SIGHUP, signal.SIGUSR1]))
    kit.wait_until(lambda: server.value("example.com") == HOST, "the second Corefile")
    assert server.alive()
