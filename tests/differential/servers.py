"""The four servers on loopback ports, each with its own folder, serving the same zone files.

Options that are policy are set alike: no rate limits, no cookies, no version, no recursion, replies
over UDP of at most 1,232 bytes, one thread. Each server owns one process and ends only that.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

import names
import wire

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests"))
import processes  # these stand beside this folder
from ports import free_port

PAYLOAD = 1232
WAIT = 60  # seconds until a server has answered at all, and until it answers for every zone


class Trouble(Exception):
    """A server is not there, does not start, or ended."""


class Server:
    """`name` is how reports call it, `program` what to run; subclasses write the configuration."""

    name = program = None

    def __init__(self, folder, zones):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.zones = zones
        self.port = free_port()
        self.process = None
        self.log = self.folder / "log"

    @classmethod
    def find(cls):
        """The program's path; the servers live where only administrators have a PATH to."""
        path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
        found = shutil.which(cls.program, path=path)
        if not found:
            raise Trouble(f"{cls.program} is not installed")
        return found

    def executable(self):
        return self.find()

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def file_of(self, zone):
        return self.folder.parent / "zones" / f"{self.zones.index(zone)}.zone"

    def start(self):
        arguments = self.configure()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [self.executable(), *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait(self, patience):
        """Returns once every zone is answered for, or `patience` seconds after the first reply:
        the labels of zones that are not."""
        end = time.monotonic() + WAIT
        left = list(self.zones)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.connect(("127.0.0.1", self.port))
            asker.settimeout(0.1)
            while left:
                if self.process.poll() is not None:
                    raise Trouble(f"{self.name} ended: {self.last_words()}")
                if time.monotonic() > end:
                    return [zone.label for zone in left]
                there, serves = self._serves(asker, left[0])
                if serves:
                    left.pop(0)
                    continue
                if there:
                    end = min(end, time.monotonic() + patience)
                time.sleep(0.01)
        return []

    def _serves(self, asker, zone):
        """Whether there was a reply, and whether it is one of a server of the zone."""
        try:
            asker.send(wire.query(4711, names.to_wire(zone.origin), wire.SOA))
            reply = wire.Reply(asker.recv(4096))
        except (ConnectionRefusedError, TimeoutError):
            return False, False
        return True, reply.rcode == 0 and bool(reply.answer) and reply.flag("AA")

    def last_words(self):
        text = self.log.read_text(encoding="utf-8", errors="replace")
        for other in self.folder.glob("*.log"):
            text += other.read_text(encoding="utf-8", errors="replace")
        return text[-3000:]

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        processes.end(self.process)


class Signpost(Server):
    """Serves its zones from one block, where what leads from one to another is followed, or, with
    `by_family`, zones from one block only that lie in each other."""

    name = program = "signpost"
    path = ROOT / "build" / "signpost"
    by_family = False

    @classmethod
    def find(cls):
        path = pathlib.Path(cls.path).resolve()
        if not path.is_file():
            raise Trouble(f"{path} is not built")
        return str(path)

    def configure(self):
        blocks = _families(self.zones) if self.by_family else [self.zones]
        self.write("Corefile", "\n".join(self._block(zones) for zones in blocks))
        state = self.folder / "state"
        return ["-conf", str(self.folder / "Corefile"), "-state-dir", str(state)]

    def _block(self, zones):
        lines = [" ".join(_word(f"{zone.label}:{self.port}") for zone in zones) + " {"]
        lines += ["    bind 127.0.0.1"]
        for zone in zones:
            path = self.file_of(zone)
            if zone.steered:
                path = self.folder / path.name
                path.write_text(zone.text(without=set(zone.steered)), encoding="utf-8")
            options = "reload 0\n" + ("        minimal\n" if zone.minimal else "")
            lines.append(f"    zone {path} {_word(zone.label)} {{\n        {options}    }}")
            lines += [_steering(zone.sets[key]) for key in zone.steered]
        return "\n".join(lines) + "\n}\n"


def _families(zones):
    """Zones together with the topmost zone that they lie in."""
    families = {}
    for zone in zones:
        own = names.folded(zone.origin)
        above = [names.folded(z.origin) for z in zones]
        top = min((name for name in above if names.within(own, name)), key=len)
        families.setdefault(top, []).append(zone)
    return families.values()


def _word(text):
    return '"' + text.replace('"', '\\"') + '"'


def _steering(found):
    """A plain set as a steering block with one member."""
    values = " ".join(_word(value) for value in found.values)
    head = f"weighted {_word(names.to_text(found.owner))} {found.rtype}"
    return f"    {head} {{\n        ttl {found.ttl}\n        {values} id only\n    }}"


class Knot(Server):
    """Knot DNS, with its defaults otherwise."""

    name, program = "knot", "knotd"

    def configure(self):
        storage = self.folder / "db"
        storage.mkdir()
        text = f"""server:
    rundir: "{self.folder}"
    listen: 127.0.0.1@{self.port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    udp-max-payload: {PAYLOAD}
    tcp-max-clients: 100
    version: ""
    identity: ""
database:
    storage: "{storage}"
log:
  - target: stderr
    any: warning
template:
  - id: default
    storage: "{self.folder}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
    semantic-checks: off
zone:
"""
        for zone in self.zones:
            text += f'  - domain: "{zone.label}"\n    file: "{self.file_of(zone)}"\n'
        self.write("knot.conf", text)
        return ["-c", str(self.folder / "knot.conf")]


class Nsd(Server):
    """NSD, with minimal responses, since it leaves out what does not fit anyway."""

    name, program = "nsd", "nsd"

    def configure(self):
        text = f"""server:
    ip-address: 127.0.0.1@{self.port}
    server-count: 1
    username: ""
    chroot: ""
    zonesdir: "{self.folder}"
    database: ""
    pidfile: "{self.folder}/nsd.pid"
    xfrdfile: "{self.folder}/xfrd.state"
    xfrdir: "{self.folder}"
    zonelistfile: "{self.folder}/zone.list"
    logfile: "{self.folder}/nsd.log"
    ipv4-edns-size: {PAYLOAD}
    hide-version: yes
    hide-identity: yes
    answer-cookie: no
    refuse-any: no
    round-robin: no
    minimal-responses: no
    rrl-ratelimit: 0
remote-control:
    control-enable: no
"""
        for zone in self.zones:
            text += f'zone:\n    name: "{zone.label}"\n    zonefile: "{self.file_of(zone)}"\n'
        self.write("nsd.conf", text)
        return ["-d", "-c", str(self.folder / "nsd.conf")]


class Bind(Server):
    """BIND as an authoritative server without recursion."""

    name, program = "bind", "named"

    def executable(self):
        # Where AppArmor confines named, it does so by its path, to folders that are not ours.
        return shutil.copy(self.find(), self.folder / "named")

    def configure(self):
        text = f"""options {{
    directory "{self.folder}";
    managed-keys-directory "{self.folder}";
    pid-file none;
    session-keyfile none;
    listen-on port {self.port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    recursion no;
    allow-transfer {{ none; }};
    dnssec-validation no;
    empty-zones-enable no;
    notify no;
    minimal-responses no;
    minimal-any no;
    answer-cookie no;
    send-cookie no;
    version none;
    hostname none;
    server-id none;
    max-udp-size {PAYLOAD};
    edns-udp-size {PAYLOAD};
    tcp-clients 100;
    check-integrity no;
    check-names primary ignore;
    check-sibling no;
    check-wildcard no;
    check-mx ignore;
    check-mx-cname ignore;
    check-srv-cname ignore;
    check-spf ignore;
    check-dup-records ignore;
    max-records-per-type 0;
    max-types-per-name 0;
}};
controls {{ }};
logging {{
    channel out {{ stderr; severity warning; }};
    category default {{ out; }};
}};
"""
        for zone in self.zones:
            label = zone.label.replace("\\", "\\\\").replace('"', '\\"')
            text += f'zone "{label}" {{ type primary; file "{self.file_of(zone)}"; }};\n'
        self.write("named.conf", text)
        return ["-f", "-n", "1", "-c", str(self.folder / "named.conf")]


SERVERS = [Signpost, Knot, Nsd, Bind]


class Fleet:
    """All servers over one batch of zones; a context manager that starts and stops them.

    `refused` maps a server's name to the labels of zones that it would not load.
    """

    def __init__(self, folder, zones, by_family=False, patience=WAIT):
        folder = pathlib.Path(folder)
        zone_folder = folder / "zones"
        zone_folder.mkdir(parents=True)
        for number, zone in enumerate(zones):
            path = zone_folder / f"{number}.zone"
            if not path.exists():
                path.write_text(zone.text(), encoding="utf-8")
        self.servers = [make(folder / make.name, zones) for make in SERVERS]
        self.servers[0].by_family = by_family
        self.patience = patience
        self.refused = {}

    def __enter__(self):
        try:
            for server in self.servers:
                server.start()
            self.refused = {server.name: server.wait(self.patience) for server in self.servers}
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.stop()
