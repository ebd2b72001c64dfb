"""Zones from a seed: the same seed and numbers give the same zones everywhere.

Zones come in batches that are served together. Batches have cousins (z1.test and z2.test), parents
and children served side by side, single-label zones, and in some the root.
"""

import random

import features as f
import features_alias as alias
import features_delegation as delegation
import names
from zone import Zone

FEATURES = [
    f.hosts, f.hosts, f.many_types, f.apex_types, f.services, f.empty_non_terminals,
    f.wildcards, f.wildcards, f.wildcard_targets, f.odd_names, f.long_names, f.large_sets,
    f.shared_addresses,
    alias.cname, alias.cname_chain, alias.cname_loop, alias.dname, alias.dname,
    alias.dname_overflow,
    delegation.delegation, delegation.delegation, delegation.mutual_glue, delegation.much_glue,
    delegation.cut_targets,
]  # fmt: skip

STEERABLE = ["A", "AAAA", "TXT", "MX", "CAA", "SRV"]


def batch(seed, number, size):
    """The zones of one batch: `size` of them."""
    rng = random.Random(f"{seed}/{number}")
    made = []
    for origin in _origins(rng, size):
        made.append(_zone(random.Random(f"{seed}/{number}/{names.to_text(origin)}"), origin))
    nearest = {_key(child): _nearest_parent(made, child) for child in made}
    for parent in made:
        for child in made:
            if nearest[_key(child)] is parent:
                _delegate(rng, parent, child)
    for zone in made:
        _steer(rng, zone)
    return made


def _origins(rng, size):
    """Names of zones: about half below `test`, some in each other, some of one label."""
    origins = [names.of_text("z1.test")]
    if rng.random() < 0.3:
        origins.append(())
    while len(origins) < size:
        number = len(origins)
        draw = rng.random()
        if draw < 0.55:
            origin = names.of_text(f"z{number}.test")
        elif draw < 0.65:
            origin = names.of_text(f"z{number}")
        elif draw < 0.7:
            origin = names.of_text(f"{number}.2.0.192.in-addr.arpa")
        elif draw < 0.75:
            origin = names.of_text(f"Zone-{number}.With.Many.Labels.in.Its.Name.example")
        else:
            above = rng.choice([o for o in origins if o and len(o) < 6])
            between = rng.choice([(), (), (b"mid",)])
            origin = (f"child{number}".encode(),) + between + above
        if origin not in origins:
            origins.append(origin)
        else:
            origins.append(names.of_text(f"again{number}.example"))
    return origins[:size]


def _zone(rng, origin):
    zone = Zone(origin, rng)
    _apex(zone)
    if rng.random() < 0.04:
        alias.apex_dname(zone)
        zone.features.append("apex_dname")
    else:
        for feature in rng.sample(FEATURES, rng.randint(2, 9)):
            feature(zone)
            zone.features.append(feature.__name__)
    zone.minimal = rng.random() < 0.6
    return zone


def _apex(zone):
    rng = zone.rng
    ttl, minimum = rng.choice([(3600, 300), (300, 3600), (0, 60), (600, 0), (86400, 86400)])
    mailbox = rng.choice([zone.below("hostmaster"), names.of_text("dns.example.com")])
    inside = [zone.below("ns1"), zone.below("ns2"), zone.below("a", "ns")]
    # BIND wants addresses for servers inside the zone; inside the root is everything.
    outside = [names.of_text("ns.example.net")] if zone.origin else []
    servers = rng.sample(inside + outside, rng.randint(1, 3))
    numbers = f"{rng.randrange(1, 1 << 32)} 7200 900 1209600 {minimum}"
    zone.add(
        zone.origin,
        "SOA",
        f"{names.to_text(servers[0])} {names.to_text(mailbox)} {numbers}",
        ttl,
    )
    for server in servers:
        zone.add(zone.origin, "NS", names.to_text(server))
        if server in inside:
            zone.host(server)


def _nearest_parent(made, child):
    """The zone that the child lies in, None if there is none."""
    by_origin = {_key(zone): zone for zone in made}
    above = (by_origin.get(name) for name in names.ancestors(_key(child)))
    return next((zone for zone in above if zone is not None), None)


def _key(zone):
    return names.folded(zone.origin)


def _delegate(rng, parent, child):
    """Most children are delegated, some of them with servers other than their own."""
    if rng.random() < 0.15:
        return
    servers = child.sets[_key(child), "NS"].values
    for server in servers if rng.random() < 0.7 else servers[:1]:
        parent.add(child.origin, "NS", server)
    for (owner, rtype), found in list(child.sets.items()):
        if rtype in ("A", "AAAA") and names.to_text(found.owner) in servers:
            for value in found.values:
                parent.add(found.owner, rtype, value)
    if rng.random() < 0.4 and parent.has_servers(child.origin):
        parent.add(child.origin, "DS", f"{rng.randrange(65535)} 13 2 {rng.randbytes(32).hex()}")


def _steer(rng, zone):
    """In a share of the zones some plain sets come from steering blocks of one member."""
    if rng.random() < 0.7:
        return
    cuts = zone.cuts()
    for key, found in zone.sets.items():
        owner, rtype = key
        occluded = any(names.within(owner, cut) for cut in cuts)
        if rtype in STEERABLE and not occluded and found.ttl and len(found.values) <= 20:
            if rng.random() < 0.5:
                zone.steered.append(key)
