"""What a reply says, taken apart into aspects that can be compared one by one.

Records that RFC 1034 and 9471 leave to the server (name servers of the zone beside an answer,
addresses of names that are mentioned) are no aspect; comparing.py asks whether they are true.
"""

import wire
from names import is_below_or_at, upwards
from wire import kind

# An aspect that says nothing: sections of a truncated reply (RFC 2181, section 9).
UNKNOWN = object()

CONTENT = ["answer", "soa", "referral", "proof", "authority", "glue", "sibling glue"]
ASPECTS = ["reply", "question", "rcode", "AA", "TC", "RD", "RA", "AD", "CD", "edns", *CONTENT]

ADDRESSES = (wire.A, wire.AAAA)
PROOFS = (wire.NSEC, wire.NSEC3)
# Types whose names want addresses (RFC 1035, 3.3.9 and 3.3.11; RFC 2782; RFC 9460, 4.1).
SEEKING = (wire.NS, 15, 33, 64, 65)


class View:
    """One server's reply with its aspects; `reply` is None if there is none that can be read."""

    def __init__(self, question, received, truth):
        self.reply, self.trouble = None, "nothing"
        if received is not None:
            try:
                self.reply, self.trouble = wire.Reply(received), ""
            except wire.Malformed as error:
                self.trouble = f"malformed: {error}"
        self.aspects = dict.fromkeys(ASPECTS, UNKNOWN)
        self.aspects["reply"] = self.trouble
        self.servers_of = {}  # for each cut in the authority section, its servers' names
        if self.reply is not None:
            self._header()
            if not self.reply.flag("TC"):
                self._sections(truth)

    def __getitem__(self, aspect):
        return self.aspects[aspect]

    def _header(self):
        reply, aspects = self.reply, self.aspects
        aspects["question"] = reply.question
        aspects["rcode"] = reply.rcode
        for flag in ("AA", "TC", "RD", "RA", "AD", "CD"):
            aspects[flag] = reply.flag(flag)
        edns = reply.edns
        aspects["edns"] = edns and (edns.version, bool(edns.flags & 0x8000))

    def _sections(self, truth):
        reply, aspects = self.reply, self.aspects
        aspects["answer"] = frozenset(reply.answer)
        groups = {"soa": [], "referral": [], "proof": [], "authority": []}
        for record in reply.authority:
            group = self._authority_group(record, truth)
            if group:
                groups[group].append(record)
        aspects.update((name, frozenset(records)) for name, records in groups.items())
        for record in groups["referral"]:
            if record.type == wire.NS:
                self.servers_of.setdefault(record.owner, set()).add(record.data)
        glue, sibling = set(), set()
        for record in reply.additional:
            if record.type in ADDRESSES:
                for cut, servers in self.servers_of.items():
                    if record.owner in servers:
                        if is_below_or_at(record.owner, cut):
                            glue.add(record)
                        elif truth.cut_of(record.owner):
                            sibling.add(record)
        aspects["glue"], aspects["sibling glue"] = frozenset(glue), frozenset(sibling)

    @staticmethod
    def _authority_group(record, truth):
        rtype = kind(record)
        if rtype == wire.SOA:
            return "soa"
        if rtype == wire.NS:
            return None if record.owner in truth.apexes else "referral"
        if rtype == wire.DS:
            return "referral"
        return "proof" if rtype in PROOFS else "authority"

    def extras(self, truth):
        """Records that a server may add or leave out."""
        reply = self.reply
        apex_servers = [
            r for r in reply.authority if kind(r) == wire.NS and r.owner in truth.apexes
        ]
        known = self["glue"], self["sibling glue"]
        rest = [r for r in reply.additional if not any(r in k for k in known if k is not UNKNOWN)]
        return apex_servers, rest

    def mentioned(self):
        """Names that the reply's records mention: whose addresses it may carry."""
        return _mentioned([r for section in self.reply.sections() for r in section])

    def sought(self):
        """Names of the answer, or of a referral, whose addresses it should carry."""
        referral = [r for r in self.reply.authority if r.owner in self.servers_of]
        records = self.reply.answer + referral
        return _mentioned([r for r in records if r.type in SEEKING])


def _mentioned(records):
    found = set()
    for record in records:
        found.update(wire.names_in(record.type, record.data))
        # "." stands for the owner (RFC 9460, section 2.5).
        if record.type in (64, 65) and record.data[2:3] == b"\0":
            found.add(record.owner)
    return found


def limit(question):
    """The largest reply that the question allows."""
    if question.tcp:
        return 65535
    if question.payload is None:
        return 512
    return max(512, min(question.payload, 1232))


def zones_of_answer(view, question, truth):
    """The apexes of the zones that the answer's names lie in."""
    named = {question.name.lower(), *(record.owner for record in view.reply.answer)}
    for record in view.reply.answer:
        named.update(wire.names_in(record.type, record.data))
    return {above for name in named for above in upwards(name) if above in truth.apexes}
