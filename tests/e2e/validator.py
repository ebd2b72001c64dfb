"""Real validators on loopback: Unbound as a validating resolver, and delv."""

import re
import subprocess

import message
import unbound

AUTHENTIC = 0x0020  # AD

# Nothing that Unbound could answer without asking: each answer shows what the server proves.
LINES = """
    module-config: "validator iterator"
    do-not-query-localhost: no
    qname-minimisation: no
    aggressive-nsec: no
    harden-below-nxdomain: no
    val-log-level: 2
    trust-anchor-file: "{folder}/anchors"
"""
STUB = """
stub-zone:
    name: "{zone}"
    stub-addr: 127.0.0.1@{upstream}
"""


class Unbound:
    """Asks the server on `upstream` about `zones` and trusts the keys in `anchors`."""

    def __init__(self, folder, upstream, zones, anchors):
        (folder / "anchors").write_text("\n".join(anchors) + "\n", encoding="ascii")
        stubs = "".join(STUB.format(zone=zone, upstream=upstream) for zone in zones)
        self.unbound = unbound.Unbound(folder, "validator")
        self.unbound.start(LINES.format(folder=folder) + stubs, zones[0])

    def words(self):
        return self.unbound.words()

    def ask(self, name, rtype):
        """RCODE of the answer, and whether it was found secure. Bogus answers are SERVFAIL."""
        options = message.opt(do=True)
        reply = message.ask(
            name, rtype, port=self.unbound.port, flags=0x0120, edns=options, timeout=10
        )
        return reply.rcode, bool(reply.flags & AUTHENTIC)

    def stop(self):
        self.unbound.stop()


def delv(folder, port, zone, name, rtype):
    """What delv, asking the server on `port` itself, says of the answer."""
    fields = zone.anchor.split()
    number = fields.index("DNSKEY") + 1
    flags, protocol, algorithm = fields[number : number + 3]
    key = "".join(fields[number + 3 :])
    anchor = folder / f"{zone.origin}.delv"
    anchor.write_text(
        f'trust-anchors {{ {zone.origin} static-key {flags} {protocol} {algorithm} "{key}"; }};\n',
        encoding="ascii",
    )
    done = subprocess.run(
        ["delv", "@127.0.0.1", "-p", str(port), "-a", str(anchor), f"+root={zone.origin}"]
        + [name, rtype],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    words = re.findall(r"^(?:; |;; resolution failed: )(.*)$", done.stdout + done.stderr, re.M)
    return "; ".join(words)
