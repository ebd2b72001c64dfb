"""Domain names as tuples of labels, without the root: (b"www", b"example", b"com").

Labels are any bytes; nothing is folded here, so a name keeps the case in which it was made.
"""

import re

MAX_WIRE = 255
ESCAPED = re.compile(r"\\(\d{3}|.)")
PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_*")


def of_text(text):
    """The name of a text without escapes: "www.example.com" or "."."""
    return tuple(label.encode() for label in text.split(".") if label)


def to_text(name):
    """Presentation form, absolute, with every byte escaped that is not plain."""
    if not name:
        return "."
    labels = []
    for label in name:
        labels.append("".join(chr(b) if b in PLAIN else _escape(b) for b in label))
    return ".".join(labels) + "."


def _escape(byte):
    return "\\" + chr(byte) if chr(byte) in ".;()@$" else f"\\{byte:03d}"


def to_wire(name):
    return b"".join(bytes([len(label)]) + label for label in name) + b"\0"


def of_wire(wire):
    """The name of an uncompressed wire form."""
    labels, at = [], 0
    while wire[at]:
        labels.append(wire[at + 1 : at + 1 + wire[at]])
        at += 1 + wire[at]
    return tuple(labels)


def fits(name):
    """Whether the name is one by RFC 1035, section 2.3.4."""
    return all(0 < len(label) <= 63 for label in name) and len(to_wire(name)) <= MAX_WIRE


def names_fit(data):
    """Whether the absolute names in the text of record data are names by the same rule."""
    words = [word for word in data.split() if word.endswith(".") and word != "."]
    return all(len(ESCAPED.sub("x", word)) < MAX_WIRE for word in words)


def folded(name):
    return tuple(label.lower() for label in name)


def within(name, ancestor):
    """Whether `name` is `ancestor` or below it, both folded."""
    return len(name) >= len(ancestor) and name[len(name) - len(ancestor) :] == ancestor


def ancestors(name):
    """The names above `name`, nearest first, the root last."""
    return [name[i:] for i in range(1, len(name) + 1)]


def upwards(wire):
    """A name in wire form and those above it, the root last."""
    at, found = 0, [wire]
    while wire[at]:
        at += 1 + wire[at]
        found.append(wire[at:])
    return found


def is_below_or_at(wire, ancestor):
    """`within` for names in wire form."""
    return ancestor in upwards(wire)
