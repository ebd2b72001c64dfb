"""Endpoints that misbehave are unhealthy with the reason, and hold nobody else up.

One server watches all of them at once, beside a good one.
"""

import os
import re
import subprocess
import time
from collections import Counter
from statistics import median

import clients
import endpoints
import ports
import pytest
import server as kit

COREFILE = """
example.com:0 {{
    zone db.example.com
    health 127.0.0.1:{status} {{
        interval 500ms
        threshold 1
        timeout 5s
        check good http 127.0.0.1:{good}/ {{
            interval 100ms
            threshold 3
        }}
{checks}
    }}
    failover fine A {{
        primary 192.0.2.3 check good
        secondary 192.0.2.4
    }}
{groups}
}}
"""
GROUP = """
    failover {name} A {{
        primary 192.0.2.1 check {name}
        secondary 192.0.2.2
    }}
"""

# The endpoint, its check line, and what the reason says; None: the check is healthy.
CASES = {
    "endless_body": (
        endpoints.EndlessBody,
        'http 127.0.0.1:{port}/ {{\nexpect "never there"\n}}',
        "the expected text is not in the first 5120 bytes of the body",
    ),
    "late_text": (
        lambda: endpoints.HttpEndpoint(body=b"." * 5120 + b"late"),
        'http 127.0.0.1:{port}/ {{\nexpect "late"\n}}',
        "the expected text is not in the first 5120 bytes of the body",
    ),
    "other_text": (
        endpoints.HttpEndpoint,
        'http 127.0.0.1:{port}/ {{\nexpect "All is well"\n}}',
        "the expected text is not in the body",
    ),
    "redirect": (
        lambda: endpoints.HttpEndpoint(302, headers="Location: /elsewhere\r\n"),
        "http 127.0.0.1:{port}/ {{\nstatus 200\n}}",
        "HTTP Status Code 302",
    ),
    "slow_header": (
        endpoints.SlowHeader,
        "http 127.0.0.1:{port}/ {{\ntimeout 1s\n}}",
        "(HTTP header not complete|no HTTP status) within 1000 ms",
    ),
    "no_response": (
        endpoints.Mute,
        "http 127.0.0.1:{port}/ {{\ntimeout 1s\n}}",
        "no HTTP status within 1000 ms",
    ),
    "endless_header": (
        endpoints.EndlessHeader,
        "http 127.0.0.1:{port}/",
        "the header is longer than",
    ),
    "no_http": (endpoints.Babble, "http 127.0.0.1:{port}/", "no valid status line|HTTP/0.9"),
    "hangs_up": (endpoints.HangUp, "http 127.0.0.1:{port}/", "ended before its status|Empty reply"),
    "no_tls": (endpoints.HttpEndpoint, "https 127.0.0.1:{port}/", "TLS: "),
    "stalled_tls": (
        endpoints.Mute,
        "https 127.0.0.1:{port}/ {{\ntimeout 1s\n}}",
        "TLS: handshake not finished within 1000 ms",
    ),
    "unknown_signer": (endpoints.TlsEndpoint, "https 127.0.0.1:{port}/", "TLS: .*certificate"),
    "refused": (None, "http 127.0.0.1:{port}/", "connect: Connection refused"),
    "refused_tcp": (None, "tcp 127.0.0.1:{port}", "connect: Connection refused"),
    "unknown_name": (None, "tcp nowhere.invalid:{port}", "DNS resolution failed: "),
    "unverified": (
        lambda: endpoints.TlsEndpoint("www.example.com"),
        "https 127.0.0.1:{port}/ {{\nverify off\nhost www.example.com\n}}",
        None,
    ),
    # H-07: 2xx and 3xx are healthy, and a redirect is not followed.
    "moved": (
        lambda: endpoints.HttpEndpoint(301, headers="Location: /elsewhere\r\n"),
        "http 127.0.0.1:{port}/",
        None,
    ),
    # Without a text to find, the status is enough, however long the body.
    "status_is_enough": (
        endpoints.EndlessBody,
        "http 127.0.0.1:{port}/",
        None,
    ),
}


