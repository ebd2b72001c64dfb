"""What the zones of a batch hold, to judge records that a reply may or may not carry.

All names are in wire form and lower case.
"""

import wire
from names import is_below_or_at, upwards


class Truth:
    """Records of all zones that are served together, and where their cuts are."""

    def __init__(self, zones):
        """`zones` maps each apex to its records."""
        self.apexes = set(zones)
        self.sets = {}  # (owner, type): {data: TTLs}
        self.cuts = set()
        self.names = set()  # that exist, empty non-terminals among them
        self.negative_ttls = {}  # apex: TTL of the SOA record of negative answers
        for apex, records in zones.items():
            for record in records:
                self._take(apex, record)

    def _take(self, apex, record):
        owner, rtype, ttl, data = record
        self.sets.setdefault((owner, rtype), {}).setdefault(data, set()).add(ttl)
        if owner not in self.names:
            self.names.update(upwards(owner))
        if rtype == wire.SOA:
            self.negative_ttls[apex] = min(ttl, int.from_bytes(data[-4:], "big"))
        if rtype == wire.NS and owner != apex:
            self.cuts.add(owner)

    def zone_of(self, name):
        """The apex of the zone that the name lies in, or None."""
        return next((above for above in upwards(name) if above in self.apexes), None)

    def cut_of(self, name):
        """The topmost cut at or above the name in its zone, or None."""
        found = None
        for above in upwards(name):
            if above in self.apexes:
                break
            if above in self.cuts:
                found = above
        return found

    def holds(self, record):
        """Whether the record is in a zone, as it is or through a wildcard or a DNAME record."""
        if self._at(record.owner, record):
            return True
        if wire.kind(record) == wire.SOA:  # in negative answers (RFC 2308, section 3)
            held = self.sets.get((record.owner, record.type), {})
            return record.data in held and record.ttl == self.negative_ttls.get(record.owner)
        for above in upwards(record.owner)[1:]:
            if self._at(b"\x01*" + above, record):
                return True
            if record.type == wire.CNAME:
                for goal in self.sets.get((above, wire.DNAME), ()):
                    if record.owner[: len(record.owner) - len(above)] + goal == record.data:
                        return True
        return False

    def data_of(self, owner, rtype):
        """The data of a set, as it is or through a wildcard."""
        if owner not in self.names:
            above = next((name for name in upwards(owner)[1:] if name in self.names), b"\0")
            owner = b"\x01*" + above
        return set(self.sets.get((owner, rtype), ()))

    def states(self, record):
        """Whether the record stands in a zone file itself."""
        return self._at(record.owner, record)

    def leads_on(self, name):
        """Whether the name is an alias: by CNAME, its own or a wildcard's, or by DNAME."""
        above = upwards(name)[1:]
        if any((owner, wire.DNAME) in self.sets for owner in above):
            return True
        if name not in self.names:
            name = b"\x01*" + next((owner for owner in above if owner in self.names), b"\0")
        return (name, wire.CNAME) in self.sets

    def glue_of(self, cut):
        """Addresses that a referral must carry: of servers at or below the cut (RFC 9471)."""
        for server in self.sets.get((cut, wire.NS), ()):
            if is_below_or_at(server, cut):
                for rtype in (wire.A, wire.AAAA):
                    for data, ttls in self.sets.get((server, rtype), {}).items():
                        yield from (wire.Record(server, rtype, ttl, data) for ttl in ttls)

    def _at(self, owner, record):
        ttls = self.sets.get((owner, record.type), {}).get(record.data)
        if ttls is None:
            return False
        if record.type == wire.RRSIG:  # has the TTL of what it covers (RFC 4034, section 3)
            covered = self.sets.get((owner, wire.kind(record)), {}).values()
            ttls = ttls.union(*covered)
        return record.ttl in ttls
