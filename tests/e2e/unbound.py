"""A process of Unbound on loopback, configured by the test that needs one."""

import shutil
import subprocess
import time

import message
import processes
from ports import free_port

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
    do-ip6: no
{lines}
remote-control:
    control-enable: no
"""
PATH = shutil.which("unbound", path="/usr/sbin:/usr/bin:/sbin:/bin")


def available():
    return PATH is not None


class Unbound:
    """Not running before start(); its port stays the same from start to start."""

    def __init__(self, folder, name):
        self.folder, self.name, self.port = folder, name, free_port()
        self.process = None

    def start(self, lines, probe):
        """`lines` of the server clause and clauses behind it; `probe`: a zone it can tell the SOA of."""
        path = self.folder / f"{self.name}.conf"
        path.write_text(CONFIGURATION.format(folder=self.folder, port=self.port, lines=lines))
        # Where AppArmor confines unbound, it does so by its path, to folders that are not ours.
        program = shutil.copy(PATH, self.folder / f"{self.name}-unbound")
        with open(self.folder / f"{self.name}.log", "ab") as log:
            self.process = subprocess.Popen(
                [program, "-d", "-c", str(path)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            self._wait(probe)
        except BaseException:
            self.stop()
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
        """What it logged."""
        return (self.folder / f"{self.name}.log").read_text(errors="replace")

    def stop(self):
        processes.end(self.process)
        self.process = None
