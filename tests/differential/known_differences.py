"""The differences that remain, each a narrow rule with the sentence of an RFC that decides.

The table in README.md lists them for readers. A rule that never matches in a full run is stale.
"""

import collections

import wire
from meaning import ASPECTS, UNKNOWN

# `matches` takes a comparing.Difference; `source` says where it is decided.
Rule = collections.namedtuple("Rule", "name matches source")

# What follows from where a chain of aliases ends.
OF_CHAINS = ("rcode", "AA", "TC", "answer", "soa", "referral", "proof", "glue", "sibling glue")


def explain(difference):
    """The name of the first rule that matches, or None. A reply that is wrong by itself has none."""
    if difference.aspect not in ASPECTS or difference.views[0].reply is None:
        return None
    return next((rule.name for rule in RULES if rule.matches(difference)), None)


def _others(difference):
    """The views of those who differ from Signpost in this aspect, with a reply that can be read."""
    mine = difference.views[0][difference.aspect]
    found = [v for v in difference.views[1:] if v[difference.aspect] not in (mine, UNKNOWN)]
    return [view for view in found if view.reply is not None]


def _chain_end(view, question):
    """The name that a reply's aliases lead to, and the one before it."""
    targets = {r.owner: r.data for r in view.reply.answer if r.type == wire.CNAME}
    name, before, seen = question.name.lower(), None, set()
    while name in targets and name not in seen:
        seen.add(name)
        name, before = targets[name], name
    return name, before


def _stops_at_zone_edge(view, difference):
    """Whether the reply's chain ends where it would go on in another zone."""
    name, before = _chain_end(view, difference.question)
    if before is None:
        return False
    zone_of = difference.truth.zone_of
    return zone_of(name) is not None and zone_of(name) != zone_of(before)


def _stops_within_chain(view, difference):
    """Whether the reply's chain ends at a name that leads on in the same zone."""
    name, before = _chain_end(view, difference.question)
    return before is not None and difference.truth.leads_on(name)


def _aliases_into_other_zones(difference):
    others = _others(difference)
    return (
        difference.aspect in OF_CHAINS
        and bool(others)
        and all(_stops_at_zone_edge(view, difference) for view in others)
    )


def _length_of_chains(difference):
    others = _others(difference)
    mine = difference.views[0]
    if difference.aspect not in OF_CHAINS or not others:
        return False
    end, _ = _chain_end(mine, difference.question)
    if difference.truth.leads_on(end) and not mine.reply.flag("TC"):
        return False
    return any(_stops_within_chain(view, difference) for view in others) and all(
        _stops_within_chain(view, difference) or _stops_at_zone_edge(view, difference)
        for view in others
    )


def _incomplete_glue(difference):
    """Others leave out addresses of servers below the cut, without a word (TC)."""
    mine = difference.views[0]
    if difference.aspect != "TC" or not mine["TC"]:
        return False
    return all(
        view.servers_of
        and any(
            record not in view.reply.additional
            for cut in view.servers_of
            for record in difference.truth.glue_of(cut)
        )
        for view in _others(difference)
    )


def _wildcard_glue(difference):
    """Others give servers below a cut addresses that a wildcard below the cut would make."""
    if difference.aspect not in ("glue", "sibling glue"):
        return False
    mine = difference.views[0][difference.aspect]
    extra = set().union(*(view[difference.aspect] - mine for view in _others(difference)))
    return bool(extra) and not any(difference.truth.states(record) for record in extra)


def _one_set_for_any(difference):
    """One whole set stands for all of them."""
    if difference.question.rtype != wire.ANY or difference.aspect not in ("answer", "TC"):
        return False
    answer = difference.views[0].reply.answer
    kinds = {(r.owner, r.type) for r in answer if r.type not in (wire.RRSIG, wire.CNAME)}
    return len(kinds) <= 1


RULES = [
    Rule("one set for ANY", _one_set_for_any, "RFC 8482, section 4.1"),
    Rule("glue that does not fit", _incomplete_glue, "RFC 9471, section 3.1"),
    Rule("no glue from wildcards", _wildcard_glue, "RFC 1034, section 4.3.2, step 3b"),
    Rule(
        "aliases into other zones",
        _aliases_into_other_zones,
        "RFC 1034, section 4.3.2, step 3a",
    ),
    Rule("length of chains", _length_of_chains, "RFC 1034, section 3.6.2"),
]
