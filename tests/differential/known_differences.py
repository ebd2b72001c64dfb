"""The differences that remain, each a narrow rule with the sentence of an RFC that decides.

The table in README.md lists them for readers. A rule that never matches in a full run is stale.
"""

import collections

import wire
from comparing import COMPLETE
from meaning import ASPECTS, CONTENT, UNKNOWN

# `matches` takes a comparing.Difference; `source` says where it is decided; `signed` that only
# signed zones show it.
Rule = collections.namedtuple("Rule", "name matches source signed", defaults=[False])

SERVFAIL, NXDOMAIN, YXDOMAIN = 2, 3, 6

# Beside the one set of an answer to ANY: signatures, and what leads there.
LEADING = (wire.RRSIG, wire.CNAME, wire.DNAME)

# Signpost follows as many aliases before it gives up, and fewer where DNAME makes them.
MOST_ALIASES, MOST_RENAMINGS = 16, 8

# What follows from where a chain of aliases ends.
OF_CHAINS = ("rcode", "AA", "TC", "answer", "soa", "referral", "proof", "glue", "sibling glue")


def explain(difference):
    """The name of the first rule that matches, or None: what is wrong by itself has no rule."""
    if difference.views[0].reply is None:
        return None
    rules = RULES if difference.aspect in ASPECTS else ADDITIONAL
    return next((rule.name for rule in rules if rule.matches(difference)), None)


def _others(difference):
    """The views of those who differ from Signpost in this aspect, with a reply that can be read."""
    mine = difference.views[0][difference.aspect]
    found = [v for v in difference.views[1:] if v[difference.aspect] not in (mine, UNKNOWN)]
    return [view for view in found if view.reply is not None]


def _others_in_full(difference):
    """The same without those who are cut short: what they say of a chain's end says nothing."""
    return [view for view in _others(difference) if not view["TC"]]


def _chain_end(view, question):
    """The name that a reply's aliases lead to, and the one before it."""
    targets = {r.owner: r.data for r in view.reply.answer if r.type == wire.CNAME}
    name, before, seen = question.name.lower(), None, set()
    while name in targets and name not in seen:
        seen.add(name)
        name, before = targets[name], name
    return name, before


def _stops_at_zone_edge(view, difference):
    """Whether the reply's chain ends where it would go on in another zone, without a word about
    that; for DS at an apex that is the zone above (RFC 4035, section 3.1.4.1)."""
    name, before = _chain_end(view, difference.question)
    truth = difference.truth
    if before is None or any(r.owner == name for r in view.reply.answer):
        return False
    said = {r.owner for r in view.reply.authority if r.type == wire.SOA} | {*view.servers_of}
    if difference.question.rtype == wire.DS and name in truth.apexes:
        return said <= {name}
    return not said and truth.zone_of(name) not in (None, truth.zone_of(before))


def _stops_within_chain(view, difference):
    """Whether the reply's chain ends at a name that leads on in the same zone."""
    name, before = _chain_end(view, difference.question)
    gave_up = view["rcode"] == SERVFAIL or difference.truth.leads_on(name)
    return before is not None and gave_up


def _length_of_chains(difference):
    others = _others_in_full(difference)
    mine = difference.views[0]
    if difference.aspect not in OF_CHAINS or not others:
        return False
    end, _ = _chain_end(mine, difference.question)
    kinds = [r.type for r in mine.reply.answer]
    most = MOST_RENAMINGS if wire.DNAME in kinds else MOST_ALIASES
    if kinds.count(wire.CNAME) >= most and difference.stand == "split":
        return True
    at_its_end = mine["rcode"] == YXDOMAIN or mine["TC"] or not difference.truth.leads_on(end)
    if not at_its_end and kinds.count(wire.CNAME) < most:
        return False
    return any(_stops_within_chain(view, difference) for view in others) and all(
        _stops_within_chain(view, difference) or _stops_at_zone_edge(view, difference)
        for view in others
    )


def _incomplete_glue(difference):
    """Others leave out addresses of servers below the cut without a word (TC); Signpost says it,
    and has them all over TCP. Those below other cuts may be left out."""
    if difference.aspect not in ("TC", "glue", "sibling glue") or difference.question.tcp:
        return False
    mine = difference.views[0]
    if difference.aspect == "sibling glue":
        return all(view["sibling glue"] < mine["sibling glue"] for view in _others(difference))
    if difference.aspect == "TC" and not mine["TC"]:
        return False
    if difference.aspect == "glue" and _lacks_glue(mine, difference.truth):
        return False
    return all(_lacks_glue(view, difference.truth) for view in _others(difference))


