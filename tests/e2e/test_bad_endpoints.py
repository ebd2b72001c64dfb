"""Endpoints that misbehave are unhealthy with the reason, and hold nobody else up."""

import os
import re
import time

import clients
import endpoints
import pytest
import server as kit

COREFILE = """
example.com:0 {{
    zone db.example.com
    health 127.0.0.1:{status} {{
        interval 100ms
        threshold 1
        timeout 1s
        check good http 127.0.0.1:{good}/
{checks}
    }}
    failover app A {{
        primary 192.0.2.1 check bad
        secondary 192.0.2.2
    }}
    failover fine A {{
        primary 192.0.2.3 check good
        secondary 192.0.2.4
    }}
}}
"""

# The endpoint, its check line, and what the reason says.
BAD = {
    "endless body": (
        endpoints.EndlessBody,
        'http 127.0.0.1:{port}/ {{\nexpect "never there"\n}}',
        "the expected text is not in the first 5120 bytes of the body",
    ),
    "text behind 5120 bytes": (
        lambda: endpoints.HttpEndpoint(body=b"." * 5120 + b"late"),
        'http 127.0.0.1:{port}/ {{\nexpect "late"\n}}',
        "the expected text is not in the first 5120 bytes of the body",
    ),
    "other text": (
        endpoints.HttpEndpoint,
        'http 127.0.0.1:{port}/ {{\nexpect "All is well"\n}}',
        "the expected text is not in the body",
    ),
    "redirect": (
        lambda: endpoints.HttpEndpoint(302, headers="Location: /elsewhere\r\n"),
        "http 127.0.0.1:{port}/ {{\nstatus 200\n}}",
        "HTTP Status Code 302",
    ),
    "slow header": (endpoints.SlowHeader, "http 127.0.0.1:{port}/", "HTTP header|HTTP status"),
    "no response": (endpoints.Mute, "http 127.0.0.1:{port}/", "no HTTP status"),
    "endless header": (
        endpoints.EndlessHeader,
        "http 127.0.0.1:{port}/",
        "the header is longer than",
    ),
    "no HTTP": (endpoints.Babble, "http 127.0.0.1:{port}/", "no valid status line: 220 mail"),
    "hangs up": (endpoints.HangUp, "http 127.0.0.1:{port}/", "ended before its status line|Empty reply"),
    "no TLS": (endpoints.HttpEndpoint, "https 127.0.0.1:{port}/", "TLS: "),
    "TLS that stalls": (endpoints.Endpoint, "https 127.0.0.1:{port}/", "TLS: |no HTTP status"),
}


@pytest.fixture
def start(serve):
    """start(line, port): a server with the check `bad` of that line, and a good one beside it."""
    good = endpoints.HttpEndpoint()

    def started(line, port):
        status = endpoints.free_port()
        check = "check bad " + line.format(port=port)
        server = serve(
            COREFILE.format(status=status, good=good.port, checks=check),
            fixtures=["db.example.com"],
        )
        server.status_port, server.good = status, good
        return server

    with good:
        yield started


def descriptors(server):
    return len(os.listdir(f"/proc/{server.pid}/fd"))


def expect_reason(server, reason):
    server.wait_for_value("app.example.com", "192.0.2.2")
    server.wait_for_log(rf"check bad is unhealthy: Failure: .*({reason}).* .1 of 1.")
    check = clients.checks(server.status_port)["bad"]
    assert not check["healthy"]
    assert re.search(reason, check["last_error"]), check
    assert server.value("fine.example.com") == "192.0.2.3"


@pytest.mark.parametrize("case", BAD)
def test_bad_endpoint(start, case):
    make, line, reason = BAD[case]
    with make() as bad:
        server = start(line, bad.port)
        expect_reason(server, reason)
        if case == "redirect":
            assert not [r for r in bad.requests if "elsewhere" in r]
        # The others are probed at their pace, and no connection is left behind.
        before = len(server.good.requests)
        kit.wait_until(lambda: len(server.good.requests) >= before + 5, "probes of the good one")
        counts = [descriptors(server) for _ in range(20) if not time.sleep(0.02)]
        assert max(counts) - min(counts) <= 6


def test_refused(start):
    server = start("http 127.0.0.1:{port}/", endpoints.free_port())
    expect_reason(server, "connect: Connection refused")


def test_unknown_host_name(start):
    server = start("tcp nowhere.invalid:{port}", 80)
    server.wait_for_log("check bad is unhealthy: Failure: DNS resolution failed: ")
    assert server.value("fine.example.com") == "192.0.2.3"


def test_redirects_count_as_success_but_are_not_followed(start):
    """H-07: 2xx and 3xx are healthy."""
    with endpoints.HttpEndpoint(301, headers="Location: /elsewhere\r\n") as moved:
        server = start("http 127.0.0.1:{port}/", moved.port)
        kit.wait_until(lambda: len(moved.requests) >= 3, "probes")
        assert clients.checks(server.status_port)["bad"]["healthy"]
        assert not [r for r in moved.requests if "elsewhere" in r]


def test_an_endless_body_is_not_read_without_need(start):
    """Without a text to find, the status is enough, however long the body."""
    with endpoints.EndlessBody() as endless:
        server = start("http 127.0.0.1:{port}/", endless.port)
        kit.wait_until(lambda: endless.connections >= 5, "probes")
        check = clients.checks(server.status_port)["bad"]
        assert check["healthy"] and check["latency_ms"] < 1000


def test_certificates_are_verified_unless_switched_off(start, folder):
    with endpoints.TlsEndpoint(folder) as tls:
        server = start("https 127.0.0.1:{port}/ {{\nhost www.example.com\n}}", tls.port)
        expect_reason(server, "TLS: .*certificate")
        corefile = (server.folder / "Corefile").read_text(encoding="utf-8")
        assert server.reload(corefile.replace("host www", "verify off\nhost www"))
        server.wait_for_value("app.example.com", "192.0.2.1")
        assert "www.example.com" in tls.names
        assert "\r\nHost: www.example.com" in tls.requests[-1]
