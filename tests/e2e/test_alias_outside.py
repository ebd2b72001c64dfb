"""Aliases to names elsewhere, with a real resolver behind them that comes and goes."""

import socket
import time

import clients
import message
import ports
import pytest
import server as kit
from upstream import Upstream, available

pytestmark = pytest.mark.skipif(not available(), reason="needs the package unbound")

COREFILE = """
example.com:0 {{
    errors
    zone db.example.com
    alias {{
        resolver 127.0.0.1:{port}
    }}
    ready 127.0.0.1:{ready}
    alias @ lb.example.net
    alias shop chain.example.net
    alias gone none.example.net
    failover app A {{
        primary alias none.example.net evaluate
        secondary 192.0.2.99
    }}
}}
"""
RECORDS = [
    "lb.example.net. 2 IN A 192.0.2.1",
    "lb.example.net. 2 IN A 192.0.2.2",
    "lb.example.net. 2 IN AAAA 2001:db8::1",
    "chain.example.net. 300 IN CNAME lb.example.net.",
]


def moved(address):
    return [f"lb.example.net. 2 IN A {address}", RECORDS[3]]


@pytest.fixture
def upstream(folder):
    with Upstream(folder) as resolver:
        yield resolver


def start(serve, upstream):
    ready = ports.free_port()
    server = serve(COREFILE.format(port=upstream.port, ready=ready), fixtures=["db.example.com"])
    server.ready_url = f"http://127.0.0.1:{ready}/ready"
    return server


def test_addresses_from_elsewhere(serve, upstream):
    upstream.start(RECORDS)
    server = start(serve, upstream)
    kit.wait_until(lambda: clients.curl(server.ready_url)[0] == 200, "ready")
    for client in (clients.dig, clients.kdig):
        reply = client(server.port, "example.com", "A")
        assert reply.data("A") == ["192.0.2.1", "192.0.2.2"]
        assert "aa" in reply.flags and {o for o, *_ in reply.answer} == {"example.com."}
        assert all(0 <= ttl <= 2 for _, ttl, _, _ in reply.answer)
        assert client(server.port, "example.com", "AAAA").data("AAAA") == ["2001:db8::1"]
    # The alias hides the chain behind the name (A-20: no CNAME shows).
    assert clients.dig(server.port, "example.com", "MX").data("MX") == ["10 mail.example.com."]
    assert clients.dig(server.port, "gone.example.com", "A").status == "NOERROR"
    assert server.values("gone.example.com") == []
    assert server.value("app.example.com") == "192.0.2.99"


def test_the_first_query_of_a_cold_alias_waits_for_the_answer(serve, upstream):
    upstream.start(RECORDS)
    for _ in range(5):
        server = start_cold(serve, upstream)
        begin = time.monotonic()
        reply = server.ask("example.com")
        if reply.rcode == "SERVFAIL" and time.monotonic() - begin > 1.4:
            continue  # this machine stood still for longer than a query may wait
        assert sorted(r.text for r in reply.answer) == ["192.0.2.1", "192.0.2.2"]
        return
    pytest.fail("this machine stands still all the time")


def start_cold(serve, upstream):
    ready = ports.free_port()
    return serve(
        COREFILE.format(port=upstream.port, ready=ready), fixtures=["db.example.com"], ready=False
    )


@pytest.mark.slow
def test_upstream_stops_and_comes_back_elsewhere(serve, upstream):
    upstream.start(RECORDS)
    server = start(serve, upstream)
    kit.wait_until(lambda: server.values("example.com") == ["192.0.2.1", "192.0.2.2"], "addresses")
    upstream.stop()
    server.wait_for_log(r"^\[WARNING\] plugin/alias: lb\.example\.net\. A cannot be resolved")
    end = time.monotonic() + 4  # twice the TTL
    while time.monotonic() < end:
        assert server.values("example.com") == ["192.0.2.1", "192.0.2.2"]
        assert server.values("example.com", "AAAA") == ["2001:db8::1"]
        time.sleep(0.1)
    upstream.start(moved("192.0.2.3"))
    # Attempts are 1, 2, 4, 8 seconds apart by now.
    server.wait_for_value("example.com", "192.0.2.3", seconds=25)
    server.wait_for_log(r"^\[INFO\] plugin/alias: lb\.example\.net\. A is resolved again")
    assert server.count_in_log(r"lb\.example\.net\. A cannot be resolved") == 1