@pytest.fixture(scope="module")
def server(serve_module):
    status, good = ports.free_port(), endpoints.HttpEndpoint().up()
    running, checks, groups = {}, "", ""
    for name, (make, line, _) in CASES.items():
        if make:
            running[name] = make().up()
        port = running[name].port if make else ports.free_port()
        checks += f"check {name} {line.format(port=port)}\n"
        groups += GROUP.format(name=name)
    server = serve_module(
        COREFILE.format(status=status, good=good.port, checks=checks, groups=groups),
        fixtures=["db.example.com"],
    )
    server.status_port, server.good, server.endpoints = status, good, running
    yield server
    server.stop()
    for endpoint in [good, *running.values()]:
        endpoint.down()


@pytest.mark.parametrize("name", [n for n, (_, _, reason) in CASES.items() if reason])
def test_unhealthy_with_the_reason(server, name):
    reason = CASES[name][2]
    server.wait_for_log(rf"^\[WARNING\] plugin/health: check {name} is unhealthy: Failure: ")
    assert server.value(f"{name}.example.com") == "192.0.2.2"
    server.wait_for_log(rf"check {name} is unhealthy: Failure: .*({reason}).* .1 of 1.$")
    check = clients.checks(server.status_port)[name]
    assert not check["healthy"] and re.search(reason, check["last_error"]), check


@pytest.mark.parametrize("name", [n for n, (_, _, reason) in CASES.items() if not reason])
def test_healthy_for_all_that(server, name):
    kit.wait_until(lambda: clients.checks(server.status_port)[name]["consecutive"], "a result")
    check = clients.checks(server.status_port)[name]
    assert check["healthy"] and check["last_result"].startswith("Success: "), check
    assert server.value(f"{name}.example.com") == "192.0.2.1"


@pytest.mark.parametrize("name", ["moved", "redirect"])
def test_redirects_are_not_followed(server, name):
    moved = server.endpoints[name]
    kit.wait_until(lambda: len(moved.requests) >= 2, "probes")
    assert {r.split()[1] for r in moved.requests} == {"/"}


def test_the_name_for_host_header_and_tls(server):
    tls = server.endpoints["unverified"]
    kit.wait_until(lambda: tls.requests, "a probe")
    assert set(tls.names) == {"www.example.com"}
    assert "\r\nHost: www.example.com" in tls.requests[0]


def test_the_others_are_probed_at_their_pace(server):
    before = len(server.good.requests)
    kit.wait_until(lambda: len(server.good.requests) >= before + 10, "probes of the good one")
    assert server.value("fine.example.com") == "192.0.2.3"
    assert "check good is" not in server.log()


def probing(server):
    """The ports of endpoints, once for each connection that the server has not closed."""
    # Read in a process of its own: here, busy endpoints get a turn at each of its many reads.
    open_ones = r"^ *[0-9]+: [0-9A-F:]+ [0-9A-F:]+ (01|02|08) "  # or waiting for close()
    done = subprocess.run(
        ["grep", "-E", open_ones, "/proc/net/tcp"], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    watched = {endpoint.port for endpoint in [server.good, *server.endpoints.values()]}
    ends = [int(row[2].split(":")[1], 16) for row in rows]
    return Counter(port for port in ends if port in watched)


def test_no_connection_is_left_behind(server):
    """Two rounds of probes of everything: no check keeps two connections, and nothing else grows."""
    seen, twice, others = set(), [], []
    for _ in range(20):
        connections = probing(server)
        seen |= set(connections)
        twice.append({port for port, count in connections.items() if count > 1})
        open_files = len(os.listdir(f"/proc/{server.pid}/fd"))
        others.append(open_files - connections.total())
        time.sleep(0.05)
    assert seen, "there were probes"
    # In one look, the connection before may stand in the table beside the present one.
    assert [both for a, b in zip(twice, twice[1:]) if (both := a & b)] == []
    assert median(others[10:]) <= median(others[:10]) + 4
