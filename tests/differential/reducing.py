"""A zone made as small as it gets while a difference stays."""

import copy
import pathlib
import tempfile

import asking
import names
import signing
import zone_records
from comparing import compare
from servers import Fleet, Trouble
from truth import Truth


def truth_of(zones):
    """What the zones hold, as their files say it."""
    apexes = [names.to_wire(names.folded(zone.origin)) for zone in zones]
    return Truth(dict(zip(apexes, (zone_records.read(zone.text()) for zone in zones))))


def reduced(difference):
    """(zone, difference) with as few sets as show it, or None if the zone alone does not."""
    best = _trial(difference.zone, list(difference.zone.sets), difference)
    if best is None:
        return None
    keys = list(difference.zone.sets)
    step = len(keys) // 2
    while step:
        start = 0
        while start < len(keys):
            left = keys[:start] + keys[start + step :]
            shown = _trial(difference.zone, left, difference)
            if shown:
                best, keys = shown, left
            else:
                start += step
        step //= 2
    return best


def _trial(zone, keys, wanted):
    """Serves the zone with these sets alone; the same kind of difference if it is still there."""
    smaller = copy.copy(zone)
    smaller.sets = {key: zone.sets[key] for key in keys}
    smaller.steered = [key for key in zone.steered if key in smaller.sets]
    smaller.signed = None
    with tempfile.TemporaryDirectory(prefix="differential-") as scratch:
        folder = pathlib.Path(scratch)
        try:
            if zone.signer:
                signing.sign_as(folder / "signing", smaller, zone.signer)
            with Fleet(folder, [smaller], patience=0.5) as fleet:
                if any(fleet.refused.values()):
                    return None
                (received,) = asking.ask_all(fleet.servers, [wanted.question])
        except Trouble:
            return None
    _, found = compare(smaller, wanted.question, received, truth_of([smaller]))
    for difference in found:
        if (difference.aspect, difference.stand) == (wanted.aspect, wanted.stand):
            return smaller, difference
    return None
