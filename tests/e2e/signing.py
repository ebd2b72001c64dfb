"""Zones signed as operators sign them: by dnssec-signzone of BIND and by ldns-signzone."""

import shutil
import subprocess

TOOLS = ("dnssec-keygen", "dnssec-signzone", "ldns-signzone")

# How each zone is signed, by its first label.
WAYS = {
    "nsec": ["dnssec-signzone"],
    "nsec3": ["dnssec-signzone", "-3", "beef", "-H", "3"],
    "optout": ["dnssec-signzone", "-3", "-", "-H", "0", "-A"],
    "ldns": ["ldns-signzone", "-n", "-t", "1", "-s", "abcd"],
}

TEXT = """$TTL 300
@       900 IN SOA ns1 hostmaster 7 7200 900 1209600 60
@       NS      ns1
@       MX      10 mail
ns1     A       192.0.2.53
mail    A       192.0.2.9
www     A       192.0.2.1
www     TXT     "text"
x       CNAME   www
y       CNAME   q.w
gone    CNAME   nope
a.b     A       192.0.2.3
*.w     A       192.0.2.5
one.w   AAAA    2001:db8::1
*.cw    CNAME   q.w
*.cn    CNAME   nope
a.*.lit A       192.0.2.6
host.dt A       192.0.2.7
*.v.dt  A       192.0.2.8
dn      DNAME   dt
sub     NS      ns.sub
ns.sub  A       192.0.2.77
sec     NS      ns.sec
ns.sec  A       192.0.2.78
in.ent  NS      ns.sub
"""

CHILD = (
    "$TTL 300\n@ IN SOA ns h 1 7200 900 1209600 60\n@ NS ns\nns A 192.0.2.78\nwww A 192.0.2.79\n"
)


def available():
    return all(shutil.which(tool) for tool in TOOLS)


def _run(folder, *words):
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout.strip()


class Signed:
    """One zone: `path` is the signed file, `anchor` the DNSKEY record of its key signing key, `ds`
    the DS records for the parent."""

    def __init__(self, folder, origin, text, way):
        self.origin, self.path = origin, folder / f"{origin}.signed"
        plain = folder / origin
        keys = [
            _run(folder, "dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", *flags, origin)
            for flags in (["-f", "KSK"], [])
        ]
        parts = [(folder / f"{key}.key").read_text(encoding="ascii") for key in keys]
        self.anchor = next(line for line in parts[0].splitlines() if not line.startswith(";"))
        plain.write_text(text + "".join(parts), encoding="ascii")
        tool, *flags = way
        if tool == "ldns-signzone":
            _run(folder, tool, *flags, "-o", origin, "-f", self.path.name, plain.name, *keys)
        else:
            _run(folder, tool, "-q", *flags, "-o", origin, "-f", self.path.name, plain.name)
        self.ds = _run(folder, "dnssec-dsfromkey", "-2", f"{keys[0]}.key")


def family(folder, label, text=TEXT):
    """The zone LABEL.zz signed in its way, and below it a signed child, sec, and a plain one, sub."""
    origin = f"{label}.zz"
    child = Signed(folder, f"sec.{origin}", CHILD, ["dnssec-signzone"])
    (folder / f"sub.{origin}").write_text(CHILD, encoding="ascii")
    return Signed(folder, origin, text + child.ds + "\n", WAYS[label])
