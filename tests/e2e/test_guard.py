"""The plugins that stand guard: who is answered (acl), and how much of it (ratelimit).

Clients differ by their loopback address, which dig -b and the sockets here choose.
"""

import re
import signal
import socket
import subprocess
import time
from collections import Counter

import message
import pytest

ACL = """
example.com:0 {
    acl {
        allow net 127.0.1.0/24
        block net 127.0.2.0/24 file blocked.txt
        filter type A net 127.0.3.0/24
        drop net 127.0.4.0/24
    }
    zone db.example.com
}
"""

RATELIMIT = """
example.com:0 {{
    ratelimit {{
        {lines}
    }}
    zone db.example.com
}}
"""


def dig(server, source, *words):
    """The printed reply to dig from a source address; empty if there is none."""
    done = subprocess.run(
        ["dig", "+tries=1", "+time=5", "-b", source, "-p", str(server.port), "@127.0.0.1", *words],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode in (0, 9), done.stdout + done.stderr  # 9: no reply
    return done.stdout if done.returncode == 0 else ""


class Replies(Counter):
    """Counts of "full", "truncated" and "none", and the seconds in which they came."""

    seconds = 0.0

    def due(self, rate):
        """How many full answers a rate allows: a second's worth, and what has come due since."""
        return rate * (1 + self.seconds) + 1


def replies(server, source, queries, name="host.example.com", edns=None):
    """What so many queries get from one socket.

    A query for another class ends the burst: REFUSED goes back on the same way, behind all others.
    """
    counts = Replies()
    begin = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((source, 0))
        s.connect(("127.0.0.1", server.port))
        s.settimeout(5)
        for i in range(queries):
            s.send(message.question(name.replace("%", str(i)), identity=i, edns=edns))
        s.send(message.question("host.example.com", "A", identity=65535, rclass=4))
        while (reply := message.parse(s.recv(4096))).identity != 65535:
            counts["truncated" if reply.tc else "full"] += 1
            if reply.tc:
                assert not reply.answer + reply.authority
    counts["none"] = queries - counts["full"] - counts["truncated"]
    counts.seconds = time.monotonic() - begin
    return counts


@pytest.fixture(scope="module", name="guarded")
def guarded_server(serve_module):
    return serve_module(
        ACL,
        fixtures=["db.example.com"],
        files={"blocked.txt": "# bad\n127.0.5.1\n127.0.6.0/24\n"},
    )


@pytest.mark.parametrize("protocol", ["+notcp", "+tcp"])
class TestAcl:
    """Over UDP and TCP alike."""

    @pytest.mark.parametrize("source", ["127.0.0.1", "127.0.1.1"])
    def test_allow(self, guarded, protocol, source):
        reply = dig(guarded, source, protocol, "host.example.com", "A")
        assert "status: NOERROR" in reply and "ANSWER: 1" in reply

    @pytest.mark.parametrize("source", ["127.0.2.1", "127.0.5.1", "127.0.6.255"])
    def test_block(self, guarded, protocol, source):
        reply = dig(guarded, source, protocol, "host.example.com", "A")
        assert "status: REFUSED" in reply and "ANSWER: 0" in reply
        assert "EDE: 18 (Prohibited)" in reply

    def test_filter(self, guarded, protocol):
        reply = dig(guarded, "127.0.3.1", protocol, "host.example.com", "A")
        assert "status: NOERROR" in reply and "ANSWER: 0, AUTHORITY: 0" in reply
        assert "EDE: 17 (Filtered)" in reply
        assert "AUTHORITY: 1" in dig(guarded, "127.0.3.1", protocol, "host.example.com", "TXT")

    def test_drop(self, guarded, protocol):
        assert dig(guarded, "127.0.4.1", protocol, "+time=1", "host.example.com", "A") == ""


def test_acl_counts(guarded):
    guarded.process.send_signal(signal.SIGUSR2)
    counts = guarded.wait_for_log(
        r"plugin/acl: example\.com\.: (\d+) allowed, (\d+) blocked, (\d+) filtered, (\d+) dropped$"
    )
    assert all(int(n) > 0 for n in counts.groups())


def test_a_rule_in_error_keeps_what_is_served(guarded):
    assert not guarded.reload(ACL.replace("drop net", "dropp net"))
    guarded.wait_for_log(r"Corefile:7 - 'dropp' is no action; did you mean 'drop'\?")
    assert dig(guarded, "127.0.4.1", "+time=1", "host.example.com", "A") == ""


def limited(serve, lines, *arguments):
    return serve(RATELIMIT.format(lines="\n".join(lines)), *arguments, fixtures=["db.example.com"])


def test_above_the_rate_every_second_answer_is_truncated(serve):
    server = limited(serve, ["responses-per-second 10"], "-workers", "1")
    counts = replies(server, "127.0.2.1", 110)
    assert 10 <= counts["full"] <= counts.due(10)
    assert counts["truncated"] == counts["none"] or counts["truncated"] + 1 == counts["none"]
    server.wait_for_log(
        r"^\[WARNING\] plugin/ratelimit: limiting answers to 127\.0\.2\.0/24:"
        r" more than 10 a second$"
    )
    reply = dig(server, "127.0.2.2", "host.example.com", "A", "+ignore", "+time=1")
    assert reply == "" or " tc" in reply, "its network is limited"
    assert "ANSWER: 1" in dig(server, "127.0.3.1", "host.example.com", "A"), "others are not"
    for _ in range(30):
        assert "ANSWER: 1" in dig(server, "127.0.2.1", "+tcp", "host.example.com", "A")
    server.process.send_signal(signal.SIGUSR2)
    told = server.wait_for_log(r"plugin/ratelimit: example\.com\.: (\d+) dropped, (\d+) truncated")
    assert int(told[1]) + int(told[2]) >= 110 - counts["full"]


@pytest.mark.parametrize("slip", [0, 1, 5])
def test_slip(serve, slip):
    server = limited(serve, ["responses-per-second 1", f"slip-ratio {slip}"], "-workers", "1")
    counts = replies(server, "127.0.2.1", 101)
    over = 101 - counts["full"]
    assert 1 <= counts["full"] <= counts.due(1)
    assert counts["truncated"] == (over // slip if slip else 0)


def test_a_truncated_answer_leads_to_tcp(serve):
    """What a victim's own resolver meets: TC, then the answer."""
    server = limited(serve, ["responses-per-second 1", "slip-ratio 1"], "-workers", "1")
    replies(server, "127.0.2.1", 50)
    reply = dig(server, "127.0.2.1", "host.example.com", "A")
    assert "Truncated, retrying in TCP mode" in reply and "ANSWER: 1" in reply


def test_a_client_with_a_cookie_is_not_limited(serve):
    server = serve(
        RATELIMIT.format(lines="responses-per-second 1").replace("ratelimit", "cookies\nratelimit"),
        fixtures=["db.example.com"],
    )

    def cookie(value):
        return message.opt(options=[(10, value)])

    packet = message.question("host.example.com", edns=cookie(b"8 octets"))
    ours = message.parse(message.udp_exchange(packet, server.port)).options[10]
    assert len(ours) == 24
    assert replies(server, "127.0.0.1", 100, edns=cookie(ours))["full"] == 100
    forged = ours[:23] + bytes([ours[23] ^ 1])
    counts = replies(server, "127.0.0.1", 100, edns=cookie(forged))
    assert counts["full"] <= counts.due(1)


def test_random_names_are_one_account(serve):
    server = limited(serve, ["nxdomains-per-second 5", "slip-ratio 0"], "-workers", "1")
    counts = replies(server, "127.0.2.1", 100, name="x%.example.com")
    assert 5 <= counts["full"] <= counts.due(5)
    assert replies(server, "127.0.2.1", 100)["full"] == 100


def test_exempt(serve):
    server = limited(serve, ["responses-per-second 1", "exempt 127.0.2.0/24"], "-workers", "1")
    assert replies(server, "127.0.2.1", 100)["full"] == 100
    counts = replies(server, "127.0.3.1", 100)
    assert 1 <= counts["full"] <= counts.due(1)


def test_report_only(serve):
    server = limited(serve, ["responses-per-second 1", "report-only"], "-workers", "1")
    assert replies(server, "127.0.2.1", 100)["full"] == 100
    server.wait_for_log(r"plugin/ratelimit: would limit answers to 127\.0\.2\.0/24")


def test_workers_share_the_rate(serve):
    """From many ports, and so by way of all workers: a second's worth from each, then no more."""
    server = limited(serve, ["responses-per-second 4", "slip-ratio 0"], "-workers", "4")
    begin = time.monotonic()
    full = sum(replies(server, "127.0.2.1", 10)["full"] for _ in range(60))
    seconds = time.monotonic() - begin
    assert 4 <= full <= 4 * (4 + seconds + 1)
    limiting = r"plugin/ratelimit: limiting answers to 127\.0\.2\.0/24"
    server.wait_for_log(limiting)
    server.stop()  # which writes what workers have logged
    assert server.count_in_log(limiting) == 1, "one line, however many workers limit the network"
