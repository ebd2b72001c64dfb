"""Packets that no client library would send: answered or dropped as the RFCs say, never a crash."""

import random
import socket
import struct
import time

import message
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


def header(flags=0, questions=1, answers=0, authority=0, additional=0):
    return struct.pack("!HHHHHH", 0x1234, flags, questions, answers, authority, additional)


NAME = message.wire_name("host.example.com")
QUESTION = NAME + struct.pack("!HH", 1, 1)
LOOP = b"\xc0\x0c" + struct.pack("!HH", 1, 1)
RECORD = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + bytes(4)

# Packet, and the response code of the reply; None: no reply.
ODD = {
    "empty": (b"", None),
    "one byte": (b"\x12", None),
    "header cut short": (header()[:11], None),
    "a response": (header(flags=0x8000) + QUESTION, None),
    "header alone": (header(questions=0), "FORMERR"),
    "no question though counted": (header(), "FORMERR"),
    "two questions": (header(questions=2) + QUESTION + QUESTION, "FORMERR"),
    "65535 questions": (header(questions=65535) + QUESTION, "FORMERR"),
    "name cut short": (header() + NAME[:7], "FORMERR"),
    "type cut short": (header() + NAME + b"\0", "FORMERR"),
    "pointer to itself": (header() + LOOP, "FORMERR"),
    "pointers in a circle": (header() + b"\xc0\x0e\xc0\x0c" + struct.pack("!HH", 1, 1), "FORMERR"),
    "label type 0x40": (header() + b"\x41a\0" + struct.pack("!HH", 1, 1), "FORMERR"),
    "name of 256 octets": (
        header() + (b"\x3f" + b"a" * 63) * 4 + b"\0" + struct.pack("!HH", 1, 1),
        "FORMERR",
    ),
    "record missing": (header(additional=1) + QUESTION, "FORMERR"),
    "record cut short": (header(additional=1) + QUESTION + RECORD[:-1], "FORMERR"),
    "two OPT": (header(additional=2) + QUESTION + message.opt() * 2, "FORMERR"),
    "OPT with an owner": (header(additional=1) + QUESTION + b"\x01a" + message.opt(), "FORMERR"),
    "option cut short": (
        header(additional=1) + QUESTION + b"\0" + struct.pack("!HHIHHH", 41, 1232, 0, 4, 8, 9),
        "FORMERR",
    ),
    "subnet longer than an address": (
        header(additional=1)
        + QUESTION
        + message.opt(options=[(8, struct.pack("!HBB", 1, 33, 0) + bytes(5))]),
        "FORMERR",
    ),
    "subnet of an unknown family": (
        header(additional=1)
        + QUESTION
        + message.opt(options=[(8, struct.pack("!HBB", 7, 8, 0) + b"a")]),
        "FORMERR",
    ),
    "opcode 15": (header(flags=0x7800) + QUESTION, "NOTIMP"),
    "status opcode without a question": (header(flags=0x1000, questions=0), "NOTIMP"),
    "EDNS version 200": (header(additional=1) + QUESTION + message.opt(version=200), "BADVERS"),
    "class 0": (header() + NAME + struct.pack("!HH", 1, 0), "REFUSED"),
    "type 0": (header() + NAME + struct.pack("!HH", 0, 1), "NOERROR"),
    "type 65535": (header() + NAME + struct.pack("!HH", 65535, 1), "NOERROR"),
}


def exchange(server, packet, tcp, timeout):
    try:
        return (message.tcp_exchange if tcp else message.udp_exchange)(
            packet, server.port, timeout=timeout
        )
    except (TimeoutError, ConnectionError):
        return None


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize("case", ODD)
def test_odd_packet(server, case, tcp):
    packet, rcode = ODD[case]
    data = exchange(server, packet, tcp, 0.3 if rcode is None else 5)
    if rcode is None:
        assert data is None
    else:
        assert data is not None, "no reply"
        assert data[:2] == packet[:2]
        assert message.parse(data).rcode == rcode
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
    with message.tcp_connect(server.port, timeout=20) as s:
        s.sendall(message.framed(message.question("host.example.com")))
        message.read_framed(s)
        start = time.monotonic()
        assert s.recv(1) == b""
        assert 9 <= time.monotonic() - start <= 14


def test_a_slow_tcp_client_does_not_hold_up_the_others(server):
    slow = [message.tcp_connect(server.port) for _ in range(50)]
    try:
        for s in slow:
            s.sendall(b"\0\x1c\x12")
        start = time.monotonic()
        assert server.value("host.example.com", tcp=True) == "192.0.2.80"
        assert server.value("host.example.com") == "192.0.2.80"
        assert time.monotonic() - start < 2
    finally:
        for s in slow:
            s.close()