@pytest.mark.slow
def test_a_changed_address_is_picked_up_before_the_ttl_ends(serve, upstream):
    upstream.start(moved("192.0.2.4"))
    server = start(serve, upstream)
    server.wait_for_value("example.com", "192.0.2.4")
    upstream.stop()
    upstream.start(moved("192.0.2.5"))
    assert server.wait_for_value("example.com", "192.0.2.5") < 10


@pytest.mark.slow
def test_cold_alias_without_upstream(serve, upstream):
    """Nobody answers at the resolver's port, and nothing says so: SERVFAIL within 1.5 seconds."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", upstream.port))
        server = start(serve, upstream)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect(("127.0.0.1", server.port))
            s.settimeout(10)
            begin = time.monotonic()
            s.send(message.question("example.com", identity=0))
            s.send(message.question("host.example.com", identity=1))
            other, reply = [message.parse(s.recv(2048)) for _ in range(2)]
            took = time.monotonic() - begin
        # Names that need no upstream are not held up, also while others wait.
        assert other.identity == 1 and other.answer[0].text == "192.0.2.80"
        assert reply.identity == 0 and reply.rcode == "SERVFAIL" and reply.answer == []
        assert 1.4 < took < 5, "not the six seconds after which the lookup is given up"
        server.wait_for_log(r"^\[ERROR\] plugin/errors: 2 example\.com\. A: ")
        status, body = clients.curl(server.ready_url)
        assert (status, body) in ((503, "alias"), (200, "OK"))
    upstream.start(RECORDS)
    kit.wait_until(
        lambda: server.values("example.com") == ["192.0.2.1", "192.0.2.2"], "recovery", seconds=30
    )
    assert clients.curl(server.ready_url) == (200, "OK")


def test_many_waiting_queries_are_all_answered(serve, upstream):
    """500 queries for a cold alias: each gets its answer or SERVFAIL, once, and soon."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", upstream.port))
        server = start_cold(serve, upstream)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
            s.connect(("127.0.0.1", server.port))
            s.settimeout(5)
            for i in range(500):
                s.send(message.question("example.com", identity=i))
            replies = [message.parse(s.recv(2048)) for _ in range(500)]
    assert sorted(r.identity for r in replies) == list(range(500))
    assert {r.rcode for r in replies} == {"SERVFAIL"}


def test_refused_upstream_is_noticed_at_once(serve, upstream):
    """Nothing listens: the kernel says so, and the query need not wait for the time-out."""
    server = start(serve, upstream)
    kit.wait_until(lambda: "cannot be resolved" in server.log(), "the first failure")

    def seconds():
        begin = time.monotonic()
        assert server.ask("example.com").rcode == "SERVFAIL"
        return time.monotonic() - begin

    assert min(seconds() for _ in range(5)) < 1, "a machine does not stand still five times"
    upstream.start(RECORDS)
    kit.wait_until(lambda: server.values("example.com"), "recovery", seconds=30)


def test_addresses_outlive_a_reload(serve, upstream):
    upstream.start(RECORDS)
    server = start(serve, upstream)
    kit.wait_until(lambda: server.values("example.com") == ["192.0.2.1", "192.0.2.2"], "addresses")
    upstream.stop()
    text = (server.folder / "Corefile").read_text()
    assert server.reload(text + "# changed\n")
    assert server.values("example.com") == ["192.0.2.1", "192.0.2.2"]
