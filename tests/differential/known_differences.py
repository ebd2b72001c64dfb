"""The differences that remain, each a narrow rule with the sentence of an RFC that decides.

The table in README.md lists them for readers. A rule that never matches in a full run is stale.
"""

import collections

import wire
from comparing import COMPLETE
from meaning import ASPECTS, UNKNOWN, limit
from names import is_below_or_at, upwards

# `matches` takes a comparing.Difference; `source` says where it is decided; `signed` that runs
# without signed zones may not show it.
Rule = collections.namedtuple("Rule", "name matches source signed", defaults=[False])

SERVFAIL, YXDOMAIN = 2, 6

# Beside the one set of an answer to ANY: signatures, and what leads there.
LEADING = (wire.RRSIG, wire.CNAME, wire.DNAME)

# Where each gives up a chain of aliases: Signpost has one CNAME more than it follows, and fewer
# where DNAME makes them; Knot and BIND have as many.
MOST_ALIASES, MOST_RENAMINGS, MOST_OF_KNOT, MOST_OF_BIND = 17, 9, 5, 12

# Where the servers stand among the views of a difference.
KNOT, NSD, BIND = 1, 2, 3

# What follows from where a chain of aliases ends.
OF_CHAINS = ("rcode", "AA", "TC", "answer", "soa", "referral", "proof", "glue", "sibling glue")

ADDRESS_TYPES = (wire.A, wire.AAAA)


def explain(difference):
    """The name of the first rule that matches, or None: what is wrong by itself has no rule."""
    if difference.views[0].reply is None:
        return None
    rules = RULES if difference.aspect in ASPECTS else ADDITIONAL
    return next((rule.name for rule in rules if rule.matches(difference)), None)


def _others(difference):
    """The views of those who differ from Signpost in this aspect, with a reply that can be read."""
    return [view for _, view in _numbered_others(difference)]


def _numbered_others(difference):
    mine = difference.views[0][difference.aspect]
    pairs = enumerate(difference.views)
    found = [(n, v) for n, v in pairs if v[difference.aspect] not in (mine, UNKNOWN)]
    return [(number, view) for number, view in found if view.reply is not None]


def _others_in_full(difference):
    """Those without the ones cut short: what these say of a chain's end says nothing."""
    return [(number, view) for number, view in _numbered_others(difference) if not view["TC"]]


def _chain_end(view, question):
    """The name that a reply's aliases lead to, and the one before it."""
    targets = {r.owner: r.data for r in view.reply.answer if r.type == wire.CNAME}
    name, before, seen = question.name.lower(), None, set()
    while name in targets and name not in seen:
        seen.add(name)
        name, before = targets[name], name
    return name, before


def _links(view):
    """How many CNAMEs an answer has, and whether there is a DNAME that made some of them."""
    kinds = [record.type for record in view.reply.answer]
    return kinds.count(wire.CNAME), wire.DNAME in kinds


def _gave_up(view):
    """Whether Signpost's chain is as long as one that it gives up."""
    links, renamed = _links(view)
    return links >= (MOST_RENAMINGS if renamed else MOST_ALIASES)


def _ends_early(number, view, difference):
    """Whether another server's chain ends as "length of chains" says of this server."""
    links, renamed = _links(view)
    if number == BIND and view["rcode"] == SERVFAIL:
        return links == MOST_OF_BIND
    if number == NSD and view["rcode"] == SERVFAIL:
        return _links(difference.views[0])[1] and difference.question.rtype == wire.DNAME
    if not difference.truth.leads_on(_chain_end(view, difference.question)[0]):
        return False
    if number == KNOT:
        return links == MOST_OF_KNOT
    return renamed and (number == NSD or difference.question.rtype == wire.ANY)


def _goes_on(view, difference):
    """Whether a reply has all that Signpost's answer has, and more."""
    return {*difference.views[0].reply.answer} < {*view.reply.answer}


def _length_of_chains(difference):
    """Signpost's chain ends where it must, or at its limit; the others' at theirs."""
    others = _others_in_full(difference)
    mine = difference.views[0]
    if difference.aspect not in OF_CHAINS or not others:
        return False
    gave_up = _gave_up(mine)
    end, before = _chain_end(mine, difference.question)
    cut_short = mine["rcode"] == YXDOMAIN or mine["TC"]
    if before is None or difference.truth.leads_on(end) and not (gave_up or cut_short):
        return False
    return all(
        _ends_early(number, view, difference) or gave_up and _goes_on(view, difference)
        for number, view in others
    )


def _incomplete_glue(difference):
    """Others leave out addresses of servers below the cut without a word (TC); Signpost says it,
    and has them all over TCP. One may know of no cut, which other aspects judge."""
    aspect, mine, truth = difference.aspect, difference.views[0], difference.truth
    if aspect not in ("TC", "glue") or difference.question.tcp:
        return False
    if aspect == "TC" and not mine["TC"] or aspect == "glue" and _lacks_glue(mine, truth):
        return False
    others = _others(difference)
    referring = [view for view in others if view.servers_of]
    if not referring or len(referring) < len(others) - 1:
        return False
    return all(_lacks_glue(view, truth) for view in referring)


