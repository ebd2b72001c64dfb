"""Every kind of answer, as dig and kdig see it, over UDP and TCP, IPv4 and IPv6."""

import clients
import message
import pytest

COREFILE = """
example.com:0 {
    errors
    zone db.example.com
    weighted www A {
        192.0.2.10 weight 70
        192.0.2.20 weight 30
    }
    latency api A {
        table latency.csv
        us-east-1 192.0.2.11
        eu-west-1 192.0.2.12
    }
    weighted _sip._tcp SRV {
        "1 2 5060 mail" weight 1
        "1 2 5060 host" weight 1
        "1 2 5060 nothing" weight 1
    }
    alias @ host
    alias shop api
}
"""

SOA = "ns1.example.com. hostmaster.example.com. 2026010101 7200 900 1209600 300"

# Question, status, AA, answers as (owner, type, data).
ANSWERS = {
    "address": (
        ["host.example.com", "A"],
        "NOERROR",
        True,
        [("host.example.com.", "A", "192.0.2.80")],
    ),
    "IPv6 address": (
        ["mail.example.com", "AAAA"],
        "NOERROR",
        True,
        [("mail.example.com.", "AAAA", "2001:db8::25")],
    ),
    "text": (
        ["text.example.com", "TXT"],
        "NOERROR",
        True,
        [("text.example.com.", "TXT", '"good morning"')],
    ),
    "SOA": (["example.com", "SOA"], "NOERROR", True, [("example.com.", "SOA", SOA)]),
    "CNAME chain": (
        ["one.example.com", "A"],
        "NOERROR",
        True,
        [
            ("one.example.com.", "CNAME", "two.example.com."),
            ("two.example.com.", "CNAME", "host.example.com."),
            ("host.example.com.", "A", "192.0.2.80"),
        ],
    ),
    "CNAME itself": (
        ["one.example.com", "CNAME"],
        "NOERROR",
        True,
        [("one.example.com.", "CNAME", "two.example.com.")],
    ),
    "CNAME to nothing": (
        ["astray.example.com", "A"],
        "NXDOMAIN",
        True,
        [("astray.example.com.", "CNAME", "nothing.example.com.")],
    ),
    "CNAME out of the zone": (
        ["away.example.com", "A"],
        "NOERROR",
        True,
        [("away.example.com.", "CNAME", "www.example.org.")],
    ),
    "renamed branch": (
        ["x.old.example.com", "A"],
        "NOERROR",
        True,
        [
            ("old.example.com.", "DNAME", "wild.example.com."),
            ("x.old.example.com.", "CNAME", "x.wild.example.com."),
            ("x.wild.example.com.", "A", "192.0.2.77"),
        ],
    ),
    "wildcard": (
        ["any.thing.wild.example.com", "A"],
        "NOERROR",
        True,
        [("any.thing.wild.example.com.", "A", "192.0.2.77")],
    ),
    "name beside a wildcard": (["set.wild.example.com", "A"], "NOERROR", True, []),
    "empty non-terminal": (["dept.example.com", "A"], "NOERROR", True, []),
    "no such type": (["host.example.com", "TXT"], "NOERROR", True, []),
    "no such name": (["missing.example.com", "A"], "NXDOMAIN", True, []),
    "delegation": (["www.child.example.com", "A"], "NOERROR", False, []),
    "DS of a child": (
        ["child.example.com", "DS"],
        "NOERROR",
        True,
        [
            (
                "child.example.com.",
                "DS",
                "12345 13 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
            )
        ],
    ),
    "alias at the apex": (
        ["example.com", "A"],
        "NOERROR",
        True,
        [("example.com.", "A", "192.0.2.80")],
    ),
    "alias below": (
        ["shop.example.com", "A"],
        "NOERROR",
        True,
        [("shop.example.com.", "A", "192.0.2.11")],
    ),
    "alias without that type": (["example.com", "AAAA"], "NOERROR", True, []),
    "zone of somebody else": (["example.org", "A"], "REFUSED", False, []),
    "class CHAOS": (["version.bind", "CH", "TXT"], "REFUSED", False, []),
}
WAYS = {
    "dig UDP IPv4": (clients.dig, "127.0.0.1", "+notcp"),
    "kdig TCP IPv4": (clients.kdig, "127.0.0.1", "+tcp"),
    "kdig UDP IPv6": (clients.kdig, "::1", "+notcp"),
    "dig TCP IPv6": (clients.dig, "::1", "+tcp"),
}


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(COREFILE, fixtures=["db.example.com", "latency.csv"])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", ANSWERS)
def test_answer(server, case, way):
    words, status, aa, answers = ANSWERS[case]
    client, address, transport = WAYS[way]
    reply = client(server.port, transport, *words, address=address)
    assert reply.status == status
    assert ("aa" in reply.flags) == aa
    # TXT in dig and hexadecimal digits differ in spaces only.
    assert [(o, t, d.replace(" ", "")) for o, _, t, d in reply.answer] == [
        (o, t, d.replace(" ", "")) for o, t, d in answers
    ]