def _sibling_glue_left_out(difference):
    """Signpost leaves out what need not be there, where others would rather set TC."""
    mine, aspect = difference.views[0], difference.aspect
    if difference.question.tcp or mine["TC"] or not mine.servers_of:
        return False
    if _lacks_glue(mine, difference.truth):
        return False
    if aspect == "sibling glue":
        return all(mine[aspect] < view[aspect] for view in _others(difference))
    return aspect == "TC" and not difference.detail


def _lacks_glue(view, truth):
    wanted = (record for cut in view.servers_of for record in truth.glue_of(cut))
    return any(record not in view.reply.additional for record in wanted)


def _wildcard_glue(difference):
    """Others give servers below a cut addresses that a wildcard below the cut would make."""
    if difference.aspect not in ("glue", "sibling glue"):
        return False
    mine = difference.views[0][difference.aspect]
    extra = set().union(*(view[difference.aspect] - mine for view in _others(difference)))
    return bool(extra) and not any(difference.truth.states(record) for record in extra)


def _one_set_for_any(difference):
    """One set stands for all of them; which one is each server's choice."""
    if difference.question.rtype != wire.ANY or difference.aspect not in ("answer", "TC"):
        return False
    answer = [r for r in difference.views[0].reply.answer if r.type not in LEADING]
    return len({(r.owner, r.type) for r in answer}) == 1


def _ttl_of_signatures(difference):
    """Signers cap TTLs by the validity of signatures; Signpost and Knot answer the set's TTL."""
    aspect = difference.aspect
    if aspect not in CONTENT:
        return False

    def without_ttls(view):
        return {r._replace(ttl=0) if r.type == wire.RRSIG else r for r in view[aspect]}

    mine = without_ttls(difference.views[0])
    others = [without_ttls(view) for view in _others(difference)]
    if difference.question.rtype == wire.RRSIG:  # of which Knot answers one
        return mine in others and all(other <= mine for other in others)
    return all(other == mine for other in others)


def _nsec_at_alias(difference):
    """NSEC is asked for at an alias that has none: the alias is followed."""
    question, mine = difference.question, difference.views[0]
    owner = question.name.lower()
    return (
        difference.aspect in OF_CHAINS
        and question.rtype in (wire.NSEC, wire.NSEC3)
        and any(r.owner == owner and r.type == wire.CNAME for r in mine.reply.answer)
        and all(
            not view.reply.answer or _stops_within_chain(view, difference)
            for view in _others_in_full(difference)
        )
    )


def _fits_where_others_cut(difference):
    """Signpost's reply fits, and says what the others say over TCP."""
    return difference.aspect == "TC" and difference.detail == COMPLETE


def _unproved_addresses(difference):
    """Addresses that a wildcard of a signed zone makes, for which validators would want a proof."""
    if difference.aspect != "additional" or not difference.question.dnssec_ok:
        return False
    states = difference.truth.states
    signed = [record for record in difference.detail if record.type == wire.RRSIG]
    return bool(signed) and not any(states(record) for record in difference.detail)


def _glue_beside_answers(difference):
    """Addresses below a cut for names in MX, SRV and the like, which are no data of the zone."""
    if difference.aspect != "additional" or difference.views[0].servers_of:
        return False
    return all(difference.truth.cut_of(record.owner) for record in difference.detail)


ADDITIONAL = [
    Rule("no unproved additions", _unproved_addresses, "RFC 4035, section 5.3.4", True),
    Rule("no glue beside answers", _glue_beside_answers, "RFC 1034, section 4.2.1"),
]

RULES = [
    Rule("one set for ANY", _one_set_for_any, "RFC 8482, section 4.1", True),
    Rule("fits where others cut", _fits_where_others_cut, "RFC 2181, section 9"),
    Rule("glue that does not fit", _incomplete_glue, "RFC 9471, section 3.1"),
    Rule("sibling glue left out", _sibling_glue_left_out, "RFC 9471, section 3.2", True),
    Rule("no glue from wildcards", _wildcard_glue, "RFC 1034, section 4.3.2, step 3b"),
    Rule("TTL of signatures", _ttl_of_signatures, "RFC 4034, section 3", True),
    Rule("NSEC at an alias", _nsec_at_alias, "RFC 1034, section 4.3.2, step 3a", True),
    Rule("length of chains", _length_of_chains, "RFC 1034, section 3.6.2"),
    *ADDITIONAL,
]
