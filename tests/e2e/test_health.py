"""Answers follow real endpoints that go up and down, at short intervals."""

import signal
import time

import clients
import pytest
import server as kit
from endpoints import Endpoint, HttpEndpoint, Mute
from ports import free_port

INTERVAL = 0.2
THRESHOLD = 3
SLACK = 8.0  # for a machine that stands still now and then

COREFILE = """
example.com:0 {{
    errors
    zone db.example.com
    health 127.0.0.1:{status} {{
        interval 200ms
        timeout 20s
        threshold 3
        check web http 127.0.0.1:{web}/healthz
        check port tcp 127.0.0.1:{tcp}
        check both all web port
        check either any web port
        check not_web any web {{
            invert
        }}
        check off tcp 127.0.0.1:1 {{
            disabled
        }}
    }}
    ready 127.0.0.1:{ready}
    failover app A {{
        primary 192.0.2.1 check web
        secondary 192.0.2.2
    }}
    weighted www A {{
        192.0.2.10 weight 200 check web
        192.0.2.20 weight 50 check port
    }}
    weighted pair A {{
        192.0.2.10 check both
        192.0.2.30 weight 0 check not_web
    }}
    latency near A {{
        table latency.csv
        us-east-1 192.0.2.40 check web
        eu-west-1 192.0.2.50 check port
    }}
    alias @ app
}}
"""


@pytest.fixture
def scene(serve):
    """Both endpoints up, and a server that watches them."""
    web, port = HttpEndpoint(), Endpoint()
    with web, port:
        ports = {"web": web.port, "tcp": port.port, "status": free_port(), "ready": free_port()}
        server = serve(COREFILE.format(**ports), fixtures=["db.example.com", "latency.csv"])
        server.status_port, server.ready_port = ports["status"], ports["ready"]
        server.web, server.tcp = web, port
        kit.wait_until(
            lambda: clients.curl(f"http://127.0.0.1:{ports['ready']}/ready")[0] == 200, "ready"
        )
        yield server
        server.stop()


def seen(server, name, count=60):
    return {server.value(name) for _ in range(count)}


def test_failover_within_interval_times_threshold(scene):
    assert scene.value("app.example.com") == "192.0.2.1"
    assert scene.value("example.com") == "192.0.2.1"
    for change, value in ((scene.web.down, "192.0.2.2"), (scene.web.up, "192.0.2.1")):
        start = time.monotonic()
        change()
        scene.wait_for_value("app.example.com", value)
        took = time.monotonic() - start
        # A flip takes as many results as the threshold says: never less than two intervals.
        assert INTERVAL * (THRESHOLD - 1) - 0.05 <= took <= INTERVAL * (THRESHOLD + 1) + SLACK
        assert scene.value("example.com") == value


def test_a_tcp_endpoint_and_every_policy(scene):
    assert seen(scene, "www.example.com") == {"192.0.2.10", "192.0.2.20"}
    assert scene.value("near.example.com") == "192.0.2.40"
    scene.tcp.down()
    scene.wait_for_log("check port is unhealthy: .*connect: Connection refused .3 of 3.")
    kit.wait_until(lambda: seen(scene, "www.example.com", 20) == {"192.0.2.10"}, "one member left")
    # `both` is down and `not_web` too: the last resort is the set as if all were healthy.
    assert scene.value("pair.example.com") == "192.0.2.10"
    scene.tcp.up()
    scene.wait_for_log("check port is healthy: ")
    scene.web.down()
    scene.wait_for_value("near.example.com", "192.0.2.50")
    scene.wait_for_value("pair.example.com", "192.0.2.30")
    assert seen(scene, "www.example.com", 20) == {"192.0.2.20"}
    scene.tcp.down()
    scene.wait_for_log("check port is unhealthy: ", count=2)
    # E-06: nothing is healthy, so everything counts as healthy.
    kit.wait_until(lambda: scene.value("near.example.com") == "192.0.2.40", "last resort")
    assert seen(scene, "www.example.com") == {"192.0.2.10", "192.0.2.20"}


def test_status_codes_count(scene):
    scene.web.status = 503
    scene.wait_for_value("app.example.com", "192.0.2.2")
    check = clients.checks(scene.status_port)["web"]
    assert not check["healthy"] and "HTTP Status Code 503" in check["last_error"]
    scene.web.status = 204
    scene.wait_for_value("app.example.com", "192.0.2.1")