def _sibling_glue_left_out(difference):
    """Signpost has all that must be there, and of what need not be there all that fits; others
    have less, or other parts in place of what must be there, or would rather set TC."""
    mine, aspect, truth = difference.views[0], difference.aspect, difference.truth
    if difference.question.tcp or mine["TC"] or not mine.servers_of or _lacks_glue(mine, truth):
        return False
    left_out = _missing_siblings(mine, truth)
    room = limit(difference.question) - mine.reply.size
    if any(_size_of(addresses) <= room for addresses in left_out):
        return False
    if aspect == "TC":
        return bool(left_out) and all(view["TC"] for view in _others(difference))
    return aspect == "sibling glue" and all(
        _lacks_glue(view, truth) or _is_full(view, difference) for view in _others(difference)
    )


def _is_full(view, difference):
    """Whether a reply has no room for all addresses below other cuts that it leaves out, if it
    holds the owner of each set once more: not all servers know to point at it."""
    left_out = _missing_siblings(view, difference.truth)
    needed = sum(len(addresses[0].owner) + _size_of(addresses) for addresses in left_out)
    return view.reply.size + needed > limit(difference.question)


def _missing_siblings(view, truth):
    """Sets of addresses of servers below other cuts that a referral does not have."""
    for cut, servers in view.servers_of.items():
        for server in servers:
            if is_below_or_at(server, cut) or not truth.cut_of(server):
                continue
            for rtype in ADDRESS_TYPES:
                held = truth.sets.get((server, rtype), {})
                found = [wire.Record(server, rtype, t, d) for d, ttls in held.items() for t in ttls]
                if any(record not in view.reply.additional for record in found):
                    yield found


def _size_of(records):
    """The bytes that records take whose owner was there before."""
    return sum(12 + len(record.data) for record in records)


def _lacks_glue(view, truth):
    wanted = (record for cut in view.servers_of for record in truth.glue_of(cut))
    return any(record not in view.reply.additional for record in wanted)


def _wildcard_glue(difference):
    """Others give servers below a cut addresses that a wildcard below the cut would make. Beside
    them one may leave out addresses that are there, as in "glue that does not fit"."""
    truth, aspect = difference.truth, difference.aspect
    if aspect not in ("glue", "sibling glue") or _lacks_glue(difference.views[0], truth):
        return False
    mine, others = difference.views[0][aspect], _others(difference)
    extra = set().union(*(view[aspect] for view in others)) - mine
    made = all(not truth.states(r) and truth.holds(r) and truth.cut_of(r.owner) for r in extra)
    return (
        bool(extra)
        and made
        and all(
            mine <= view[aspect] or not difference.question.tcp and _lacks_glue(view, truth)
            for view in others
        )
    )


def _one_set_for_any(difference):
    """Signpost's answer is one set, whole and with its signatures if they are asked for, and the
    others' are other sets of the same name; BIND ends its answer with the CNAME that a DNAME
    makes."""
    question, mine = difference.question, difference.views[0]
    if question.rtype != wire.ANY or difference.aspect not in ("answer", "TC"):
        return False
    chosen = [r for r in mine.reply.answer if r.type not in LEADING]
    if mine["TC"] or len({(r.owner, r.type) for r in chosen}) != 1:
        return False
    if not _is_whole(chosen, mine.reply.answer, question, difference.truth):
        return False
    return all(
        _chose_otherwise(number, view, difference, chosen[0].owner)
        for number, view in _others_in_full(difference)
    )


def _is_whole(chosen, answer, question, truth):
    """Whether records are all of their set, and the answer has all signatures that go with it."""
    owner, rtype = chosen[0].owner, chosen[0].type
    if {record.data for record in chosen} != truth.data_of(owner, rtype):
        return False
    there = {record.data for record in answer if (record.owner, record.type) == (owner, wire.RRSIG)}
    return _signatures_due(owner, rtype, question, truth) <= there


def _signatures_due(owner, rtype, question, truth):
    """The data of the signatures that go with a set."""
    if not question.dnssec_ok:
        return set()

    def covers(data):
        return wire.kind(wire.Record(owner, wire.RRSIG, 0, data)) == rtype

    return set(filter(covers, truth.data_of(owner, wire.RRSIG)))


def _chose_otherwise(number, view, difference, owner):
    chosen = [record for record in view.reply.answer if record.type not in LEADING]
    chosen = chosen or [r for r in view.reply.answer if r.type == wire.RRSIG and r.owner == owner]
    if not chosen:
        return number == BIND and _links(view) == (1, True)
    return {record.owner for record in chosen} == {owner}


