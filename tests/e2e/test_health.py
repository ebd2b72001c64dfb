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
SLACK = 2.0  # for scheduling on a loaded machine

COREFILE = """
example.com:0 {{
    errors
    zone db.example.com
    health 127.0.0.1:{status} {{
        interval 200ms
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
    scene.web.down()
    took = scene.wait_for_value("app.example.com", "192.0.2.2")
    # The flip takes as many failures as the threshold says: never less than two intervals.
    assert INTERVAL * (THRESHOLD - 1) - 0.05 <= took <= INTERVAL * (THRESHOLD + 1) + SLACK
    assert scene.value("example.com") == "192.0.2.2"
    scene.web.up()
    took = scene.wait_for_value("app.example.com", "192.0.2.1")
    assert INTERVAL * (THRESHOLD - 1) - 0.05 <= took <= INTERVAL * (THRESHOLD + 1) + SLACK


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
    for _ in range(3):
        scene.web.status = 500
        kit.wait_until(lambda: len(scene.web.requests) > before, "probe")
        scene.web.status = 200
        before = len(scene.web.requests)
        kit.wait_until(lambda: len(scene.web.requests) > before, "probe")
    assert scene.value("app.example.com") == "192.0.2.1"
    assert "check web is" not in scene.log()


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
    assert checks["web"]["latency_ms"] < 1000 and checks["web"]["last_error"] is None
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
    start, before = time.monotonic(), scene.tcp.connections
    time.sleep(INTERVAL * 8)
    lasted = time.monotonic() - start
    assert scene.tcp.connections - before <= lasted / INTERVAL + 1


@pytest.mark.slow
def test_not_ready_before_the_first_result(serve):
    """A check whose first probe hangs keeps /ready at 503 until the probe ends."""
    with Mute() as mute:
        ports = {"web": mute.port, "tcp": free_port(), "status": free_port(), "ready": free_port()}
        server = serve(COREFILE.format(**ports), fixtures=["db.example.com", "latency.csv"])
        url = f"http://127.0.0.1:{ports['ready']}/ready"
        status, body = clients.curl(url)
        assert (status, body) == (503, "health")
        assert clients.curl(f"http://127.0.0.1:{ports['status']}/health") == (200, "OK")
        assert server.value("app.example.com") == "192.0.2.1"  # H-23: healthy until known
        kit.wait_until(lambda: clients.curl(url) == (200, "OK"), "ready", seconds=10)


def test_lameduck(serve):
    """/health goes on, /ready does not, and queries are answered until the end."""
    status, ready = free_port(), free_port()
    server = serve(
        f"example.com:0 {{\n whoami\n ready 127.0.0.1:{ready}\n"
        f" health 127.0.0.1:{status} {{\n lameduck 2s\n }}\n}}\n"
    )
    kit.wait_until(lambda: clients.curl(f"http://127.0.0.1:{ready}/ready")[0] == 200, "ready")
    start = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    server.wait_for_log("Shutting down")
    assert clients.curl(f"http://127.0.0.1:{ready}/ready") == (503, "Shutting down")
    assert clients.curl(f"http://127.0.0.1:{status}/health") == (200, "OK")
    assert server.ask("example.com").rcode == "NOERROR"
    server.stop()
    assert time.monotonic() - start >= 1.9
