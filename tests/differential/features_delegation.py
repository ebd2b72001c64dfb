"""Zone cuts: name servers with and without glue, occluded names, DS; see features.py."""

import names
import record_samples
from features import known, outside, place


def _server(zone, cut):
    """A name for a server of the cut, with or without the address it needs."""
    rng = zone.rng
    draw = rng.random()
    cuts = [c for c in zone.cuts() if c != names.folded(cut)]
    if draw < 0.35:
        server = (rng.choice([b"ns", b"ns1", b"NS2"]),) + cut
    elif draw < 0.45:
        server = (b"ns", b"deep", b"er") + cut
    elif draw < 0.5:
        server = cut
    elif draw < 0.7 and cuts:
        server = (b"sib",) + zone.spelling[rng.choice(cuts)]
    elif draw < 0.85:
        server = rng.choice([(b"ns-of-cuts",) + zone.origin, known(zone)])
    else:
        return outside(zone)
    if rng.random() < 0.8:
        zone.host(server)
    return server


def delegation(zone):
    rng = zone.rng
    for _ in range(rng.choice([1, 1, 2, 3])):
        cut = place(zone)
        if names.folded(cut) == names.folded(zone.origin):
            continue
        for _ in range(rng.choice([1, 2, 2, 3, 4])):
            zone.add(cut, "NS", names.to_text(_server(zone, cut)))
        if rng.random() < 0.4 and zone.has_servers(cut):
            for _ in range(rng.choice([1, 2])):
                zone.add(cut, "DS", record_samples.sample(rng, "DS", ()))
        if rng.random() < 0.4:
            occlude(zone, cut)


def occlude(zone, cut):
    """Data at and below the cut that must not be seen."""
    rng = zone.rng
    for rtype in rng.sample(["A", "TXT", "MX"], 2):
        where = rng.choice([cut, (b"occluded",) + cut, (b"far", b"occluded") + cut])
        if rtype == "A":
            zone.host(where)
        else:
            zone.add(where, rtype, record_samples.sample(rng, rtype, known(zone)))
    kind = rng.choice(["NS", "CNAME", "wildcard", "DS", "none"])
    if kind == "NS":  # a cut below the cut
        below = (b"cutcut",) + cut
        zone.add(below, "NS", names.to_text((b"ns",) + below))
        zone.host((b"ns",) + below)
    elif kind == "CNAME":
        zone.add((b"alias",) + cut, "CNAME", names.to_text(known(zone)))
    elif kind == "wildcard":
        zone.host((b"*",) + cut)
    elif kind == "DS":
        zone.add((b"ds",) + cut, "DS", record_samples.sample(rng, "DS", ()))


def mutual_glue(zone):
    """Two cuts whose servers are named in each other (RFC 9471, section 2.3, cyclic sibling)."""
    base = place(zone)
    one, two = (b"cyc1",) + base, (b"cyc2",) + base
    for cut, other in ((one, two), (two, one)):
        zone.add(cut, "NS", names.to_text((b"ns",) + other))
        zone.host((b"ns",) + cut)


def much_glue(zone):
    """Glue around and beyond 512 and 1,232 bytes (RFC 9471, section 3.1)."""
    rng = zone.rng
    cut = place(zone)
    for number in range(rng.choice([6, 9, 13, 20, 30])):
        server = (f"server-{number}".encode(),) + cut
        if zone.add(cut, "NS", names.to_text(server)):
            zone.host(server, *rng.choice([("A",), ("A", "AAAA"), ("A", "AAAA")]))
    if rng.random() < 0.3 and zone.has_servers(cut):
        zone.add(cut, "DS", record_samples.sample(rng, "DS", ()))


def cut_targets(zone):
    """Aliases and services that lead to or below a cut."""
    rng = zone.rng
    cut = place(zone)
    zone.add(cut, "NS", names.to_text((b"ns",) + cut))
    zone.host((b"ns",) + cut)
    zone.add(place(zone), "CNAME", names.to_text((b"www",) + cut))
    zone.add(place(zone), "CNAME", names.to_text(cut))
    zone.add((b"*",) + place(zone), "CNAME", names.to_text((b"ns",) + cut))
    for rtype in rng.sample(["MX", "SRV", "SVCB"], 2):
        zone.add(place(zone), rtype, record_samples.sample(rng, rtype, (b"ns",) + cut))
