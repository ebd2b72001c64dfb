"""CNAME and DNAME features of zones; see features.py."""

import names
from features import known, outside, place, target


def _alias(zone, owner, to):
    return zone.add(owner, "CNAME", names.to_text(to))


def cname(zone):
    for _ in range(zone.rng.randint(1, 4)):
        _alias(zone, place(zone), target(zone))


def cname_chain(zone):
    """A chain that ends at a host, at nothing, or outside; lengths around servers' limits."""
    rng = zone.rng
    base = place(zone)
    length = rng.choice([2, 3, 4, 5, 6, 7, 8, 9, 12, 18])
    links = [(f"c{i}".encode(),) + base for i in range(length)]
    for here, there in zip(links, links[1:]):
        _alias(zone, here, there)
    end = rng.choice(["host", "known", "nothing", "outside"])
    if end == "host":
        zone.host(links[-1])
    elif end != "nothing":
        _alias(zone, links[-1], known(zone) if end == "known" else outside(zone))


def cname_loop(zone):
    rng = zone.rng
    base = place(zone)
    length = rng.choice([1, 2, 3, 4])
    links = [(f"loop{i}".encode(),) + base for i in range(length)]
    for here, there in zip(links, links[1:] + links[:1]):
        _alias(zone, here, there)
    _alias(zone, (b"into-loop",) + base, links[0])
    if rng.random() < 0.3:
        below = (b"*", b"wildloop") + base
        _alias(zone, below, (b"again",) + below[1:])


def dname(zone):
    """A subtree renamed: into the zone, out of it, onto nothing, into a chain or a loop."""
    rng = zone.rng
    base = place(zone)
    owner = (b"d",) + base
    kind = rng.choice(["in", "in", "out", "nothing", "chain", "loop", "self", "wild", "into cut"])
    goal = (b"goal",) + base
    if kind == "in":
        zone.host((b"www",) + goal)
        zone.host((b"a", b"b") + goal)
        _alias(zone, (b"c",) + goal, known(zone))
        zone.add((b"*", b"w") + goal, "A", "192.0.2.88")
    elif kind == "out":
        goal = outside(zone)
    elif kind == "chain":
        # The second one has renamed names below it in the first one's answers.
        zone.add(goal, "DNAME", names.to_text((b"goal2",) + base))
        zone.host((b"www", b"goal2") + base)
    elif kind == "loop":
        zone.add(goal, "DNAME", names.to_text(owner))
    elif kind == "self":
        goal = (b"e",) + owner
    elif kind == "wild":
        zone.host((b"*",) + goal)
    elif kind == "into cut":
        zone.add(goal, "NS", names.to_text((b"ns",) + goal))
        zone.host((b"ns",) + goal)
    if zone.add(owner, "DNAME", names.to_text(goal)):
        if rng.random() < 0.5:
            zone.host(owner)
        if rng.random() < 0.5:
            _alias(zone, place(zone), (b"www",) + owner)


def dname_overflow(zone):
    """Names that become too long by their renaming (RFC 6672, section 2.2)."""
    goal = zone.origin
    while names.fits((b"o" * 40,) + goal):
        goal = (b"o" * 40,) + goal
    zone.add(place(zone), "DNAME", names.to_text(goal))


def apex_dname(zone):
    """All below the apex renamed; nothing else may stand there."""
    rng = zone.rng
    goal = rng.choice([outside(zone), names.of_text("z1.test"), names.of_text("nowhere.invalid")])
    zone.add(zone.origin, "DNAME", names.to_text(goal))
