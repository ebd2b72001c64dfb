"""A resolver of its own for a test: Unbound on loopback, with records that the test gives."""

import shutil
import subprocess
import time

import message
from endpoints import free_port

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
    module-config: "iterator"
    do-ip6: no
    local-zone: "." static
{records}
remote-control:
    control-enable: no
"""


def available():
    return shutil.which("unbound", path="/usr/sbin:/usr/bin:/sbin:/bin") is not None


class Upstream:
    """`records` are lines such as "lb.example.net. 2 IN A 192.0.2.1"."""

    def __init__(self, folder, records=()):
        self.folder, self.port = folder, free_port()
        self.process = None
        if records:
            self.start(records)

    def start(self, records):
        lines = "\n".join(f'    local-data: "{record}"' for record in records)
        path = self.folder / "unbound.conf"
        path.write_text(CONFIGURATION.format(folder=self.folder, port=self.port, records=lines))
        with open(self.folder / "unbound.log", "ab") as log:
            self.process = subprocess.Popen(
                [shutil.which("unbound", path="/usr/sbin:/usr/bin"), "-d", "-c", str(path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + 15
        while True:
            try:
                message.ask(".", "SOA", port=self.port, timeout=0.3)
                return self
            except (TimeoutError, ConnectionError):
                text = (self.folder / "unbound.log").read_text(errors="replace")
                assert self.process.poll() is None, text
                assert time.monotonic() < end, text

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
