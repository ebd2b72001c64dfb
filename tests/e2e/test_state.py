"""Health state outlives the process; trouble with the disk does not stop the serving."""

import re
import signal

import clients
import pytest
import server as kit
from endpoints import HttpEndpoint, Mute
from ports import free_port

COREFILE = """
example.com:0 {{
    zone db.example.com
    health {{
        interval {interval}
        timeout 20s
        threshold 2
        check web http 127.0.0.1:{port}/
    }}
    ready 127.0.0.1:{ready}
    failover app A {{
        primary 192.0.2.1 check web
        secondary 192.0.2.2
    }}
}}
"""


def corefile(port, interval="200ms", ready=None):
    return COREFILE.format(port=port, interval=interval, ready=ready or free_port())


def test_the_first_answer_after_a_crash_is_right(serve):
    """An endpoint is down, the process is killed: the new one knows without a probe of its own."""
    ready = free_port()
    server = serve(corefile(free_port(), "1s", ready), fixtures=["db.example.com"])
    server.wait_for_value("app.example.com", "192.0.2.2")
    kit.wait_until(lambda: '"healthy":false' in saved(server), "the verdict on disk")
    server.kill()
    server.start(ready=False)
    # The listing is out, so sockets are bound; the very first answer counts.
    assert server.value("app.example.com") == "192.0.2.2"
    assert clients.curl(f"http://127.0.0.1:{ready}/ready") == (200, "OK")
    assert "unhealthy" not in server.log()


def saved(server):
    """What a new process would read: a file that is still being written does not count."""
    files = [p for p in server.state.glob("*") if p.suffix != ".new"]
    return "".join(p.read_text(encoding="utf-8") for p in files)


def expect_ignored(serve, change):
    """What `change` made of the state does not count: the check is healthy until it is probed.

    The first probe after the restart has no result before this has been seen.
    """
    endpoint = Mute()
    server = serve(corefile(endpoint.port), fixtures=["db.example.com"])
    server.wait_for_value("app.example.com", "192.0.2.2")
    server.stop()
    files = list(server.state.glob("*"))
    assert files
    for path in files:
        path.write_text(change(path.read_text()))
    with endpoint:
        server.start(ready=False)
        assert server.value("app.example.com") == "192.0.2.1"
    server.wait_for_value("app.example.com", "192.0.2.2")


def test_a_stale_state_does_not_count(serve):
    """Older than ten intervals."""

    def aged(text):
        return re.sub(r'"checked":(\d+)', lambda m: f'"checked":{int(m[1]) - 10_000}', text)

    expect_ignored(serve, aged)


@pytest.mark.parametrize(
    "text", ["", "{", "[1,2]", '{"version":99}', "\0" * 5000, '{"version":1,"checks":[{}]}']
)
def test_damaged_state_is_ignored(serve, text):
    expect_ignored(serve, lambda _: text)


def test_state_directory_that_cannot_be_written(serve):
    """Below a plain file no directory can be made, not even by root."""
    server = serve(
        corefile(free_port()),
        "-state-dir",
        "occupied/state",
        fixtures=["db.example.com"],
        files={"occupied": "not a directory\n"},
    )
    server.wait_for_log(r"^\[WARNING\] state directory occupied/state cannot be written \(.+\)")
    server.wait_for_value("app.example.com", "192.0.2.2")
    server.stop()


def test_full_disk(serve):
    """The file that the state is first written to leads to /dev/full: every write gets ENOSPC."""
    with HttpEndpoint() as web:
        server = serve(corefile(web.port), fixtures=["db.example.com"])
        kit.wait_until(lambda: web.requests, "probe")
        server.stop()
        (path,) = server.state.glob("*")
        before = path.read_text(encoding="utf-8")
        (server.state / (path.name + ".new")).symlink_to("/dev/full")
        server.start()
        web.down()
        server.wait_for_log(r"^\[WARNING\] state is not saved: .*No space left on device")
        server.wait_for_value("app.example.com", "192.0.2.2")
        assert path.read_text(encoding="utf-8") == before
        server.stop()


def test_state_none_keeps_nothing(serve):
    server = serve(corefile(free_port()), "-state-dir", "none", fixtures=["db.example.com"])
    server.wait_for_value("app.example.com", "192.0.2.2")
    server.stop(signal.SIGTERM)
    assert not server.state.exists() and not (server.folder / "none").exists()