def _empty_wildcard(difference):
    """Signpost's proof has one NSEC record more: it shows that the wildcard that covers the name is
    an empty non-terminal, so that nothing is there to be made from it."""
    truth, mine = difference.truth, difference.views[0]
    name, _ = _chain_end(mine, difference.question)
    if difference.aspect != "proof" or name in truth.names:
        return False
    wildcard = b"\x01*" + next((above for above in upwards(name) if above in truth.names), b"\0")
    if wildcard not in truth.names or any(owner == wildcard for owner, _ in truth.sets):
        return False
    for view in _others(difference):
        more = mine["proof"] - view["proof"]
        links = [record for record in more if record.type == wire.NSEC]
        if view["proof"] - mine["proof"] or len(links) != 1:
            return False
        if any(wire.kind(r) != wire.NSEC or r.owner != links[0].owner for r in more):
            return False
        if not is_below_or_at(wire.names_in(wire.NSEC, links[0].data)[0], wildcard):
            return False
    return True


def _nsec_at_alias(difference):
    """NSEC is asked for at an alias that has none: the alias is followed, as NSD does, or it is
    said that there is none, as two of the others say. NSD's answer may go on in another zone."""
    question, mine, truth = difference.question, difference.views[0], difference.truth
    owner = question.name.lower()
    if difference.aspect not in OF_CHAINS or question.rtype not in (wire.NSEC, wire.NSEC3):
        return False
    if (owner, question.rtype) in truth.sets:
        return False
    if not any(r.owner == owner and r.type == wire.CNAME for r in mine.reply.answer):
        return False
    others = _others_in_full(difference)
    if not any(_has_none(view) for view in difference.views[1:]):
        return False
    return all(
        _has_none(view)
        or _ends_early(number, view, difference)
        or number == NSD
        and (
            _goes_on_elsewhere(view, difference)
            or _is_below_hash(owner, truth)
            or difference.aspect in ("TC", "glue")
            and _lacks_glue(view, truth)
        )
        for number, view in others
    )


def _has_none(view):
    """Whether a reply says that a name has no such records."""
    return view["rcode"] == 0 and not view.reply.answer and bool(view["soa"])


def _goes_on_elsewhere(view, difference):
    """Whether a reply has all that Signpost's answer has, which ends at the edge of its zone."""
    mine, truth = difference.views[0], difference.truth
    end, before = _chain_end(mine, difference.question)
    crossing = truth.zone_of(end) not in (None, truth.zone_of(before))
    return crossing and {*mine.reply.answer} <= {*view.reply.answer}


def _is_below_hash(name, truth):
    """Whether a name lies below the owner of an NSEC3 record, which NSD takes for a name."""
    return any((above, wire.NSEC3) in truth.sets for above in upwards(name)[1:])


def _one_set_of_signatures(difference):
    """Asked for RRSIG Knot answers the signatures of one set only; NSD may not know the name."""
    question, mine, truth = difference.question, difference.views[0], difference.truth
    if question.rtype != wire.RRSIG or difference.aspect not in ("answer", "TC"):
        return False
    others = _others_in_full(difference)
    return any(number == KNOT for number, _ in others) and all(
        number == KNOT
        and {*view.reply.answer} < {*mine.reply.answer}
        and bool(view.reply.answer)
        or number == NSD
        and _is_below_hash(question.name.lower(), truth)
        for number, view in others
    )


def _fits_where_others_cut(difference):
    """Signpost's reply fits, and says what the others say over TCP."""
    return difference.aspect == "TC" and difference.detail == COMPLETE


def _glue_beside_answers(difference):
    """Addresses below a cut for names in MX, SRV and the like, which are no data of the zone."""
    if difference.aspect != "additional" or difference.views[0].servers_of:
        return False
    return all(difference.truth.cut_of(record.owner) for record in difference.detail)


ADDITIONAL = [
    Rule("no glue beside answers", _glue_beside_answers, "RFC 1034, section 4.2.1"),
]

RULES = [
    Rule("one set for ANY", _one_set_for_any, "RFC 8482, section 4.1", True),
    Rule("one set for RRSIG", _one_set_of_signatures, "RFC 8482, as for ANY", True),
    Rule("fits where others cut", _fits_where_others_cut, "RFC 2181, section 9"),
    Rule("glue that does not fit", _incomplete_glue, "RFC 9471, section 3.1"),
    Rule("sibling glue left out", _sibling_glue_left_out, "RFC 9471, section 3.2", True),
    Rule("no glue from wildcards", _wildcard_glue, "RFC 1034, section 4.3.2, step 3b"),
    Rule("empty wildcards", _empty_wildcard, "RFC 4035, section 3.1.3.4", True),
    Rule("NSEC at an alias", _nsec_at_alias, "RFC 1034, section 4.3.2, step 3a", True),
    Rule("length of chains", _length_of_chains, "RFC 1034, section 3.6.2"),
    *ADDITIONAL,
]
