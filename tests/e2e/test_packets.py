"""Packets that no client library would send: answered or dropped as the RFCs say, never a crash."""

import random
import select
import socket
import struct
import time

import message
import packet_table
import pytest

COREFILE = """
example.com:0 {
    errors
    zone db.example.com
    latency api A {
        table latency.csv
        us-east-1 192.0.2.11
        eu-west-1 192.0.2.12
    }
}
"""


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(COREFILE, fixtures=["db.example.com", "latency.csv"])


TABLE = packet_table.read()


def exchange(server, packet, tcp, timeout):
    try:
        return (message.tcp_exchange if tcp else message.udp_exchange)(
            packet, server.port, timeout=timeout
        )
    except (TimeoutError, ConnectionError):
        return None


def test_the_table_is_whole():
    assert len(TABLE) >= 120
    assert len({row.title for row in TABLE}) == len(TABLE)
    assert all(row.reason and row.udp and row.tcp for row in TABLE)


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize("row", TABLE, ids=[row.title for row in TABLE])
def test_odd_packet(server, row, tcp):
    expected = row.tcp if tcp else row.udp
    data = exchange(server, row.packet, tcp, 0.2 if "none" in expected else 5)
    assert data is None or data[:2] == row.packet[:2]
    assert packet_table.features(data) == expected, row.reason


def test_the_server_lives(server):
    assert server.value("host.example.com") == "192.0.2.80"


@pytest.mark.parametrize("rtype", [251, 252], ids=["IXFR", "AXFR"])
def test_transfers_are_not_given(server, rtype):
    reply = server.ask("example.com", rtype, tcp=True)
    assert reply.rcode in ("REFUSED", "NOTIMP") and not reply.answer


@pytest.mark.parametrize("seed", range(4))
def test_random_damage(server, seed):
    """2,000 packets made of a good one by changing, cutting and lengthening it."""
    chance = random.Random(seed)
    subnet = message.opt(options=[message.client_subnet("198.51.100.0/24"), (10, bytes(8))])
    good = message.question("api.example.com", "A", identity=1, edns=subnet)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(("127.0.0.1", server.port))
        for i in range(2000):
            packet = bytearray(good)
            for _ in range(chance.randrange(1, 6)):
                packet[chance.randrange(len(packet))] = chance.randrange(256)
            if chance.random() < 0.3:
                del packet[chance.randrange(len(packet)) :]
            elif chance.random() < 0.2:
                packet += chance.randbytes(chance.randrange(1, 1400))
            s.send(packet)
            if i % 200 == 199:
                assert server.value("host.example.com") == "192.0.2.80"


def test_random_bytes_over_tcp(server):
    chance = random.Random(7)
    for _ in range(100):
        with message.tcp_connect(server.port) as s:
            try:
                for _ in range(5):
                    s.sendall(chance.randbytes(chance.randrange(1, 3000)))
            except ConnectionError:
                pass
    assert server.value("host.example.com", tcp=True) == "192.0.2.80"


def test_tcp_message_of_zero_length(server):
    with message.tcp_connect(server.port) as s:
        try:
            s.sendall(b"\0\0" + message.framed(message.question("host.example.com", identity=9)))
            assert message.read_framed(s)[:2] == b"\0\x09"
        except ConnectionError:
            pass  # closing the connection is as good
    assert server.value("host.example.com", tcp=True) == "192.0.2.80"


def test_tcp_message_of_65535_bytes(server):
    packet = message.question("host.example.com") + bytes(65535 - 34)
    assert len(packet) == 65535
    assert message.parse(message.tcp_exchange(packet, server.port)).rcode == "FORMERR"


def test_tcp_byte_by_byte(server):
    packet = message.framed(message.question("host.example.com", identity=77))
    with message.tcp_connect(server.port) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(len(packet)):
            s.send(packet[i : i + 1])
        assert message.parse(message.read_framed(s)).identity == 77


def test_tcp_pipelining(server):
    """RFC 7766, section 6.2.1.1: 300 queries sent at once, each answered once on the connection."""
    packets = [message.question("host.example.com", identity=i) for i in range(300)]
    with message.tcp_connect(server.port, "::1") as s:
        s.sendall(b"".join(map(message.framed, packets)))
        seen = [message.parse(message.read_framed(s)) for _ in packets]
    assert sorted(r.identity for r in seen) == list(range(300))
    assert all(r.answer[0].text == "192.0.2.80" for r in seen)


def test_tcp_client_that_goes_at_once(server):
    for _ in range(100):
        s = message.tcp_connect(server.port)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.sendall(message.framed(message.question("huge.example.com")))
        s.close()
    assert server.value("host.example.com", tcp=True) == "192.0.2.80"


@pytest.mark.slow
def test_idle_tcp_connection_is_closed(server):
    with message.tcp_connect(server.port, timeout=40) as s:
        start = time.monotonic()
        s.sendall(message.framed(message.question("host.example.com")))
        message.read_framed(s)
        assert s.recv(1) == b""
        assert 9 <= time.monotonic() - start <= 30


def test_a_slow_tcp_client_does_not_hold_up_the_others(serve):
    """All at one worker: an address may have 64 connections, and a worker has its share of them."""
    server = serve(COREFILE, "-workers", "1", fixtures=["db.example.com", "latency.csv"])
    own, there = ("127.0.0.7", 0), ("127.0.0.1", server.port)
    slow = [socket.create_connection(there, 5, source_address=own) for _ in range(50)]
    try:
        for s in slow:
            s.sendall(b"\0\x1c\x12")
        assert server.value("host.example.com", tcp=True) == "192.0.2.80"
        assert server.value("host.example.com") == "192.0.2.80"
        assert select.select(slow, [], [], 0)[0] == [], "they have not been given up meanwhile"
    finally:
        for s in slow:
            s.close()
