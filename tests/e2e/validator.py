"""Real validators on loopback: Unbound as a validating resolver, and delv."""

import re
import shutil
import subprocess
import time

import message
from endpoints import free_port

AUTHENTIC = 0x0020  # AD

# Nothing that Unbound could answer without asking: each answer shows what the server proves.
CONFIGURATION = """
server:
    directory: "{folder}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: ""
    interface: 127.0.0.1@{port}
    port: {port}
    access-control: 127.0.0.0/8 allow
    num-threads: 1
    module-config: "validator iterator"
    do-ip6: no
    do-not-query-localhost: no
    qname-minimisation: no
    aggressive-nsec: no
    harden-below-nxdomain: no
    val-log-level: 2
    trust-anchor-file: "{folder}/anchors"
remote-control:
    control-enable: no
"""


class Unbound:
    """Asks the server on `upstream` about `zones` and trusts the keys in `anchors`."""

    def __init__(self, folder, upstream, zones, anchors):
        self.port, self.log = free_port(), folder / "validator.log"
        (folder / "anchors").write_text("\n".join(anchors) + "\n", encoding="ascii")
        text = CONFIGURATION.format(folder=folder, port=self.port)
        for zone in zones:
            text += f'stub-zone:\n    name: "{zone}"\n    stub-addr: 127.0.0.1@{upstream}\n'
        (folder / "validator.conf").write_text(text, encoding="ascii")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [shutil.which("unbound", path="/usr/sbin:/usr/bin"), "-d"]
                + ["-c", str(folder / "validator.conf")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self._wait(zones[0])
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def _wait(self, zone):
        end = time.monotonic() + 15
        while True:
            try:
                message.ask(zone, "SOA", port=self.port, timeout=0.5)
                return
            except (TimeoutError, ConnectionError):
                assert self.process.poll() is None, self.words()
                assert time.monotonic() < end, self.words()

    def words(self):
        return self.log.read_text(errors="replace")

    def ask(self, name, rtype):
        """RCODE of the answer, and whether it was found secure. Bogus answers are SERVFAIL."""
        reply = message.ask(
            name, rtype, port=self.port, flags=0x0120, edns=message.opt(do=True), timeout=10
        )
        return reply.rcode, bool(reply.flags & AUTHENTIC)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


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
