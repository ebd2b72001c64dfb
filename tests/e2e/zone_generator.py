"""Zone files of random records in random spelling, for comparison with other readers.

Only types and spellings that all of them read; what some do not is in zone_files.
"""

import base64

LETTERS = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_"
# The first five may end a label too; NSD stumbles over others before a line end.
ESCAPED = ["\\.", "\\032", "\\200", "\\;", "\\000", '\\"', "\\\\", "\\255", "\\(", "\\046"]


def _label(r):
    text = "".join(r.choice(LETTERS) for _ in range(r.randint(1, 12)))
    return "x" + text + (r.choice(ESCAPED[:5]) if r.random() < 0.1 else "")


def _name(r):
    kind = r.random()
    if kind < 0.1:
        return "@"
    name = ".".join(_label(r) for _ in range(r.randint(1, 4)))
    return name + ("" if kind < 0.6 else r.choice([".example.", ".Example.NET.", "."]))


def _bytes(r, low, high):
    return bytes(r.randrange(256) for _ in range(r.randint(low, high)))


def _split(r, text):
    """Digits may be split into words anywhere."""
    if r.random() < 0.5 or len(text) < 8:
        return text
    at = r.randrange(4, len(text) - 3) // 4 * 4
    return text[:at] + " " + text[at:]


def _hex(r, low, high):
    text = _bytes(r, low, high).hex()
    return _split(r, text.upper() if r.random() < 0.5 else text)


def _base64(r, low=1, high=40):
    return _split(r, base64.b64encode(_bytes(r, low, high)).decode())


def _string(r):
    if r.random() < 0.4:
        return "".join(r.choice(LETTERS + "=+/,:") for _ in range(r.randint(1, 30)))
    inside = LETTERS + " ;()@$.,"
    parts = [r.choice(inside) if r.random() < 0.9 else r.choice(ESCAPED) for _ in range(40)]
    return '"' + "".join(parts[: r.randint(0, 40)]) + '"'


def _quoted(r):
    text = _string(r)
    return text if text.startswith('"') else f'"{text}"'


def _ipv4(r):
    return ".".join(str(r.randrange(256)) for _ in range(4))


def _ipv6(r):
    groups = [f"{r.randrange(65536):x}" for _ in range(8)]
    if r.random() < 0.5:
        at, end = r.randint(0, 3), r.randint(5, 8)
        return ":".join(groups[:at]) + "::" + ":".join(groups[end:])
    return ":".join(groups).upper()


def _period(r):
    return r.choice([str(r.randrange(10**6)), f"{r.randrange(90)}h", "1w2d3h4m5s", "2D"])


def _u(r, bits):
    return str(r.choice([0, 1, 2**bits - 1, r.randrange(2**bits)]))


def _types(r):
    known = ["A", "NS", "SOA", "MX", "AAAA", "RRSIG", "NSEC", "TYPE65280", "CAA", "TXT"]
    return " ".join(r.sample(known, r.randint(1, 6)))


def _time(r):
    return f"20{r.randrange(10, 35)}{r.randrange(1, 13):02}{r.randrange(1, 29):02}123456"


def _apl(r):
    v4 = f"1:{_ipv4(r)}/{r.randrange(33)}"
    return " ".join(r.choice(["", "!"]) + p for p in [v4, f"2:{_ipv6(r)}/{r.randrange(129)}"])


def _loc(r):
    def angle(limit, signs):
        return (
            f"{r.randrange(limit)} {r.randrange(60)} {r.randrange(60)}.{r.randrange(1000):03}"
            f" {r.choice(signs)}"
        )

    altitude = f"{r.randrange(-100000, 42000000)}.{r.randrange(100):02}m"
    return f"{angle(90, 'NS')} {angle(180, 'EW')} {altitude} {r.randrange(1, 9)}0m 20m 30m"


def _svcb(r):
    if r.random() < 0.2:
        return f"0 {_name(r)}"
    params = {
        "alpn": r.choice(["h2", "h2,h3", '"h3,http/1.1"']),
        "port": _u(r, 16),
        "ipv4hint": f"{_ipv4(r)},{_ipv4(r)}",
        "ipv6hint": _ipv6(r),
        "key65000": _quoted(r).replace('""', '"x"'),
    }
    chosen = r.sample(sorted(params), r.randint(0, len(params)))
    words = [f"{key}={params[key]}" for key in chosen]
    if "alpn" in chosen and r.random() < 0.3:
        words.append("mandatory=alpn")
    return " ".join([str(r.randint(1, 9)), r.choice([_name(r), "."]), *words])


