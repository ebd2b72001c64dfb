"""DNS messages over plain sockets: what dig cannot send, and what needs no process per question."""

import ipaddress
import random
import socket
import struct
from dataclasses import dataclass, field

TYPES = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "HINFO": 13, "MX": 15, "TXT": 16,
    "AAAA": 28, "SRV": 33, "DS": 43, "OPT": 41, "ANY": 255,
}  # fmt: skip
NAMES = {number: name for name, number in TYPES.items()}
RCODES = {
    0: "NOERROR",
    1: "FORMERR",
    2: "SERVFAIL",
    3: "NXDOMAIN",
    4: "NOTIMP",
    5: "REFUSED",
    9: "NOTAUTH",
    16: "BADVERS",
    23: "BADCOOKIE",
}


def wire_name(text):
    """A name in wire form, without escapes."""
    labels = [label.encode() for label in text.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def opt(payload=1232, version=0, do=False, options=()):
    """An OPT record; `options` are pairs of code and bytes."""
    data = b"".join(struct.pack("!HH", code, len(value)) + value for code, value in options)
    flags = version << 16 | (0x8000 if do else 0)
    return b"\0" + struct.pack("!HHIH", TYPES["OPT"], payload, flags, len(data)) + data


def client_subnet(prefix):
    """The EDNS Client Subnet option for a prefix such as 198.51.100.0/24."""
    network = ipaddress.ip_network(prefix)
    used = network.network_address.packed[: (network.prefixlen + 7) // 8]
    family = 1 if network.version == 4 else 2
    return 8, struct.pack("!HBB", family, network.prefixlen, 0) + used


def question(name, rtype="A", identity=None, edns=None, flags=0x0100, rclass=1):
    """A query; `edns` is an OPT record from opt()."""
    identity = random.randrange(65536) if identity is None else identity
    header = struct.pack("!HHHHHH", identity, flags, 1, 0, 0, 1 if edns else 0)
    number = TYPES[rtype] if isinstance(rtype, str) else rtype
    return header + wire_name(name) + struct.pack("!HH", number, rclass) + (edns or b"")


@dataclass
class Record:
    name: str
    type: str
    ttl: int
    text: str


@dataclass
class Reply:
    identity: int
    flags: int
    rcode: str
    answer: list = field(default_factory=list)
    authority: list = field(default_factory=list)
    additional: list = field(default_factory=list)
    edns: bool = False
    options: dict = field(default_factory=dict)  # option code: data
    size: int = 0

    aa = property(lambda self: bool(self.flags & 0x0400))
    tc = property(lambda self: bool(self.flags & 0x0200))


class Reader:
    """Reads a reply from its start."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, layout):
        values = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return values

    def name(self):
        labels, at, jumped = [], self.at, False
        for _ in range(128):
            length = self.data[at]
            if length >= 0xC0:
                if not jumped:
                    self.at = at + 2
                jumped, at = True, (length & 0x3F) << 8 | self.data[at + 1]
            elif length == 0:
                if not jumped:
                    self.at = at + 1
                return ".".join(labels) + "."
            else:
                labels.append(self.data[at + 1 : at + 1 + length].decode("latin-1"))
                at += 1 + length
        raise ValueError("a name without end")

    def data_text(self, rtype, end):
        if rtype in ("A", "AAAA"):
            return str(ipaddress.ip_address(self.data[self.at : end]))
        if rtype in ("NS", "CNAME", "PTR"):
            return self.name()
        if rtype == "MX":
            return f"{self.take('!H')[0]} {self.name()}"
        if rtype == "SRV":
            return "{} {} {} ".format(*self.take("!HHH")) + self.name()
        if rtype == "SOA":
            return f"{self.name()} {self.name()} " + " ".join(map(str, self.take("!IIIII")))
        return self.data[self.at : end].hex()

    def record(self, reply):
        name = self.name()
        number, _, ttl, length = self.take("!HHIH")
        end = self.at + length
        rtype = NAMES.get(number, f"TYPE{number}")
        if rtype == "OPT":
            reply.edns = True
            low = reply.flags & 15
            reply.rcode = RCODES.get(ttl >> 24 << 4 | low, str(ttl >> 24 << 4 | low))
            while self.at < end:
                code, size = self.take("!HH")
                reply.options[code] = self.data[self.at : self.at + size]
                self.at += size
            return None
        text = self.data_text(rtype, end)
        self.at = end
        return Record(name, rtype, ttl, text)


def parse(data):
    """A reply. Raises on one that is cut short or has bytes left over."""
    reader = Reader(data)
    identity, flags, questions, *counts = reader.take("!HHHHHH")
    assert flags & 0x8000, "not a reply"
    reply = Reply(identity, flags, RCODES.get(flags & 15, str(flags & 15)), size=len(data))
    for _ in range(questions):
        reader.name()
        reader.take("!HH")
    for section, count in zip((reply.answer, reply.authority, reply.additional), counts):
        for _ in range(count):
            record = reader.record(reply)
            if record:
                section.append(record)
    assert reader.at == len(data), "bytes behind the last record"
    return reply


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def udp_exchange(packet, port, address="127.0.0.1", timeout=5.0):
    """Sends one packet and returns the one that comes back. Raises TimeoutError."""
    with socket.socket(family_of(address), socket.SOCK_DGRAM) as s:
        s.settimeout(timeout)
        s.connect((address, port))
        s.send(packet)
        return s.recv(65535)


def read_exactly(stream, count):
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            raise ConnectionError("the server closed the connection")
        data += more
    return data


def read_framed(stream):
    return read_exactly(stream, struct.unpack("!H", read_exactly(stream, 2))[0])


def framed(packet):
    return struct.pack("!H", len(packet)) + packet


def tcp_connect(port, address="127.0.0.1", timeout=5.0):
    return socket.create_connection((address, port), timeout)


def tcp_exchange(packet, port, address="127.0.0.1", timeout=5.0):
    with tcp_connect(port, address, timeout) as s:
        s.sendall(framed(packet))
        return read_framed(s)


def ask(name, rtype="A", port=53, address="127.0.0.1", tcp=False, timeout=5.0, **options):
    """One question, one parsed reply with the same ID."""
    packet = question(name, rtype, **options)
    data = (tcp_exchange if tcp else udp_exchange)(packet, port, address, timeout)
    assert data[:2] == packet[:2], "a reply to something else"
    return parse(data)
