"""The table of odd packets, ../packets/odd.txt, which explains its own notation."""

import pathlib
import struct
from dataclasses import dataclass

import message

TABLE = pathlib.Path(__file__).parent.parent / "packets" / "odd.txt"


@dataclass
class OddPacket:
    title: str
    packet: bytes = b""
    udp: frozenset = frozenset()  # what the reply has, in the words of the table
    tcp: frozenset = frozenset()
    reason: str = ""


def in_bytes(text, words):
    """The bytes that a text in the table's notation stands for."""
    parts = [b""]
    for word in text.split():
        if word == "[":
            parts.append(b"")
        elif word == "]":
            inner = parts.pop()
            parts[-1] += struct.pack("!H", len(inner)) + inner
        else:
            word, _, times = word.partition("*")
            if word.startswith("name:"):
                one = message.wire_name(word[5:])
            else:
                one = words[word] if word in words else bytes.fromhex(word)
            parts[-1] += one * int(times or 1)
    assert len(parts) == 1, "'[' without ']'"
    return parts[0]


def read():
    """The rows of the table in their order."""
    words, rows, row, has_packet = {}, [], None, False
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        start, _, rest = line.partition(" ")
        if start == "#" or (not line and row is None):
            continue
        if start == "let":
            word, _, text = rest.partition(" = ")
            words[word] = in_bytes(text, words)
        elif row is None:
            row, has_packet = OddPacket(line), False
        elif not has_packet:
            row.packet, has_packet = in_bytes(line, words), True
        elif start == ";":
            row.reason = rest
            rows.append(row)
            row = None
        else:
            assert start in ("->", "udp->", "tcp->"), line
            if start != "tcp->":
                row.udp = frozenset(rest.split())
            if start != "udp->":
                row.tcp = frozenset(rest.split())
    return rows


def features(data):
    """What a reply has, in the words of the table; None stands for no reply."""
    if data is None:
        return frozenset(["none"])
    reply = message.parse(data)
    found = {reply.rcode}
    bits = {"aa": 0x400, "tc": 0x200, "rd": 0x100, "reserved": 0xE0, "cd": 0x10}
    found |= {word for word, bit in bits.items() if reply.flags & bit}
    has = {
        "question": struct.unpack("!H", data[4:6])[0] == 1,
        "opt": reply.edns,
        "data": bool(reply.answer),
        "tsig": any(record.type == "TYPE250" for record in reply.additional),
        "keepalive": 11 in reply.options,
    }
    found |= {word for word, holds in has.items() if holds}
    if 15 in reply.options:
        found.add(f"ede:{struct.unpack('!H', reply.options[15][:2])[0]}")
    return frozenset(found)