@pytest.mark.parametrize("name", ["missing.example.com", "dept.example.com", "astray.example.com"])
def test_negative_answers_carry_the_soa_with_the_lesser_ttl(server, name):
    """RFC 2308, section 5: MINIMUM (300) is less than the TTL of the record (3600)."""
    reply = clients.dig(server.port, name)
    assert reply.authority == [("example.com.", 300, "SOA", SOA)]


def test_delegation_has_name_servers_and_glue(server):
    reply = clients.dig(server.port, "+norec", "a.b.child.example.com", "A")
    assert sorted(d for _, _, t, d in reply.authority if t == "NS") == [
        "ns.child.example.com.",
        "ns.example.net.",
    ]
    assert sorted((o, t, d) for o, _, t, d in reply.additional) == [
        ("ns.child.example.com.", "A", "192.0.2.54"),
        ("ns.child.example.com.", "AAAA", "2001:db8::54"),
    ]
    assert not [t for _, _, t, _ in reply.authority if t == "DS"]


def test_the_question_comes_back_as_it_was_spelt(server):
    reply = clients.dig(server.port, "HOST.example.COM")
    assert reply.answer == [("HOST.example.COM.", 3600, "A", "192.0.2.80")]


def test_mx_and_srv_bring_addresses(server):
    reply = clients.kdig(server.port, "example.com", "MX")
    assert reply.data("MX") == ["10 mail.example.com."]
    added = {(o, t, d) for o, _, t, d in reply.additional}
    assert {
        ("mail.example.com.", "A", "192.0.2.25"),
        ("mail.example.com.", "AAAA", "2001:db8::25"),
    } <= added
    reply = clients.kdig(server.port, "_sip._udp.example.com", "SRV")
    assert reply.data("SRV") == ["1 2 5060 host.example.com."]
    assert ("host.example.com.", 3600, "A", "192.0.2.80") in reply.additional


def test_a_steered_set_brings_the_addresses_of_what_was_chosen(server):
    mail = {("mail.example.com.", "A", "192.0.2.25"), ("mail.example.com.", "AAAA", "2001:db8::25")}
    wanted = {
        "1 2 5060 mail.example.com.": mail,
        "1 2 5060 host.example.com.": {("host.example.com.", "A", "192.0.2.80")},
        "1 2 5060 nothing.example.com.": set(),
    }
    seen = set()
    for _ in range(60):  # one of the three is missing in one run of 10 ** 10
        reply = server.ask("_sip._tcp.example.com", "SRV")
        (chosen,) = [record.text for record in reply.answer]
        added = {(record.name, record.type, record.text) for record in reply.additional}
        assert added == wanted[chosen]
        seen.add(chosen)
    assert seen == set(wanted)


def test_positive_answers_name_the_servers_of_the_zone(server):
    reply = clients.dig(server.port, "host.example.com")
    assert sorted(d for _, _, t, d in reply.authority if t == "NS") == [
        "ns1.example.com.",
        "ns2.example.net.",
    ]


def test_any_is_answered_with_one_set(server):
    """RFC 8482, section 4.1."""
    reply = clients.dig(server.port, "+notcp", "mail.example.com", "ANY")
    assert reply.status == "NOERROR"
    assert len(reply.answer) == 1 and reply.answer[0][2] in ("A", "AAAA")
    hidden = clients.dig(server.port, "+notcp", "shop.example.com", "ANY")
    assert [t for _, _, t, _ in hidden.answer] == ["HINFO"]


