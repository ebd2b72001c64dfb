"""The differences that remain, each a narrow rule with the sentence of an RFC that decides.

The table in README.md lists them for readers. A rule that never matches in a full run is stale.
"""

import collections

# `matches` takes a comparing.Difference; `source` says where it is decided.
Rule = collections.namedtuple("Rule", "name matches source")

RULES = []


def explain(difference):
    """The name of the first rule that matches, or None."""
    return next((rule.name for rule in RULES if rule.matches(difference)), None)
