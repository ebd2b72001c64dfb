"""What zones may have, one function for each: what stands at names, wildcards, odd names, sizes.

A feature takes the zone and adds to it at random places; it never needs another one to have run,
but uses what is there already, so that features meet.
"""

import names
import record_samples
from zone import address

LABELS = ["a", "b", "c", "www", "mail", "ns1", "_tcp", "_443", "x-1", "deep", "Www", "UPPER", "0"]


def place(zone, below=None):
    """A name that may be new or known, under the apex or any known name."""
    rng = zone.rng
    if below is None:
        below = rng.choice([zone.origin, zone.origin, known(zone)])
    name = below
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        name = (rng.choice(LABELS).encode(),) + name
    return name if names.fits(name) else zone.below(rng.choice(LABELS))


def known(zone):
    return zone.rng.choice([*zone.spelling.values()])


def outside(zone):
    """A name that the zone does not hold; of names below one zone, some are served beside it."""
    options = ["ns.outside.invalid", "host.example.net", "a.www.z1.test", "www.z2.test", "b.z3"]
    return names.of_text(zone.rng.choice(options))


def target(zone):
    """A name for record data: known, absent, below something, outside."""
    draw = zone.rng.random()
    if draw < 0.6:
        return known(zone)
    if draw < 0.85:
        return place(zone)
    return outside(zone)


def hosts(zone):
    for _ in range(zone.rng.randint(1, 8)):
        zone.host(place(zone))


def many_types(zone):
    rng = zone.rng
    for _ in range(rng.randint(1, 4)):
        name = place(zone)
        for rtype in rng.sample(record_samples.TYPES, rng.randint(1, 6)):
            if rtype != "DS":  # without a zone cut it would be no DS (RFC 4035, section 2.4)
                for _ in range(rng.choice([1, 1, 2, 4])):
                    zone.add(name, rtype, record_samples.sample(rng, rtype, target(zone)))


def apex_types(zone):
    rng = zone.rng
    for rtype in rng.sample(["A", "AAAA", "MX", "TXT", "CAA", "HTTPS", "TYPE65280"], 3):
        for _ in range(rng.choice([1, 2, 3])):
            if rtype in ("A", "AAAA"):
                zone.host(zone.origin, rtype)
            else:
                zone.add(zone.origin, rtype, record_samples.sample(rng, rtype, target(zone)))


def services(zone):
    """Names in SRV, MX and SVCB data, with addresses of one, both or no family."""
    rng = zone.rng
    for rtype in rng.sample(record_samples.NAMING, 3):
        owner = place(zone)
        for _ in range(rng.choice([1, 2, 5])):
            named = target(zone)
            zone.add(owner, rtype, record_samples.sample(rng, rtype, named))
            if rng.random() < 0.5:
                zone.host(named)


def empty_non_terminals(zone):
    rng = zone.rng
    name = place(zone)
    for _ in range(rng.randint(1, 4)):
        name = (rng.choice([b"ent", b"E", b"*", b"leaf"]),) + name
    zone.add(name, "TXT", '"below empty non-terminals"')


def wildcards(zone):
    rng = zone.rng
    for _ in range(rng.choice([1, 1, 2, 3])):
        owner = (b"*",) + rng.choice([zone.origin, known(zone), place(zone)])
        kind = rng.choice(["A", "A", "MX", "TXT", "CNAME", "SRV", "many"])
        if kind == "A":
            zone.host(owner)
        elif kind == "CNAME":
            zone.add(owner, "CNAME", names.to_text(target(zone)))
        elif kind == "many":
            for rtype in rng.sample(record_samples.TYPES, 3):
                if rtype != "DS":
                    zone.add(owner, rtype, record_samples.sample(rng, rtype, target(zone)))
        else:
            zone.add(owner, kind, record_samples.sample(rng, kind, target(zone)))
        if rng.random() < 0.4:  # what stands below the wildcard itself (RFC 4592, section 2.2.1)
            zone.add((b"below",) + owner, "TXT", '"below a wildcard"')
        if rng.random() < 0.4:  # an empty non-terminal that keeps the wildcard off
            zone.add((b"leaf", b"empty") + owner[1:], "A", address(rng, "A"))
        if rng.random() < 0.3:
            zone.host((b"beside",) + owner[1:])


def wildcard_targets(zone):
    """Names that only a wildcard gives addresses, as MX, SRV, NS and CNAME targets."""
    rng = zone.rng
    base = place(zone)
    zone.host((b"*",) + base)
    covered = (b"covered",) + base
    for rtype in rng.sample(["MX", "SRV", "SVCB"], 2):
        zone.add(place(zone), rtype, record_samples.sample(rng, rtype, covered))
    zone.add(place(zone), "CNAME", names.to_text(covered))
    zone.add(place(zone), "NS", names.to_text(covered))


def odd_names(zone):
    rng = zone.rng
    labels = [b"\x00", b"a.b", b'q"q', b"sp ace", b"\xff\xfe", b"semi;colon", b"at@", b"UpPer",
              b"back\\slash", b"l" * 63, b"(", b"$", b"**", b"*a", b"\x00\x01*"]  # fmt: skip
    for label in rng.sample(labels, 4):
        owner = (label,) + rng.choice([zone.origin, known(zone)])
        zone.host(owner)
        zone.add(place(zone), "MX", record_samples.sample(rng, "MX", owner))
        if rng.random() < 0.3:
            zone.add((b"*",) + owner, "TXT", '"below an odd name"')


def long_names(zone):
    rng = zone.rng
    name = zone.origin
    while names.fits((b"n" * 50,) + name):
        name = (bytes([rng.choice(b"lmn")]) * rng.choice([1, 17, 50]),) + name
    zone.add(name, "TXT", '"a long name"')
    zone.host(name[1:])
    zone.add(place(zone), "CNAME", names.to_text(name))
    zone.add(place(zone), "MX", f"10 {names.to_text(name)}")


def large_sets(zone):
    """Sets near and beyond 512 and 1,232 bytes, and one that takes TCP."""
    rng = zone.rng
    owner = place(zone)
    for _ in range(rng.choice([20, 28, 30, 60, 75, 120])):
        zone.add(owner, "A", address(rng, "A"))
    owner = place(zone)
    for _ in range(rng.choice([3, 4, 9, 12, 30])):
        zone.add(owner, "TXT", record_samples.sample(rng, "TXT", ()) + ' "' + "t" * 90 + '"')
    owner = place(zone)
    for number in range(rng.choice([5, 10, 15, 25])):
        exchange = (f"mx{number}".encode(),) + rng.choice([owner, zone.origin])
        zone.add(owner, "MX", f"10 {names.to_text(exchange)}")
        zone.host(exchange)


def shared_addresses(zone):
    """Sets of one owner with TTLs of their own, zero and the highest among them."""
    owner = place(zone)
    for rtype, ttl in (("A", 0), ("AAAA", 2147483647), ("TXT", 1)):
        data = address(zone.rng, rtype) if rtype != "TXT" else '"ttl"'
        zone.add(owner, rtype, data, ttl)
