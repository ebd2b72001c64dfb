"""Replies from their wire form into what they mean.

Names, owners as well as those inside record data, are decompressed and folded to lower case, so two
records are equal exactly if they mean the same. Raises Malformed for what is no DNS message.
"""

import collections
import struct

A, NS, CNAME, SOA, TXT, AAAA, DNAME, OPT = 1, 2, 5, 6, 16, 28, 39, 41
DS, RRSIG, NSEC, DNSKEY, NSEC3, NSEC3PARAM, ANY = 43, 46, 47, 48, 50, 51, 255

# Record data with names inside (RFC 1035, 1183, 2163, 2535, 2782, 3403, 4034, 6672, 6742, 9460):
# a number is that many bytes, "n" a name, "s" a character string; what is left over is bytes.
LAYOUTS = {
    2: "n", 3: "n", 4: "n", 5: "n", 6: "nn", 7: "n", 8: "n", 9: "n", 12: "n", 14: "nn",
    15: "2n", 17: "nn", 18: "2n", 21: "2n", 24: "99n", 26: "2nn", 30: "n", 33: "6n",
    35: "4sssn", 36: "2n", 39: "n", 46: "99n", 47: "n", 64: "2n", 65: "2n", 107: "2n",
}  # fmt: skip

Record = collections.namedtuple("Record", "owner type ttl data")
Edns = collections.namedtuple("Edns", "payload version flags options")
Question = collections.namedtuple("Question", "name type klass")


class Malformed(Exception):
    """The bytes are no DNS message; the text says where they stop being one."""


class Reply:
    """One message. `rcode` includes the extended bits; `edns` is None without an OPT record."""

    __slots__ = (
        "wire id flags rcode question answer authority additional edns opt_size owners".split()
    )

    def __init__(self, wire):
        self.wire = wire
        try:
            self._read(wire)
        except (IndexError, struct.error) as error:
            raise Malformed(f"{error} in a message of {len(wire)} bytes") from error

    def _read(self, wire):
        self.id, self.flags, questions, *counts = struct.unpack_from("!6H", wire)
        self.rcode = self.flags & 15
        self.edns, self.opt_size = None, 0
        reader = _Reader(wire)
        self.question = None
        for _ in range(questions):
            name = reader.name(fold=False)
            self.question = Question(name, *struct.unpack_from("!2H", wire, reader.at))
            reader.at += 4
        self.answer, self.authority, self.additional = (
            [record for record in (self._record(reader) for _ in range(count)) if record]
            for count in counts
        )
        if reader.at != len(wire):
            raise Malformed(f"{len(wire) - reader.at} bytes after the last record")

    def _record(self, reader):
        start = reader.at
        owner = reader.name()
        rtype, klass, ttl, length = struct.unpack_from("!HHIH", reader.wire, reader.at)
        reader.at += 10
        end = reader.at + length
        if end > len(reader.wire):
            raise Malformed(f"record data of {length} bytes passes the end")
        if rtype == OPT:
            if self.edns is not None:
                raise Malformed("two OPT records")
            options = reader.wire[reader.at : end]
            self.edns = Edns(klass, ttl >> 16 & 255, ttl & 0xFFFF, options)
            self.rcode |= ttl >> 24 << 4
            reader.at = end
            self.opt_size = end - start
            return None
        return Record(owner, rtype, ttl, reader.data(rtype, end))

    def flag(self, name):
        return bool(self.flags & FLAGS[name])

    @property
    def size(self):
        return len(self.wire)

    def sections(self):
        return self.answer, self.authority, self.additional


FLAGS = {"QR": 0x8000, "AA": 0x400, "TC": 0x200, "RD": 0x100, "RA": 0x80, "AD": 0x20, "CD": 0x10}


class _Reader:
    """A place in a message."""

    def __init__(self, wire):
        self.wire = wire
        self.at = 12

    def name(self, fold=True):
        wire, at, parts, size = self.wire, self.at, [], 1
        after, floor = None, at
        while True:
            length = wire[at]
            if length == 0:
                at += 1
                break
            if length < 64:
                parts.append(wire[at : at + 1 + length])
                at += 1 + length
                size += 1 + length
                if size > 255:
                    raise Malformed("a name of more than 255 bytes")
            elif length >= 192:
                target = (length & 63) << 8 | wire[at + 1]
                if target >= floor:
                    raise Malformed(f"a compression pointer at {at} does not point back")
                after = at + 2 if after is None else after
                at = floor = target
            else:
                raise Malformed(f"a label of type {length >> 6}")
        self.at = at if after is None else after
        name = b"".join(parts) + b"\0"
        return name.lower() if fold else name

    def data(self, rtype, end):
        layout = LAYOUTS.get(rtype)
        data = b""
        if layout is not None and self.at < end:
            data = self._fields(layout)
        data += self.wire[self.at : end]
        if self.at > end:
            raise Malformed(f"the fields of type {rtype} pass the record's end")
        self.at = end
        return data

    def _fields(self, layout):
        parts = []
        for field in layout:
            if field == "n":
                parts.append(self.name())
                continue
            length = 1 + self.wire[self.at] if field == "s" else int(field)
            parts.append(self.wire[self.at : self.at + length])
            self.at += length
        return b"".join(parts)


def canonical_data(rtype, data):
    """Record data in uncompressed wire form as Reply gives it: names inside folded."""
    reader = _Reader(data)
    reader.at = 0
    return reader.data(rtype, len(data))


def names_in(rtype, data):
    """The names inside record data that Reply gave."""
    reader = _Reader(data)
    reader.at = 0
    found = []
    for field in LAYOUTS.get(rtype, ""):
        if field == "n":
            found.append(reader.name())
        else:
            reader.at += 1 + data[reader.at] if field == "s" else int(field)
    return found


def kind(record):
    """A record's type; of a signature, the type that it covers."""
    return int.from_bytes(record.data[:2], "big") if record.type == RRSIG else record.type


def query(number, name, rtype, flags=0, payload=None, dnssec_ok=False):
    """A question in wire form; an OPT record goes along if `payload` is given."""
    header = struct.pack("!6H", number, flags, 1, 0, 0, 1 if payload is not None else 0)
    opt = b""
    if payload is not None:
        opt = struct.pack("!BHHIH", 0, OPT, payload, 0x8000 if dnssec_ok else 0, 0)
    return header + name + struct.pack("!2H", rtype, 1) + opt
