"""How the process ends."""

import signal
import time

import message
import pytest
from load import Load

COREFILE = """
example.com:0 {
    errors
    zone db.example.com
    weighted www A {
        192.0.2.10
        192.0.2.20
    }
}
"""


@pytest.fixture
def server(serve):
    return serve(COREFILE, fixtures=["db.example.com"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_under_load(server, address, number):
    """Every query that was sent before the signal gets its answer, and the status is 0."""
    load = Load(server.port, ["www.example.com", "host.example.com"], address=address)
    load.wait_for_answers(500)
    with load.lock:
        before = len(load.sent)
        server.process.send_signal(number)
    server.stop(None)  # a second SIGINT would end it at once
    load.finish(1)
    assert load.lost(before) == []
    assert set(load.answers.values()) == {"192.0.2.10", "192.0.2.20", "192.0.2.80"}


def test_tcp_queries_in_hand(server):
    """Queries on their way by TCP are answered; then the server closes the connection."""
    packets = [message.question("www.example.com", identity=i) for i in range(200)]
    with message.tcp_connect(server.port) as s:
        s.sendall(b"".join(map(message.framed, packets)))
        server.process.send_signal(signal.SIGTERM)
        seen = {message.parse(message.read_framed(s)).identity for _ in packets}
        assert seen == set(range(200))
        assert s.recv(1) == b""
    server.stop()


def test_an_idle_tcp_connection_does_not_delay_the_end(server):
    with message.tcp_connect(server.port):
        start = time.monotonic()
        server.stop()
        assert time.monotonic() - start < 4


def test_impatient_signals(server):
    """A second and a tenth SIGTERM change nothing about the end, not even in its last moments."""
    server.process.send_signal(signal.SIGTERM)
    while server.alive():
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.001)
    server.stop()


def test_quit(server):
    server.stop(signal.SIGQUIT)
    assert "Shutting down" not in server.log()


def test_the_second_interrupt_ends_at_once(serve):
    server = serve("example.com:0 {\n whoami\n health 127.0.0.1:0 {\n lameduck 60s\n }\n}\n")
    server.process.send_signal(signal.SIGINT)
    server.wait_for_log("Shutting down")
    server.stop(signal.SIGINT, status=2)


def test_signals_that_mean_nothing(server):
    for number in (signal.SIGUSR2, signal.SIGPIPE):
        server.process.send_signal(number)
    assert server.value("host.example.com") == "192.0.2.80"


def test_pidfile(serve):
    server = serve("example.com:0 {\n whoami\n}\n", "-pidfile", "signpost.pid")
    pidfile = server.folder / "signpost.pid"
    assert pidfile.read_text(encoding="utf-8") == f"{server.pid}\n"
    server.stop()
    assert not pidfile.exists()
