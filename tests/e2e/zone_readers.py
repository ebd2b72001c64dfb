"""Other programs that read zone files, and what they make of one.

What a program read is seen through its own printing: if Signpost read a file the same way, then the
program prints the same for the file and for Signpost's canonical text of it. Each program's habits
of spelling (blanks in base64, escapes) are on both sides and fall out of the comparison.
"""

import os
import pathlib
import re
import shutil
import subprocess

# Types whose names canonical form folds to lower case (RFC 4034, section 6.2, without NSEC and
# HINFO, RFC 6840, section 5.1). BIND and NSD print names as they were written.
FOLDED = """NS MD MF CNAME SOA MB MG MR PTR MINFO MX RP AFSDB RT SIG PX NXT NAPTR KX SRV DNAME A6
RRSIG""".split()


def _run(*words):
    """The last word is the file. It runs beside it, as $INCLUDE is relative to that in BIND."""
    folder = pathlib.Path(words[-1]).parent
    # Some lie where only administrators have a PATH to.
    program = shutil.which(words[0], path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    assert program, f"{words[0]} is not installed"
    done = subprocess.run(
        [program, *words[1:]], cwd=folder, capture_output=True, timeout=60, check=False
    )
    return done.returncode, done.stdout.decode("latin-1")


def _bind(path, zone):
    return _run(*"named-checkzone -k ignore -i none -n ignore -D -o -".split(), zone, path)


def _nsd(path, zone):
    """NSD prints relative names, owners once, and SOA on two lines: one record a line instead."""
    status, text = _run("nsd-checkzone", "-p", zone, path)
    if status != 0:
        return status, text
    lines, origin, owner = [], ".", ""
    for line in re.sub(r" \(\n\s*(.*) \)\n", r" \1\n", text).split("\n"):
        if line.startswith("$ORIGIN "):
            origin = line.split()[1]
        elif "\t" in line and not line.startswith(";"):
            name, rest = line.split("\t", 1)
            owner = name + "." + origin.lstrip(".") if name else owner
            lines.append(owner + "\t" + rest)
    return status, "\n".join(lines)


def _ldns(path, _):
    return _run("ldns-read-zone", "-c", path)


def _knot(path, zone):  # prints no zone: accepts or does not
    return _run("kzonecheck", "-d", "off", "-o", zone, path)


READERS = {"bind": _bind, "knot": _knot, "nsd": _nsd, "ldns": _ldns}


def _normal(line):
    """One record: blanks collapsed outside quotes, names that have no case in lower case."""
    owner, ttl, rclass, rtype, *data = line.split(None, 4)
    pieces = r'"(?:[^"\\]|\\.)*"|\\.|\s+'
    data = re.sub(
        pieces, lambda m: " " if m[0].isspace() else m[0], data[0] if data else ""
    ).strip()
    return (owner.lower(), ttl, rclass, rtype, data.lower() if rtype in FOLDED else data)


def read(reader, path, zone="example"):
    """The set of records `reader` finds in the file, or None if it refuses it."""
    status, text = READERS[reader](str(path), zone)
    if status != 0:
        return None
    record = re.compile(r"\S+\s+\d+\s+IN\s+\S+(\s|$)")
    return {_normal(line) for line in text.split("\n") if record.match(line)}
