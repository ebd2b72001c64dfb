#!/usr/bin/python3
"""Compare Signpost's answers with those of Knot DNS, NSD and BIND. See README.md.

    run.py [--zones N] [--questions N] [--batch N] [--seed TEXT] [--signed] [--reduce N]
           [--signpost FILE] [--keep DIR]
"""

import argparse
import pathlib
import sys
import tempfile

import asking
import known_differences
import questions
import signing
import zones
from comparing import compare, is_cut_short, sizes
from reducing import reduced, truth_of
from report import Report, reproduction
from servers import Fleet, Signpost, Trouble


def run_batch(folder, made, by_family, options, report):
    """Serves and asks about one batch of zones and adds what was found to the report."""
    truth = truth_of(made)
    asked = []
    for zone in made:
        per_zone = -(-options.questions // options.zones)
        asked += [(zone, q) for q in questions.about(zone, options.seed, per_zone)]
    with Fleet(folder, made, by_family) as fleet:
        if any(fleet.refused.values()):
            raise Trouble(f"zones not loaded: {fleet.refused}; see --keep")
        replies = asking.ask_all(fleet.servers, [question for _, question in asked])
        again = _ask_over_tcp(fleet.servers, asked, replies)
        for server in fleet.servers:
            if not server.alive():
                raise Trouble(f"{server.name} ended: {server.last_words()}")
    for number, ((zone, question), received) in enumerate(zip(asked, replies)):
        views, differences = compare(zone, question, received, truth, again.get(number))
        for difference in differences:
            report.add(difference)
        report.add_sizes(sizes(views), zone, question)
    report.asked += len(asked)
    report.zones += len(made)


def _ask_over_tcp(servers, asked, replies):
    """{number: replies over TCP} of the questions to which a reply over UDP was truncated."""
    numbers = [n for n, r in enumerate(replies) if not asked[n][1].tcp and is_cut_short(r)]
    questions_again = [asked[number][1]._replace(tcp=True) for number in numbers]
    return dict(zip(numbers, asking.ask_all(servers, questions_again)))


def run(options, report):
    """All batches, each in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="differential-") as scratch:
        folder = pathlib.Path(options.keep or scratch)
        for number, first in enumerate(range(0, options.zones, options.batch)):
            size = min(options.batch, options.zones - first)
            made = zones.batch(options.seed, number, size)
            if options.signed:
                signing.sign(folder / str(number) / "signing", made, options.seed)
            run_batch(folder / str(number), made, number % 2 == 1, options, report)


def main(arguments):
    parser = argparse.ArgumentParser(description="Compare Signpost with three other servers.")
    parser.add_argument("--zones", type=int, default=500)
    parser.add_argument("--questions", type=int, default=100000, help="of all zones together")
    parser.add_argument("--batch", type=int, default=50, help="zones served together")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--signed", action="store_true", help="sign most of the zones")
    parser.add_argument(
        "--reduce", type=int, default=0, metavar="N", help="show the N commonest in small zones"
    )
    parser.add_argument("--signpost", metavar="FILE", help="the program; that of build/ otherwise")
    parser.add_argument("--keep", metavar="DIR", help="keep zones, configurations and logs there")
    options = parser.parse_args(arguments)
    if options.signpost:
        Signpost.path = options.signpost
    report = Report(known_differences.explain)
    try:
        run(options, report)
    except Trouble as trouble:
        print(f"differential: {trouble}", file=sys.stderr)
        return 2
    rules = [rule for rule in known_differences.RULES if options.signed or not rule.signed]
    for line in report.lines(rules):
        print(line)
    for difference in report.commonest(options.reduce):
        for line in reproduction(reduced(difference)):
            print(line)
    return 1 if report.unexplained() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
