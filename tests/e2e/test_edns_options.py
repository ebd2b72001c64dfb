"""Cookies, identifiers and errors as dig and kdig see them, and class CH."""

import re
import signal
import socket

import message
import pytest
from clients import dig, kdig

SECRETS = "445536bcd2513298075a5d379663c962 dd3bdf9344b678b185a6f5cb60fca715"

COREFILE = f"""
example.com:0 {{
    nsid edge-1
    chaos "Signpost for tests" ann@example.com
    cookies {SECRETS} {{
        require
    }}
    zone db.example.com
}}
"""


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(COREFILE, fixtures=["db.example.com"])


def cookie_of(printed):
    return re.search(r"COOKIE: (\w+)", printed.text)[1]


def test_dig_learns_a_cookie_and_is_served(server):
    """dig asks again by itself when it gets BADCOOKIE with a fresh cookie."""
    printed = dig(server.port, "+cookie", "+badcookie", "host.example.com")
    assert printed.status == "NOERROR" and printed.data("A") == ["192.0.2.80"]
    assert "(good)" in printed.text
    assert len(cookie_of(printed)) == 48


def test_without_the_server_cookie_nothing_is_told(server):
    printed = dig(server.port, "+cookie", "+nobadcookie", "host.example.com")
    assert printed.status == "BADCOOKIE" and not printed.answer
    again = dig(server.port, "+cookie=" + cookie_of(printed), "host.example.com")
    assert again.status == "NOERROR" and cookie_of(again) == cookie_of(printed)


def test_tcp_needs_no_cookie(server):
    printed = dig(server.port, "+tcp", "+cookie", "+nobadcookie", "host.example.com")
    assert printed.status == "NOERROR" and printed.data("A") == ["192.0.2.80"]


def test_cookies_are_counted(serve):
    server = serve(COREFILE, fixtures=["db.example.com"])
    learned = dig(server.port, "+cookie", "+nobadcookie", "host.example.com")
    dig(server.port, "+cookie=" + cookie_of(learned), "host.example.com")
    dig(server.port, "+cookie=" + cookie_of(learned), "text.example.com", "TXT")
    forged = cookie_of(learned)[:-2] + ("00" if cookie_of(learned)[-2:] != "00" else "01")
    dig(server.port, "+cookie=" + forged, "+nobadcookie", "host.example.com")
    server.process.send_signal(signal.SIGUSR2)
    told = server.wait_for_log(
        r"plugin/cookies: example\.com\.: (\d+) valid, (\d+) without a server cookie,"
        r" (\d+) invalid, (\d+) answered BADCOOKIE, (\d+) sent to TCP$"
    )
    assert told.groups() == ("2", "1", "1", "2", "0")


def test_a_cookie_without_a_question(server):
    packet = b"\x12\x34" + bytes(9) + b"\x01" + message.opt(options=[(10, b"client12")])
    reply = message.parse(message.udp_exchange(packet, server.port))
    assert reply.rcode == "NOERROR" and len(reply.options[10]) == 24
    again = message.opt(options=[(10, reply.options[10])])
    packet = b"\x12\x35" + bytes(9) + b"\x01" + again
    reply = message.parse(message.udp_exchange(packet, server.port))
    assert reply.rcode == "NOERROR"


def test_nsid(server):
    printed = kdig(server.port, "+nsid", "+nocookie", "host.example.com")
    assert '"edge-1"' in printed.text


def test_class_ch(server):
    """A server tells what the operator wants it to tell."""
    printed = dig(server.port, "+nocookie", "CH", "TXT", "version.bind")
    assert printed.data("TXT") == ['"Signpost for tests"']
    printed = dig(server.port, "+nocookie", "CH", "TXT", "id.server")
    assert printed.data("TXT") == [f'"{socket.gethostname()}"']
    assert dig(server.port, "+nocookie", "CH", "TXT", "other.bind").status == "REFUSED"


def test_a_refusal_says_why(server):
    printed = dig(server.port, "+nocookie", "host.example.org")
    assert printed.status == "REFUSED" and "EDE: 20 (Not Authoritative)" in printed.text


def test_keepalive(server):
    """RFC 7828: the time that an idle connection has, in units of 100 ms."""
    packet = message.question("host.example.com", edns=message.opt(options=[(11, b"")]))
    reply = message.parse(message.tcp_exchange(packet, server.port))
    assert int.from_bytes(reply.options[11], "big") == 100
