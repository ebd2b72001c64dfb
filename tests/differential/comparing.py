"""Signpost's reply against those of the others, aspect by aspect.

A difference says how the others stand: all against Signpost, two of them, or each for itself.
Without a difference nothing is returned, so the caller counts what was compared.
"""

import collections

import meaning
import wire
from meaning import ASPECTS, CONTENT, UNKNOWN, View

# `stand`: "against all"; "against two" while the third differs too; "divided" (two against Signpost
# and the third); "split" (no two of the others agree); "by itself" (a rule that needs no others).
# `views` are those of all servers, Signpost's first.
Difference = collections.namedtuple("Difference", "aspect stand views question truth zone detail")

# More bytes than a signature takes with its owner in the algorithms that signing.py uses.
SIGNATURE = 130

# The servers besides Signpost.
OTHERS = 3

# What belongs to the sets in the answer.
BESIDE_ANSWER = [aspect for aspect in CONTENT if aspect != "answer"]

# The detail of a TC difference where Signpost says at once what the others say over TCP.
COMPLETE = "complete"


def compare(zone, question, received, truth, over_tcp=None):
    """The views and differences for one question.

    `received` has the replies' bytes, Signpost's first. If one of them is truncated, its content
    is that of the reply in `over_tcp`, if that is given.
    """
    views = [View(question, reply, truth) for reply in received]
    whole = views
    if over_tcp:
        second = question._replace(tcp=True)
        whole = [v if v["TC"] is False else View(second, r, truth) for v, r in zip(views, over_tcp)]

    def difference(aspect, stand, shown, detail=""):
        return Difference(aspect, stand, shown, question, truth, zone, detail)

    found = []
    chosen = _of_one_choice(whole) if question.rtype == wire.ANY else whole
    for aspect in ASPECTS:
        # The RCODE of a truncated reply says no more than its sections.
        shown = whole if aspect in CONTENT or aspect == "rcode" else views
        stand = _stand(aspect, chosen if aspect in BESIDE_ANSWER else shown)
        if stand:
            found.append(difference(aspect, stand, shown))
    if over_tcp and views[0]["TC"] is False and not any(d.aspect in CONTENT for d in found):
        found = [d._replace(detail=COMPLETE) if d.aspect == "TC" else d for d in found]
    if views[0].reply is not None:
        for aspect, detail in _own_faults(views[0], question, truth):
            found.append(difference(aspect, "by itself", views, detail))
        missing, stand = _missing_additional(views, question, truth)
        if missing:
            found.append(difference("additional", stand, views, missing))
    return views, found


def is_cut_short(received):
    """Whether a reply is truncated: what it would say, it says over TCP."""
    return any(reply is not None and len(reply) > 2 and reply[2] & 2 for reply in received)


def _stand(aspect, views):
    """How the others stand to Signpost in this aspect, None if there is no difference."""
    mine = views[0][aspect]
    if mine is UNKNOWN:
        return None
    others = [view[aspect] for view in views[1:] if view[aspect] is not UNKNOWN]
    if not others or mine in others and others.count(mine) >= len(others) - 1:
        return None
    votes = max(others.count(value) for value in others if value != mine)
    if votes == OTHERS:
        return "against all"
    if votes >= 2:
        return "divided" if mine in others else "against two"
    return None if mine in others else "split"


def _own_faults(view, question, truth):
    """What is wrong with a reply whatever others say: (aspect, detail)."""
    reply = view.reply
    if reply.size > meaning.limit(question):
        yield "size", f"{reply.size} bytes"
    for section in reply.sections():
        if len(set(section)) != len(section):
            yield "duplicates", ""
    for section in reply.sections():
        for record in section:
            if not truth.holds(record):
                yield "untrue", record
    if reply.flag("TC"):
        return
    apexes = meaning.zones_of_answer(view, question, truth)
    servers, rest = view.extras(truth)
    for record in servers:
        if record.owner not in apexes:
            yield "uncalled for", record
    mentioned = view.mentioned()
    for record in rest:
        allowed = wire.kind(record) in (wire.A, wire.AAAA, 33, 64, 65)
        if not allowed or record.owner not in mentioned:
            yield "uncalled for", record


def _of_one_choice(views):
    """Of replies to ANY those with an answer about the same names as Signpost's, and its RCODE: what
    else a reply says belongs to the sets that its server chose (RFC 8482, section 4.1)."""

    def subject(view):
        return view["rcode"], {record.owner for record in view["answer"]}

    known = [view for view in views if view["answer"] is not UNKNOWN]
    if views[0] not in known:
        return views
    return [view for view in known if subject(view) == subject(views[0])]


def _missing_additional(views, question, truth):
    """Addresses of mentioned names that two others add and Signpost, with room for it, does not;
    and how the others stand in this."""
    mine = views[0].reply
    if mine.flag("TC") or question.rtype == wire.ANY:  # for which each has a set of its own choice
        return [], None
    votes = collections.Counter()
    whole = [view for view in views[1:] if view.reply is not None and not view.reply.flag("TC")]
    for view in whole:
        votes.update(set(map(_without_signature_ttl, view.extras(truth)[1])))
    sought = views[0].sought()
    present = set(map(_without_signature_ttl, mine.additional + mine.answer))
    missing = [r for r, n in votes.items() if n >= 2 and r not in present and r.owner in sought]
    room = meaning.limit(question) - mine.size
    # The zone that answers may be one below that of the question.
    signed = question.dnssec_ok and any(
        record.type == wire.RRSIG for section in mine.sections() for record in section
    )
    wanted = sum(12 + len(r.data) for r in missing if not signed or r.type != wire.RRSIG)
    if signed:
        wanted += SIGNATURE * len({(r.owner, wire.kind(r)) for r in missing})
    if wanted + 10 > room:
        return [], None
    fewest = min((votes[record] for record in missing), default=0)
    if fewest == OTHERS:
        return missing, "against all"
    return missing, "divided" if len(whole) > fewest else "against two"


def _without_signature_ttl(record):
    return record._replace(ttl=0) if record.type == wire.RRSIG else record


def sizes(views):
    """(Signpost's size, Knot's size) without OPT if both say exactly the same, else None."""
    mine, other = views[0].reply, views[1].reply
    if mine is None or other is None or mine.flags != other.flags:
        return None
    if any(sorted(a) != sorted(b) for a, b in zip(mine.sections(), other.sections())):
        return None
    return mine.size - mine.opt_size, other.size - other.opt_size
