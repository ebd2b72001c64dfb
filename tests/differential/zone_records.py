"""Reads zone files of one absolute record a line, as zone.py and the signers write them.

Record data is read by dnspython: independently of the servers, and of how this tool wrote it.
"""

import dns.name
import dns.rdata
import wire


def read(text):
    """All records, folded as replies are."""
    found = []
    for line in text.splitlines():
        if line and not line.startswith(";"):
            owner, ttl, _, mnemonic, rest = line.split(None, 4)
            rtype, data = _record_data(mnemonic, rest)
            folded = dns.name.from_text(owner).to_wire().lower()
            found.append(wire.Record(folded, rtype, int(ttl), data))
    return found


def _record_data(mnemonic, text):
    if mnemonic == "MINFO":  # which dnspython does not know
        data = b"".join(dns.name.from_text(word).to_wire() for word in text.split())
        return 14, wire.canonical_data(14, data)
    rdata = dns.rdata.from_text("IN", mnemonic, text)
    return int(rdata.rdtype), wire.canonical_data(int(rdata.rdtype), rdata.to_wire())
