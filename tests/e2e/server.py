"""The real binary, serving a Corefile on loopback.

A Server owns one process and ends only that. Every wait has an end; a wait that runs out raises
AssertionError with what the server printed.
"""

import os
import pathlib
import re
import signal
import subprocess
import time

import message

ROOT = pathlib.Path(__file__).resolve().parents[2]
WAIT = 15  # seconds for what takes milliseconds on an idle machine


def binary():
    """The server under test: $SIGNPOST_BIN or $SIGNPOST, else that of the build directory."""
    given = os.environ.get("SIGNPOST_BIN") or os.environ.get("SIGNPOST")
    path = pathlib.Path(given) if given else ROOT / "build" / "signpost"
    return str(path.resolve())


def run(*arguments, cwd=None, stdin=None, environment=None, prefix=(), timeout=30):
    """Runs the binary to its end, as a sub command or a start that must fail."""
    return subprocess.run(
        [*prefix, binary(), *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def wait_until(condition, what, seconds=WAIT, step=0.03):
    """Polls until `condition()` is true and returns its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(step)


class Server:
    """One process. `folder` is its working directory and has its Corefile, logs and state."""

    def __init__(self, folder, corefile, *arguments, files=None, cwd=None, ready=True):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.state = self.folder / "state"
        for name, text in (files or {}).items():
            self.write(name, text)
        self.write("Corefile", corefile)
        self.arguments = [*map(str, arguments)]
        self.cwd = cwd or self.folder
        self.starts = 0
        self.process = None
        self.ports = []
        self.start(ready)

    def write(self, name, text):
        """Replaces a file of the folder in one step, as editors do."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".fresh")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)

    def start(self, ready=True):
        self.starts += 1
        self.out = self.folder / f"stdout.{self.starts}"
        self.err = self.folder / f"stderr.{self.starts}"
        arguments = list(self.arguments)
        if "-state-dir" not in arguments:
            arguments += ["-state-dir", str(self.state)]
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(
                [binary(), "-conf", str(self.folder / "Corefile"), *arguments],
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        try:
            wait_until(self._listed, lambda: "listing of zones\n" + self.log())
            if ready:
                wait_until(self._answers, lambda: "an answer\n" + self.log())
        except BaseException:
            self.kill()
            raise

    def _listed(self):
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}\n{self.log()}")
        lines = self.out.read_text(encoding="utf-8").splitlines()
        if not any(line.startswith("linux, ") for line in lines):
            return False
        self.zones = [line for line in lines if re.match(r"\S+:\d+( on \S+)?$", line)]
        self.ports = [int(re.search(r":(\d+)( on \S+)?$", line)[1]) for line in self.zones]
        return True

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}\n{self.log()}")
        where = re.search(r" on (\S+)$", self.zones[0])
        try:
            return self.ask(".", "SOA", timeout=0.3, address=where[1] if where else "127.0.0.1")
        except (TimeoutError, ConnectionRefusedError):
            return None

    @property
    def port(self):
        return self.ports[0]

    @property
    def pid(self):
        return self.process.pid

    def port_of(self, zone):
        """The port that the listing shows for a zone."""
        return next(p for p, z in zip(self.ports, self.zones) if z.startswith(zone + ":"))

    def log(self):
        """All that this start of the process has printed."""
        return "".join(
            p.read_text(encoding="utf-8", errors="replace") for p in (self.out, self.err)
        )

    def wait_for_log(self, pattern, seconds=WAIT, count=1):
        """Waits until the regular expression matches `count` times; returns the last match."""
        expression = re.compile(pattern, re.MULTILINE)

        def found():
            matches = list(expression.finditer(self.log()))
            return matches[-1] if len(matches) >= count else None

        return wait_until(found, lambda: f"{count} times {pattern!r} in\n{self.log()}", seconds)

    def count_in_log(self, pattern):
        return len(re.findall(pattern, self.log(), re.MULTILINE))

    def ask(self, name, rtype="A", **options):
        options.setdefault("port", self.port)
        return message.ask(name, rtype, **options)

    def values(self, name, rtype="A", **options):
        """The answer's values of this type, sorted; an empty list if there is none."""
        return sorted(r.text for r in self.ask(name, rtype, **options).answer if r.type == rtype)

    def value(self, name, rtype="A", **options):
        """The only value of this type in the answer, None if there is none."""
        values = self.values(name, rtype, **options)
        assert len(values) <= 1, values
        return values[0] if values else None

    def wait_for_value(self, name, wanted, seconds=WAIT, **options):
        """Waits until `name` has the one value `wanted`; returns the seconds that took."""
        start = time.monotonic()
        wait_until(
            lambda: self.values(name, **options) == [wanted],
            lambda: f"{name} = {wanted}, it is {self.values(name, **options)}\n{self.log()}",
            seconds,
        )
        return time.monotonic() - start

    def reload(self, corefile=None, number=signal.SIGUSR1):
        """Reloads and waits for the outcome; True if the new Corefile is in effect."""
        done = r"Reloading complete$|Restart failed: "
        before = self.count_in_log(done)
        if corefile is not None:
            self.write("Corefile", corefile)
        self.process.send_signal(number)
        return self.wait_for_log(done, count=before + 1)[0].startswith("Reloading")

    def alive(self):
        return self.process.poll() is None

    def stop(self, number=signal.SIGTERM, status=0):
        """Ends the process by a signal, or waits for one already sent if `number` is None, and
        checks how it went."""
        if self.process is None:
            return
        process, self.process = self.process, None
        if number is not None and process.poll() is None:
            process.send_signal(number)
        try:
            process.wait(WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(
                f"still there {WAIT} s after signal {number}\n{self.log()}"
            ) from None
        assert process.returncode == status, f"ended with {process.returncode}\n{self.log()}"
        trouble = re.search(
            r"^.*(AddressSanitizer|ThreadSanitizer|runtime error:).*$", self.log(), re.M
        )
        assert not trouble, self.log()

    def kill(self):
        """Ends the process at once, as a crash or a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
