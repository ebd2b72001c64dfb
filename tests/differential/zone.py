"""A zone under construction, and its text.

Keeps what RFC 1034, 2181 and 6672 demand of a zone and servers refuse to load without: one TTL for
a set, nothing beside a CNAME, nothing below a DNAME.
"""

import names

SINGLE = frozenset(["CNAME", "DNAME", "SOA"])


class Zone:
    """`sets` maps (folded owner, type) to a RecordSet, in order of first appearance."""

    def __init__(self, origin, rng):
        self.origin = origin
        self.rng = rng
        self.sets = {}
        self.types_at = {}  # folded name: the types there
        self.spelling = {}  # folded name: the name as first written
        self.dnames = set()
        self.parents = set()  # folded names that have names below them
        self.features = []
        self.steered = []  # keys of the sets that Signpost gets from its Corefile
        self.minimal = False  # the option of Signpost's `zone`
        self.signer = self.signed = None  # how the zone was signed, and its text then
        self.hashed_owners = []  # names of its NSEC3 records
        self.default_ttl = rng.choice([0, 1, 60, 300, 3600, 86400])

    @property
    def label(self):
        return names.to_text(self.origin)

    def below(self, *labels):
        """The name of text labels under the origin."""
        return tuple(l.encode() if isinstance(l, str) else l for l in labels) + self.origin

    def has_room(self, name, rtype):
        """Whether a record of the type may be added."""
        key = names.folded(name)
        if not names.fits(name) or not names.within(key, names.folded(self.origin)):
            return False
        if any(above in self.dnames for above in names.ancestors(key)):
            return False
        present = self.types_at.get(key, ())
        if "CNAME" in present or (rtype == "CNAME" and present):
            return False
        if rtype in SINGLE and rtype in present:
            return False
        if rtype == "DNAME":
            apex = key == names.folded(self.origin)
            return key not in self.parents and (apex or "NS" not in present)
        if rtype == "DS":  # which BIND takes for one at the apex, at a name server of the apex
            servers = self.sets.get((names.folded(self.origin), "NS"))
            return servers is None or names.to_text(key) not in map(str.lower, servers.values)
        return not (rtype == "NS" and ("DNAME" in present or name[:1] == (b"*",)))

    def add(self, name, rtype, data, ttl=None):
        """Adds a record; returns whether there was room for it, and for the names in its data."""
        if not self.has_room(name, rtype) or not names.names_fit(data):
            return False
        key = names.folded(name)
        self.spelling.setdefault(key, name)
        found = self.sets.get((key, rtype))
        if found is None:
            if ttl is None:
                ttl = self.rng.choice([self.default_ttl, self.default_ttl, 30, 7200])
            found = self.sets[key, rtype] = RecordSet(self.spelling[key], rtype, ttl)
            self.types_at.setdefault(key, set()).add(rtype)
            if rtype == "DNAME":
                self.dnames.add(key)
            depth = len(self.origin)
            self.parents.update(above for above in names.ancestors(key) if len(above) >= depth)
        if data not in found.values:
            found.values.append(data)
        return True

    def host(self, name, *families):
        """Addresses at a name."""
        for family in families or self.rng.choice([("A",), ("AAAA",), ("A", "AAAA")]):
            for _ in range(self.rng.choice([1, 1, 1, 2, 3])):
                self.add(name, family, address(self.rng, family))

    def has_servers(self, name):
        """Whether there are NS records at a name: that there was room for one."""
        return (names.folded(name), "NS") in self.sets

    def cuts(self):
        """The folded names with NS records below the apex."""
        origin = names.folded(self.origin)
        return [owner for owner, rtype in self.sets if rtype == "NS" and owner != origin]

    def text(self, without=()):
        """The master file, less the sets whose keys are in `without`; signed if the zone is."""
        if self.signed is not None:
            return self.signed
        lines = []
        for key, found in self.sets.items():
            if key not in without:
                owner = names.to_text(found.owner)
                lines += [f"{owner} {found.ttl} IN {found.rtype} {v}" for v in found.values]
        return "\n".join(lines) + "\n"


class RecordSet:
    """Records of one owner and type; values are presentation text with absolute names."""

    def __init__(self, owner, rtype, ttl):
        self.owner = owner
        self.rtype = rtype
        self.ttl = ttl
        self.values = []


def address(rng, family):
    if family == "A":
        return f"192.0.{rng.randrange(256)}.{rng.randrange(1, 255)}"
    return f"2001:db8:{rng.randrange(1 << 16):x}::{rng.randrange(1, 1 << 16):x}"
