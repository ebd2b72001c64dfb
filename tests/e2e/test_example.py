"""Corefile.example, walked through as the README does it, with ports of the kernel's choice."""

import subprocess
import sys
import time

import clients
import pytest
import server as kit
from ports import free_port

INTERVAL, THRESHOLD = 1.0, 3
SLACK = 8.0  # for a machine that stands still now and then
EXAMPLE = kit.ROOT / "Corefile.example"


@pytest.fixture
def example(serve):
    """The example as it is, but for its two ports; started in the top of the source tree."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.count("example.com:1053 {") == 1 and "127.0.0.1:18080" in text
    port = free_port()
    text = text.replace("example.com:1053 {", "example.com:0 {").replace("18080", str(port))
    server = serve(text, cwd=kit.ROOT)
    server.primary_port = port
    return server


def test_it_is_good():
    done = kit.run("check", "-conf", EXAMPLE.name, cwd=kit.ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Corefile.example is good: 1 server block, 1 zone\n"


@pytest.mark.slow
def test_the_walk_through(example):
    """Nothing listens: the secondary. A web server starts: the primary. It ends: the secondary."""
    example.wait_for_log(
        "check primary is unhealthy: Failure: connect: Connection refused .3 of 3."
    )
    example.wait_for_value("app.example.com", "127.0.0.2")
    assert clients.dig(example.port, "+short", "shop.example.com").text.split()[-1] == "127.0.0.2"
    started = time.monotonic()
    web = subprocess.Popen(
        [sys.executable, "-m", "http.server", str(example.primary_port), "--bind", "127.0.0.1"],
        cwd=example.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        example.wait_for_value("app.example.com", "127.0.0.1")
        up = time.monotonic() - started
        assert example.value("shop.example.com") == "127.0.0.1"
        reply = clients.dig(example.port, "app.example.com")
        assert reply.answer == [("app.example.com.", 5, "A", "127.0.0.1")]
    finally:
        stopped = time.monotonic()
        web.terminate()
        web.wait(10)
    example.wait_for_value("app.example.com", "127.0.0.2")
    down = time.monotonic() - stopped
    print(f"\nup after {up:.1f} s, down after {down:.1f} s")
    # Two whole intervals lie between three results; the first may follow at once or after one.
    for took in (up, down):
        assert INTERVAL * (THRESHOLD - 1) - 0.1 <= took <= INTERVAL * THRESHOLD + SLACK
    assert example.count_in_log(r"^\[WARNING\] plugin/health: check primary is unhealthy") == 2
    assert example.count_in_log(r"^\[INFO\] plugin/health: check primary is healthy") == 1


def test_every_part_answers(example):
    first = sum(example.value("www.example.com") == "127.0.0.1" for _ in range(300))
    assert 170 <= first <= 250
    assert {example.value("example.com") for _ in range(60)} == {"127.0.0.1", "127.0.0.2"}
    assert example.value("api.example.com") == "127.0.0.11"
    assert example.value("api.example.com", address="::1") == "127.0.0.11"
    for subnet, value in (("203.0.113.0/24", "127.0.0.12"), ("198.51.100.0/24", "127.0.0.11")):
        assert clients.dig(example.port, "+subnet=" + subnet, "api.example.com").data("A") == [
            value
        ]
    assert clients.dig(example.port, "example.com", "MX").data("MX") == ["10 mail.example.com."]
    assert clients.dig(example.port, "docs.example.com").answer[0][3] == "www.example.com."
    assert example.value("anything.test.example.com") == "192.0.2.99"
    assert clients.dig(example.port, "missing.example.com").status == "NXDOMAIN"
    example.wait_for_log(
        r'^\[INFO\] 127\.0\.0\.1:\d+ - \d+ "A IN missing\.example\.com\. udp .* NXDOMAIN qr,aa'
    )
