"""Record data of many types, as presentation text or as RFC 3597 writes what is unknown.

`TYPES` are the types that samples exist for. Types that one of the servers cannot write in their
own presentation are written as `\\# LENGTH HEX`.
"""

import names


def _hex(data):
    return f"\\# {len(data)} {data.hex()}".rstrip()


def _text(rng, low=1, high=40):
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return '"' + "".join(rng.choice(letters) for _ in range(rng.randint(low, high))) + '"'


def _mx(rng, target):
    return f"{rng.choice([0, 10, 10, 65535])} {names.to_text(target)}"


def _srv(rng, target):
    return f"{rng.randrange(3)} {rng.randrange(100)} 443 {names.to_text(target)}"


def _naptr(rng, target):
    flag, expression = rng.choice([('"S"', '""'), ('"U"', '"!^.*$!sip:info@example.com!"')])
    return f'{rng.randrange(100)} 10 {flag} "SIP+D2U" {expression} {names.to_text(target)}'


def _svcb(rng, target):
    # The priority 0 is the alias form, which has no parameters (RFC 9460, section 2.4.2).
    priority = rng.choice([0, 1, 1, 2])
    parameters = b"" if priority == 0 else b"\x00\x01\x00\x03\x02h2\x00\x03\x00\x02\x01\xbb"
    chosen = target if rng.random() < 0.8 else ()
    return _hex(priority.to_bytes(2, "big") + names.to_wire(chosen) + parameters)


def _ds(rng, _target):
    return f"{rng.randrange(1, 65535)} 13 2 {rng.randbytes(32).hex()}"


def _dnskey(rng, _target):
    return _hex(b"\x01\x00\x03\x0d" + rng.randbytes(64))


_WITH_NAME = {
    "MX": _mx,
    "SRV": _srv,
    "NAPTR": _naptr,
    "SVCB": _svcb,
    "HTTPS": _svcb,
    "PTR": lambda rng, target: names.to_text(target),
    "AFSDB": lambda rng, target: f"1 {names.to_text(target)}",
    "RP": lambda rng, target: f"{names.to_text(target)} .",
    "KX": lambda rng, target: f"5 {names.to_text(target)}",
    "RT": lambda rng, target: f"2 {names.to_text(target)}",
    "TYPE14": lambda rng, target: _hex(names.to_wire(target) + names.to_wire(target)),
}

_PLAIN = {
    "TXT": lambda rng, _: _text(rng),
    "SPF": lambda rng, _: _text(rng),
    "HINFO": lambda rng, _: f"{_text(rng, 1, 8)} {_text(rng, 1, 8)}",
    "CAA": lambda rng, _: f"0 issue {_text(rng)}",
    "SSHFP": lambda rng, _: f"4 2 {rng.randbytes(32).hex()}",
    "TLSA": lambda rng, _: f"3 1 1 {rng.randbytes(32).hex()}",
    "DS": _ds,
    "CDS": _ds,
    "CDNSKEY": _dnskey,
    "LOC": lambda rng, _: f"{rng.randrange(90)} 0 0.000 N {rng.randrange(180)} 0 0.000 E 10m",
    "URI": lambda rng, _: _hex(
        b"\x00\x0a\x00\x01https://example.com/" + rng.randbytes(2).hex().encode()
    ),
    "OPENPGPKEY": lambda rng, _: _hex(rng.randbytes(rng.randint(1, 200))),
    "CERT": lambda rng, _: _hex(b"\x00\x01\x00\x00\x00" + rng.randbytes(rng.randint(1, 300))),
    "EUI48": lambda rng, _: "-".join(f"{b:02x}" for b in rng.randbytes(6)),
    "TYPE65280": lambda rng, _: _hex(rng.randbytes(rng.randint(0, 30))),
    "TYPE1000": lambda rng, _: _hex(rng.randbytes(rng.randint(1, 30))),
}

TYPES = [*_WITH_NAME, *_PLAIN]
NAMING = [*_WITH_NAME]


def sample(rng, rtype, target):
    """Record data of the type; `target` is the name it mentions if its data has one."""
    return (_WITH_NAME.get(rtype) or _PLAIN[rtype])(rng, target)