def test_weights_are_kept(server):
    """W-03: 70 of 100; five standard deviations of 400 draws are 46."""
    first = sum(server.value("www.example.com") == "192.0.2.10" for _ in range(400))
    assert 280 - 46 <= first <= 280 + 46


def test_ttl_comes_from_the_record(server):
    assert clients.dig(server.port, "short.example.com").answer[0][1] == 30
    assert clients.dig(server.port, "www.example.com").answer[0][1] == 60


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_truncation_then_tcp(server, address):
    cut = clients.dig(server.port, "+noedns", "+ignore", "large.example.com", address=address)
    assert "tc" in cut.flags and len(cut.answer) < 40
    assert server.ask("large.example.com", address=address).size <= 512
    whole = clients.dig(server.port, "+noedns", "large.example.com", address=address)
    assert "TCP" in whole.text and "tc" not in whole.flags and len(whole.answer) == 40
    assert (
        "tc" not in clients.dig(server.port, "+bufsize=1232", "+ignore", "large.example.com").flags
    )


def test_the_payload_that_is_offered_has_a_ceiling(server):
    reply = clients.kdig(server.port, "+bufsize=4096", "+ignore", "huge.example.com")
    assert "tc" in reply.flags
    raw = server.ask("huge.example.com", edns=message.opt(payload=4096))
    assert raw.tc and raw.size <= 1232
    assert len(clients.kdig(server.port, "+tcp", "huge.example.com").answer) == 120


def test_edns_is_answered_with_edns(server):
    reply = clients.dig(server.port, "+dnssec", "host.example.com")
    assert "EDNS: version: 0, flags: do; udp: 1232" in reply.text
    assert not server.ask("host.example.com").edns
    assert server.ask("host.example.com", edns=message.opt()).edns


def test_unknown_edns_options_and_flags_are_ignored(server):
    reply = clients.dig(server.port, "+ednsopt=65001:beef", "+ednsflags=0x40", "host.example.com")
    assert reply.data("A") == ["192.0.2.80"] and "OPT=65001" not in reply.text


def test_unknown_edns_version(server):
    reply = clients.dig(server.port, "+edns=1", "+noednsneg", "host.example.com")
    assert reply.status == "BADVERS" and reply.answer == []
    assert "EDNS: version: 0" in reply.text


def test_unknown_opcode(server):
    assert clients.dig(server.port, "+opcode=notify", "example.com", "SOA").status == "NOTIMP"
    assert (
        clients.dig(server.port, "+opcode=update", "+noedns", "example.com", "SOA").status
        == "NOTIMP"
    )


def test_recursion_is_not_offered(server):
    flags = clients.dig(server.port, "+rec", "host.example.com").flags
    assert "rd" in flags and "ra" not in flags


@pytest.mark.parametrize(
    "subnet, value, scope",
    [
        ("198.51.100.0/24", "192.0.2.11", 24),
        ("203.0.113.7/32", "192.0.2.12", 24),
        ("2001:db8:1::/56", "192.0.2.12", 48),
    ],
)
def test_latency_follows_the_client_subnet(server, subnet, value, scope):
    reply = clients.dig(server.port, "+subnet=" + subnet, "api.example.com")
    assert reply.data("A") == [value]
    assert f"; CLIENT-SUBNET: {subnet}/{scope}" in reply.text
    assert clients.dig(server.port, "+subnet=" + subnet, "shop.example.com").data("A") == [value]


def test_what_does_not_depend_on_the_client_has_scope_0(server):
    reply = clients.dig(server.port, "+subnet=198.51.100.0/24", "host.example.com")
    assert "; CLIENT-SUBNET: 198.51.100.0/24/0" in reply.text


def test_latency_takes_the_source_address_without_a_subnet(server):
    reply = clients.dig(server.port, "api.example.com")
    assert reply.data("A") == ["192.0.2.11"] and "CLIENT-SUBNET" not in reply.text
