"""What a run found, in text: sums, sizes, differences grouped by what they have in common."""

import collections

import names
import questions
import wire
from meaning import UNKNOWN
from servers import SERVERS

EXAMPLES = 3


class Report:
    """Collects differences and prints them."""

    def __init__(self, explain):
        self.explain = explain
        self.asked = self.zones = 0
        self.explained = {}  # rule: {stand: differences}
        self.groups = {}  # signature: differences
        self.counts = collections.Counter()
        self.same_content = self.larger = self.smaller = 0
        self.largest = []  # (bytes more than Knot, difference)

    def add(self, difference):
        rule = self.explain(difference)
        if rule:
            self.explained.setdefault(rule, collections.Counter())[difference.stand] += 1
            return
        signature = _signature(difference)
        self.counts[signature] += 1
        self.groups.setdefault(signature, []).append(difference)
        del self.groups[signature][EXAMPLES:]

    def add_sizes(self, pair, zone, question):
        if pair is None:
            return
        self.same_content += 1
        mine, other = pair
        if mine > other:
            self.larger += 1
            self.largest.append((mine - other, zone.label, questions.dig(question)))
            self.largest = sorted(self.largest, reverse=True)[:10]
        elif mine < other:
            self.smaller += 1

    def unexplained(self):
        """How many differences no rule explains."""
        return sum(self.counts.values())

    def commonest(self, number):
        """An example of each of the commonest kinds of unexplained differences."""
        return [self.groups[signature][0] for signature, _ in self.counts.most_common(number)]

    def lines(self, rules=()):
        yield f"{self.asked} questions about {self.zones} zones"
        yield (
            f"replies of the same content as Knot's: {self.same_content};"
            f" larger {self.larger}, smaller {self.smaller}"
        )
        for excess, zone, dig in self.largest:
            yield f"    {excess} bytes more than Knot: zone {zone}: {dig}"
        for rule in rules:
            stands = self.explained.get(rule.name)
            if stands is None:
                yield f"stale: {rule.name}"
                continue
            parts = ", ".join(f"{number} {stand}" for stand, number in stands.most_common())
            yield f"{stands.total():7d}  {rule.name} ({rule.source}): {parts}"
        for signature, count in self.counts.most_common():
            yield f"{count:7d}  UNEXPLAINED {' | '.join(map(str, signature))}"
            for difference in self.groups[signature]:
                yield from _example(difference)


def _signature(difference):
    aspect, stand, views = difference.aspect, difference.stand, difference.views
    if aspect in ("rcode", "AA", "TC", "RD", "RA", "AD", "CD", "edns"):
        return aspect, stand, " ".join(_short(view[aspect]) for view in views)
    asked = questions.text_of(difference.question.rtype)
    special = asked if asked in ("ANY", "DS", "NS", "SOA", "CNAME", "DNAME", "RRSIG") else "other"
    return aspect, stand, special, " ".join(_short(view["rcode"]) for view in views)


def _short(value):
    return "-" if value is UNKNOWN else str(value).replace(" ", "")


def _example(difference):
    question = difference.question
    yield f"         zone {difference.zone.label}: {questions.dig(question)}"
    if difference.detail:
        yield f"         {_detail(difference.detail)}"
    for make, view in zip(SERVERS, difference.views):
        yield f"           {make.name:9} {summary(view)}"


def _detail(detail):
    """A record, several of them, or words."""
    if isinstance(detail, str):
        return detail
    records = [detail] if isinstance(detail, wire.Record) else detail
    return "; ".join(_record(record) for record in records)


def reproduction(found):
    """Lines for what reducing.reduced() gives."""
    if found is None:
        yield "takes more than its zone"
        return
    zone, difference = found
    yield f"\n{difference.aspect}, {difference.stand}"
    yield f"signed: {zone.signer}; steered: {zone.steered}"
    yield from _example(difference)
    yield zone.text()


def summary(view):
    """A reply in one line."""
    reply = view.reply
    if reply is None:
        return view.trouble
    flags = "".join(" " + f for f in ("AA", "TC", "RD", "RA", "AD", "CD") if reply.flag(f))
    parts = [f"rcode {reply.rcode}{flags} {reply.size} bytes"]
    for letter, section in zip("=^+", reply.sections()):
        shown = [_record(record) for record in sorted(section)]
        more = f" … {len(shown)} in all" if len(shown) > 6 else ""
        parts.append(f"{letter} " + "; ".join(shown[:6]) + more)
    return " ".join(parts)


def _record(record):
    owner = names.to_text(names.of_wire(record.owner))
    data = record.data.hex()
    return f"{owner} {record.ttl} {questions.text_of(record.type)} {_data(record, data)}"


def _data(record, data):
    if record.type in (2, 5, 12, 39):
        return names.to_text(names.of_wire(record.data))
    if record.type == 1:
        return ".".join(str(b) for b in record.data)
    return data if len(data) <= 40 else data[:37] + "..."
