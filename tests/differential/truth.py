"""What the zones of a batch hold, to judge records that a reply may or may not carry.

Needs dnspython, which reads record data independently of the servers and of wire.py.
"""

import dns.name
import dns.rdata
import names
import wire


class Truth:
    """Records of all zones that are served together, and where their cuts are."""

    def __init__(self, zones, texts):
        self.apexes = set()
        self.sets = {}  # (owner, type): {data: TTLs}
        self.cuts = set()
        self.negative_ttls = {}  # apex: TTL of the SOA record of negative answers
        for zone, text in zip(zones, texts):
            self.apexes.add(names.to_wire(names.folded(zone.origin)))
            self._read(names.to_wire(names.folded(zone.origin)), text)

    def _read(self, apex, text):
        """Reads a zone file with one absolute record on each line."""
        for line in text.splitlines():
            if not line or line.startswith(";"):
                continue
            name, seconds, _, mnemonic, rest = line.split(None, 4)
            rdata = dns.rdata.from_text("IN", mnemonic, rest)
            owner, rtype = dns.name.from_text(name).to_wire().lower(), int(rdata.rdtype)
            ttl, data = int(seconds), wire.canonical_data(rtype, rdata.to_wire())
            self.sets.setdefault((owner, rtype), {}).setdefault(data, set()).add(ttl)
            if rtype == wire.SOA:
                self.negative_ttls[apex] = min(ttl, int.from_bytes(data[-4:], "big"))
            if rtype == wire.NS and owner != apex:
                self.cuts.add(owner)

    def zone_of(self, name):
        """The apex of the zone that holds the name, or None."""
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
        if record.type == wire.SOA:
            held = self.sets.get((record.owner, wire.SOA), {})
            return record.data in held and record.ttl == self.negative_ttls.get(record.owner)
        for above in upwards(record.owner):
            if above != record.owner and self._at(b"\x01*" + above, record):
                return True
            if record.type == wire.CNAME and above != record.owner:
                for goal in self.sets.get((above, wire.DNAME), ()):
                    if record.owner[: len(record.owner) - len(above)] + goal == record.data:
                        return True
        return False

    def _at(self, owner, record):
        held = self.sets.get((owner, record.type))
        return held is not None and record.ttl in held.get(record.data, ())


def upwards(name):
    """A name in wire form and those above it, the root last."""
    at, found = 0, [name]
    while name[at]:
        at += 1 + name[at]
        found.append(name[at:])
    return found


def below_or_at(name, ancestor):
    return ancestor in upwards(name)
