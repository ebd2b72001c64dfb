"""The limit of open files: what connections may take of it, and what is kept for all the rest."""

import os
import re
import resource
import socket

import pytest
import server as kit

NUMBERS = range(1, 31)
ZONES = "".join(f"z{n}.test:0 {{\n    bind 127.0.0.{n}\n    errors\n}}\n" for n in NUMBERS)
COREFILE = "example.com:0 {\n    bind 127.0.0.1\n    zone db.example.com\n}\n" + ZONES
RAISE = r"raise it \('ulimit -n', LimitNOFILE= of a systemd unit\)"


@pytest.fixture
def limit(monkeypatch, folder):
    """limit(n): servers that are started from now on may have so many files open."""

    def lower(most, soft=None):
        script = folder / "limited"
        soft = soft or most
        script.write_text(f'#!/bin/sh -e\nulimit -n {most}\nulimit -Sn {soft}\nexec {real} "$@"\n')
        script.chmod(0o755)
        monkeypatch.setenv("SIGNPOST_BIN", str(script))

    real = kit.binary()
    return lower


def open_files(server):
    return len(os.listdir(f"/proc/{server.pid}/fd"))


def idle_connections(server, count):
    """From as many clients."""
    where = ("127.0.0.1", server.port)
    return [
        socket.create_connection(where, 5.0, source_address=(f"127.0.{i // 250 + 1}.{i % 250}", 0))
        for i in range(count)
    ]


def test_strangers_leave_files_for_a_reload(serve, limit):
    """Thirty listeners take half of the limit. However many connections come, new zones and a new
    Corefile are read."""
    limit(150)
    server = serve(COREFILE, "-workers", "1", fixtures=["db.example.com"])
    warning = server.wait_for_log(
        rf"the limit of open files, 150 of which (\d+) are open, leaves room for (\d+) TCP "
        rf"connections, not 8192: {RAISE}, or lower -tcp-connections$"
    )
    at_rest, room = int(warning[1]), int(warning[2])
    assert at_rest + room <= 150 - 8
    streams = idle_connections(server, 200)
    assert server.value("host.example.com", tcp=True) == "192.0.2.80"
    assert open_files(server) <= 150 - 8
    server.write("db.more", "@ SOA ns h 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nwww A 192.0.2.99\n")
    more = "more.test:0 {\n    bind 127.0.0.1\n    zone db.more\n}\n"
    assert server.reload(COREFILE + more)
    assert server.value("www.more.test", port=server.port) == "192.0.2.99"
    assert "too many open files" not in server.log().lower()
    for stream in streams:
        stream.close()


def test_the_soft_limit_is_raised_to_the_hard_one(serve, limit):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    limit(hard, soft=100)
    server = serve(COREFILE, "-workers", "1", fixtures=["db.example.com"])
    assert resource.prlimit(server.pid, resource.RLIMIT_NOFILE) == (hard, hard)


@pytest.mark.parametrize("most", [8, 16, 24])
def test_too_few_to_begin_with(limit, folder, most):
    limit(most)
    (folder / "Corefile").write_text("example.com:0 {\n    errors\n}\n")
    flags = ["-conf", "Corefile", "-state-dir", "none", "-pidfile", "pid"]
    done = kit.run(*flags, cwd=folder)
    assert done.returncode == 1 and done.stdout == ""
    assert not (folder / "pid").exists()
    assert re.fullmatch(
        rf"signpost: the limit of open files, {most}, is too low: \d+ are open, and \d+ more are "
        rf"needed; {RAISE}\n",
        done.stderr,
    ), done.stderr


def test_too_few_for_the_workers(limit, folder):
    limit(60)
    (folder / "Corefile").write_text("example.com:0 {\n    errors\n}\n")
    done = kit.run("-conf", "Corefile", "-state-dir", "none", "-workers", "16", cwd=folder)
    assert done.returncode == 1 and done.stdout == ""
    assert re.match("the limit of open files, 60, is too low: ", done.stderr), done.stderr


def test_too_few_for_the_listeners(limit, folder):
    limit(60)
    (folder / "Corefile").write_text(ZONES)
    done = kit.run("-conf", "Corefile", "-state-dir", "none", "-workers", "1", cwd=folder)
    assert done.returncode == 1 and done.stdout == ""
    assert re.fullmatch(
        r"Corefile:\d+ - cannot listen on 127\.0\.0\.\d+:\d+ \((UDP|TCP)\): too many open files; "
        r"raise the limit \('ulimit -n', LimitNOFILE= of a systemd unit\)\n",
        done.stderr,
    ), done.stderr


def test_too_few_for_one_connection(limit, folder):
    """The listeners fit, with nothing left to serve with."""
    for most in range(66, 100):
        limit(most)
        (folder / "Corefile").write_text(ZONES)
        done = kit.run("-conf", "Corefile", "-state-dir", "none", "-workers", "1", cwd=folder)
        assert done.returncode == 1 and done.stdout == ""
        if "cannot listen" not in done.stderr:
            break
    assert re.fullmatch(
        rf"the limit of open files, {most}, is too low: \d+ are open, and 9 more are needed; "
        rf"{RAISE}\n",
        done.stderr,
    ), done.stderr