def test_a_short_outage_changes_nothing(scene):
    """Two failures in a row are one too few; the count starts anew after a success."""
    before = len(scene.web.requests)
    outages = [500, 500, 200] * 3
    scene.web.next_statuses = list(outages)
    # One probe more, so the result of the last of these is known.
    kit.wait_until(lambda: len(scene.web.requests) > before + len(outages), "probes")
    assert scene.value("app.example.com") == "192.0.2.1"
    assert "check web is" not in scene.log()
    assert "500" in clients.checks(scene.status_port)["web"]["last_error"]
    scene.web.next_statuses = [500] * 3
    scene.wait_for_log("check web is unhealthy: .* .3 of 3.$")


def test_transitions_are_logged_once(scene):
    scene.web.down()
    scene.wait_for_log("check web is unhealthy")
    time.sleep(INTERVAL * 5)
    scene.web.up()
    scene.wait_for_log("check web is healthy")
    assert scene.count_in_log("check web is unhealthy: .* .3 of 3.$") == 1
    assert scene.count_in_log("check web is healthy: .*HTTP Status Code 200, OK .3 of 3.$") == 1


def test_the_state_of_every_check(scene):
    checks = clients.checks(scene.status_port)
    assert set(checks) == {"web", "port", "both", "either", "not_web", "off"}
    assert (
        checks["web"]["healthy"]
        and checks["web"]["target"] == f"127.0.0.1:{scene.web.port}/healthz"
    )
    assert 0 < checks["web"]["latency_ms"] < 20_000 and checks["web"]["last_error"] is None
    assert checks["not_web"]["inverted"] and not checks["not_web"]["healthy"]
    assert checks["off"]["disabled"] and checks["off"]["healthy"]
    scene.web.down()
    scene.wait_for_log("check web is unhealthy")
    checks = clients.checks(scene.status_port)
    wanted = {
        "web": False,
        "port": True,
        "both": False,
        "either": True,
        "not_web": True,
        "off": True,
    }
    assert {name: c["healthy"] for name, c in checks.items()} == wanted
    assert checks["web"]["last_error"] == "connect: Connection refused"
    assert checks["web"]["consecutive"] >= 3


def test_health_endpoint(scene):
    assert clients.curl(f"http://127.0.0.1:{scene.status_port}/health") == (200, "OK")
    assert clients.curl(f"http://127.0.0.1:{scene.status_port}/nothing")[0] == 404


def test_the_request_that_probes_make(scene):
    kit.wait_until(lambda: scene.web.requests, "a probe")
    request = scene.web.requests[0]
    assert request.startswith("GET /healthz HTTP/1.1\r\n")
    assert f"\r\nHost: 127.0.0.1:{scene.web.port}\r\n" in request
    assert "\r\nUser-Agent: " in request


def test_probes_never_overlap(scene):
    """H-12: an interval lies between the end of one probe and the start of the next."""
    # The second probe comes after a random part of the interval.
    kit.wait_until(lambda: len(scene.web.requests) >= 2, "the second probe")
    start, before = time.monotonic(), len(scene.web.requests)
    kit.wait_until(lambda: len(scene.web.requests) >= before + 6, "probes")
    assert time.monotonic() - start >= INTERVAL * (len(scene.web.requests) - before - 1) - 0.05


def test_not_ready_before_the_first_result(serve):
    """A check whose first probe hangs keeps /ready at 503 until the probe ends."""
    with Mute() as mute:
        ports = {"web": mute.port, "tcp": free_port(), "status": free_port(), "ready": free_port()}
        server = serve(COREFILE.format(**ports), fixtures=["db.example.com", "latency.csv"])
        url = f"http://127.0.0.1:{ports['ready']}/ready"
        assert clients.curl(url) == (503, "health")
        assert clients.curl(f"http://127.0.0.1:{ports['status']}/health") == (200, "OK")
        assert server.value("app.example.com") == "192.0.2.1"  # H-23: healthy until known
    kit.wait_until(lambda: clients.curl(url) == (200, "OK"), "ready")


def test_lameduck(serve):
    """/health goes on, /ready does not, and queries are answered until the end.

    How long this lasts is measured by the test of a failed reload; the second interrupt ends it.
    """
    status, ready = free_port(), free_port()
    server = serve(
        f"example.com:0 {{\n whoami\n ready 127.0.0.1:{ready}\n"
        f" health 127.0.0.1:{status} {{\n lameduck 60s\n }}\n}}\n"
    )
    kit.wait_until(lambda: clients.curl(f"http://127.0.0.1:{ready}/ready")[0] == 200, "ready")
    server.process.send_signal(signal.SIGINT)
    server.wait_for_log("Shutting down")
    assert clients.curl(f"http://127.0.0.1:{ready}/ready") == (503, "Shutting down")
    assert clients.curl(f"http://127.0.0.1:{status}/health") == (200, "OK")
    assert server.ask("example.com").rcode == "NOERROR"
    server.stop(signal.SIGINT, status=2)