MAKERS = {
    "A": _ipv4,
    "AAAA": _ipv6,
    "PTR": _name,
    "MX": lambda r: f"{_u(r, 16)} {_name(r)}",
    "TXT": lambda r: " ".join(_string(r) for _ in range(r.randint(1, 4))),
    "HINFO": lambda r: f"{_string(r)} {_string(r)}",
    "MINFO": lambda r: f"{_name(r)} {_name(r)}",
    "RP": lambda r: f"{_name(r)} {_name(r)}",
    "AFSDB": lambda r: f"{_u(r, 16)} {_name(r)}",
    "RT": lambda r: f"{_u(r, 16)} {_name(r)}",
    "KX": lambda r: f"{_u(r, 16)} {_name(r)}",
    "SRV": lambda r: f"{_u(r, 16)} {_u(r, 16)} {_u(r, 16)} {_name(r)}",
    "NAPTR": lambda r: f'{_u(r, 16)} {_u(r, 16)} "s" {_string(r)} "" {_name(r)}',
    "LOC": _loc,
    "APL": _apl,
    "CERT": lambda r: f"{r.choice(['PGP', 'PKIX', '9'])} {_u(r, 16)} {_u(r, 8)} {_base64(r)}",
    "DS": lambda r: f"{_u(r, 16)} {r.choice(['RSASHA256', '13'])} 2 {_hex(r, 32, 32)}",
    "CDS": lambda r: f"{_u(r, 16)} 8 4 {_hex(r, 48, 48)}",
    "SSHFP": lambda r: f"{_u(r, 8)} 1 {_hex(r, 20, 20)}",
    "TLSA": lambda r: f"{_u(r, 8)} {_u(r, 8)} {r.randint(3, 255)} {_hex(r, 1, 40)}",
    "DNSKEY": lambda r: f"256 3 {r.choice(['ED25519', '8'])} {_base64(r, 32, 32)}",
    "OPENPGPKEY": _base64,
    "EUI48": lambda r: _bytes(r, 6, 6).hex("-"),
    "EUI64": lambda r: _bytes(r, 8, 8).hex("-"),
    "L32": lambda r: f"{_u(r, 16)} {_ipv4(r)}",
    "L64": lambda r: f"{_u(r, 16)} " + _bytes(r, 8, 8).hex(":", 2),
    "NID": lambda r: f"{_u(r, 16)} " + _bytes(r, 8, 8).hex(":", 2),
    "LP": lambda r: f"{_u(r, 16)} {_name(r)}",
    "URI": lambda r: f"{_u(r, 16)} {_u(r, 16)} {_quoted(r)}",
    "CAA": lambda r: f"{_u(r, 8)} issue " + '"' + _quoted(r)[1:-1] + 'x"',
    "CSYNC": lambda r: f"{_u(r, 32)} {_u(r, 16)} {_types(r)}",
    "NSEC": lambda r: f"{_name(r)} {_types(r)}",
    # BIND wants a signer above the owner, and ldns takes the original TTL for the TTL.
    "RRSIG": lambda r: f"A 8 2 3600 {_time(r)} {_time(r)} {_u(r, 16)} example. {_base64(r)}",
    "SVCB": _svcb,
    "HTTPS": _svcb,
    "TYPE65280": lambda r: (lambda b: f"\\# {len(b)} {b.hex()}")(_bytes(r, 1, 60)),
}


def _parenthesised(r, data):
    """Line ends, comments and parentheses where a blank was, outside quotes."""
    if r.random() < 0.8 or '"' in data or "\\" in data or " " not in data:
        return data
    words = data.split(" ")
    at = r.randrange(len(words))
    comment = r.choice(["", ' ; comment ( ) " here'])
    words[at] = "(" + r.choice([" ", "\n\t", f"{comment}\n "]) + words[at]
    return " ".join(words) + r.choice([" )", "\n)"])


def zone_text(r, records, class_first=False):
    """A zone example. of `records` records; with `class_first` the class may precede the TTL."""
    lines = ["$ORIGIN example.", "$TTL 1h", "@ SOA ns admin 1 2h 15m 14d 5m", "@ NS ns"]
    lines.append("ns A 192.0.2.53")
    for number in range(records):
        rtype = r.choice(sorted(MAKERS))
        # An owner has one set of one TTL, so that nothing depends on how conflicts are settled.
        ttl = r.choice(["", str(r.randrange(2**31)), _period(r)]) if rtype != "RRSIG" else "1h"
        rclass = r.choice(["", "IN", "in"])
        front = [rclass, ttl] if class_first else [ttl, rclass]
        owner = f"{_label(r)}.{number}" + r.choice(["", ".example."])
        for repeat in range(r.choice([1, 1, 1, 2, 3])):
            start = owner if repeat == 0 or r.random() < 0.5 else ""
            spelt = rtype.lower() if r.random() < 0.2 and rtype != "TYPE65280" else rtype
            words = [start, *(w for w in front if w), spelt, _parenthesised(r, MAKERS[rtype](r))]
            end = r.choice(["", "", " ; comment", "\t"])
            lines.append(r.choice([" ", "\t", "  "]).join(words) + end)
    return "\n".join(lines) + "\n"
