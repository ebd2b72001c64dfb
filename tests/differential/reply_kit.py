"""Writes replies, right and wrong ones, for the tests of what compares them."""

import struct

import names
import wire
from questions import Question, number_of


def name(text):
    return names.to_wire(names.of_text(text))


def record(owner, rtype, ttl, data):
    """Data is bytes, or the text of a name or an IPv4 address, or a list of these."""
    parts = data if isinstance(data, list) else [data]
    raw = b"".join(part if isinstance(part, bytes) else _data(part) for part in parts)
    return wire.Record(name(owner), number_of(rtype), ttl, raw)


def _data(text):
    if text.replace(".", "").isdigit():
        return bytes(int(part) for part in text.split("."))
    return name(text)


def soa(owner, ttl, minimum):
    return record(owner, "SOA", ttl, [name("ns.example"), name("h.example"), _times(minimum)])


def _times(minimum):
    return struct.pack("!5I", 1, 7200, 900, 1209600, minimum)


def question(owner, rtype, **fields):
    values = {"flags": 0, "payload": None, "dnssec_ok": False, "tcp": False, **fields}
    return Question(name=name(owner), rtype=number_of(rtype), **values)


def reply(asked, answer=(), authority=(), additional=(), flags=0x8400, rcode=0, edns=None):
    """A reply without compression; `edns` is the TTL field of an OPT record."""
    counts = [1, len(answer), len(authority), len(additional) + (edns is not None)]
    parts = [struct.pack("!6H", 1, flags | rcode, *counts)]
    parts.append(asked.name + struct.pack("!2H", asked.rtype, 1))
    for owner, rtype, ttl, data in [*answer, *authority, *additional]:
        parts.append(owner + struct.pack("!HHIH", rtype, 1, ttl, len(data)) + data)
    if edns is not None:
        parts.append(struct.pack("!BHHIH", 0, wire.OPT, 1232, edns, 0))
    return b"".join(parts)
