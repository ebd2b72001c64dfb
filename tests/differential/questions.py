"""Questions about a zone: names there, absent, above, below and beside; every interesting type.

The same zone and seed give the same questions.
"""

import collections
import random

import names
import record_samples

# `name` in wire form, `flags` the header's second word, `payload` None without EDNS.
Question = collections.namedtuple("Question", "name rtype flags payload dnssec_ok tcp")

NUMBERS = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "HINFO": 13, "MINFO": 14, "MX": 15,
    "TXT": 16, "RP": 17, "AFSDB": 18, "RT": 21, "AAAA": 28, "LOC": 29, "SRV": 33, "NAPTR": 35,
    "KX": 36, "CERT": 37, "DNAME": 39, "DS": 43, "SSHFP": 44, "RRSIG": 46, "NSEC": 47,
    "DNSKEY": 48, "NSEC3": 50, "NSEC3PARAM": 51, "TLSA": 52, "CDS": 59, "CDNSKEY": 60,
    "OPENPGPKEY": 61, "SVCB": 64, "HTTPS": 65, "SPF": 99, "EUI48": 108, "ANY": 255, "URI": 256,
    "CAA": 257,
}  # fmt: skip
TEXTS = {number: text for text, number in NUMBERS.items()}

COMMON = ["A", "A", "A", "AAAA", "MX", "TXT", "NS", "SOA", "DS", "CNAME", "ANY"]
RARE = ["DNAME", "HTTPS", "SRV", "PTR", "DNSKEY", "CDS", "NSEC3PARAM", "TYPE65280", "CAA"]
SIGNED = ["RRSIG", "NSEC", "NSEC3", "DNSKEY", "NSEC3PARAM"]

RD, AD, CD = 0x100, 0x20, 0x10


def number_of(rtype):
    return int(rtype[4:]) if rtype.startswith("TYPE") else NUMBERS[rtype]


def text_of(number):
    return TEXTS.get(number, f"TYPE{number}")


def about(zone, seed, count):
    """`count` questions about a zone."""
    rng = random.Random(f"{seed}/questions/{zone.label}")
    asked = []
    for (_, rtype), found in zone.sets.items():  # whatever is there, once by its own type
        asked.append((found.owner, rtype))
    rng.shuffle(asked)
    asked = asked[: count // 3]
    owners = list(zone.spelling.values()) + zone.hashed_owners[:3]
    while len(asked) < count:
        owner = rng.choice(owners)
        name = _near(rng, zone, owner)
        if names.fits(name):
            asked.append((name, _type(rng, zone, owner)))
    return [_question(rng, zone, name, rtype) for name, rtype in asked]


def _near(rng, zone, owner):
    """A name there, or one that stands in some relation to it."""
    draw = rng.random()
    inner = owner[: len(owner) - len(zone.origin)]
    if draw < 0.3 or not inner:
        near = owner
    elif draw < 0.45:
        near = (rng.choice([b"absent", b"www", b"*", b"a", b"\x00", b"Zz"]),) + owner
    elif draw < 0.55:
        near = (b"far", rng.choice([b"below", b"*", b"ns", b"www"])) + owner
    elif draw < 0.65:
        near = owner[rng.randint(1, len(inner)) :]
    elif draw < 0.85:
        near = (rng.choice([b"absent", b"0", b"zzz", b"covered", b"*", b"B"]),) + owner[1:]
    elif draw < 0.9 and owner[0] != b"*":
        near = (b"*",) + owner[1:]
    elif draw < 0.95:
        near = (b"t" * 63,) * rng.randint(1, 3) + owner
    else:
        near = (owner[0] + b"x",) + owner[1:] if len(owner[0]) < 63 else owner[1:]
    return near if names.fits(near) else owner


def _type(rng, zone, owner):
    here = zone.types_at.get(names.folded(owner), ())
    draw = rng.random()
    if draw < 0.35 and here:
        return rng.choice(sorted(here))
    if zone.signer and draw < 0.45:
        return rng.choice(SIGNED)
    if draw < 0.85:
        return rng.choice(COMMON)
    return rng.choice(RARE if draw < 0.95 else record_samples.TYPES)


def _question(rng, zone, name, rtype):
    if rng.random() < 0.2:
        name = tuple(_recased(rng, label) for label in name)
    flags = rng.choice([0, 0, RD]) | rng.choice([0, 0, 0, AD]) | rng.choice([0, 0, 0, CD])
    kinds = [(None, False), (1232, False), (1232, True), (512, True), (4096, True), (4096, False)]
    weights = [1, 2, 10, 3, 3, 1] if zone.signer else [6, 3, 3, 2, 1, 1]
    payload, dnssec_ok = rng.choices(kinds, weights)[0]
    if payload == 512 and rng.random() < 0.1:
        payload = rng.choice([0, 100, 511, 513, 600, 900])
    tcp = rng.random() < 0.15
    return Question(names.to_wire(name), number_of(rtype), flags, payload, dnssec_ok, tcp)


def _recased(rng, label):
    return bytes(
        b ^ 32 if chr(b).isalpha() and b < 128 and rng.random() < 0.5 else b for b in label
    )


def dig(question, port="PORT"):
    """The question as a command line of dig."""
    words = [f"dig @127.0.0.1 -p {port} +norecurse" if not question.flags & RD else
             f"dig @127.0.0.1 -p {port} +recurse"]  # fmt: skip
    words.append("+adflag" if question.flags & AD else "+noadflag")
    words += ["+cdflag"] if question.flags & CD else []
    if question.payload is None:
        words.append("+noedns")
    else:
        words.append(f"+nocookie +bufsize={question.payload}")
    words += ["+dnssec"] if question.dnssec_ok else []
    words.append("+tcp" if question.tcp else "+ignore")
    name = names.to_text(names.of_wire(question.name))
    return " ".join(words) + f" '{name}' {text_of(question.rtype)}"
