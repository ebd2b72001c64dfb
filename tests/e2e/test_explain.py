"""signpost explain tells why: the values must be those of the Corefile, in text and in JSON."""

import json

import pytest
import server as kit

COREFILE = """example.com:1053 {
    zone db.example.com
    health {
        check one tcp 192.0.2.10:443
        check two tcp 192.0.2.20:443
    }
    weighted www A {
        192.0.2.10 weight 30 check one id blue
        192.0.2.20 weight 90 check two id green
        192.0.2.30 weight 0 id standby
    }
    failover app A {
        primary alias www evaluate check one
        secondary 192.0.2.99
    }
    latency api A {
        table latency.csv
        us-east-1 192.0.2.11 check one
        eu-west-1 192.0.2.12 check two
    }
    alias @ app
}
example.net {
    whoami
}
"""


@pytest.fixture
def explain(folder):
    (folder / "Corefile").write_text(COREFILE)

    def run(*words):
        done = kit.run("explain", *words, "-state-dir", "none", cwd=folder)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if "-json" in words else done.stdout

    return run


def step(steps, plugin, key):
    """The only step of a plugin that tells `key`."""
    (found,) = [s for s in steps if s["plugin"] == plugin and key in s]
    return found


def test_weighted(explain):
    told = explain("www.example.com", "A", "-json")
    assert told["question"] == "www.example.com. A from 127.0.0.1"
    assert told["block"] == "Corefile:1" and told["rcode"] == "NOERROR"
    members = step(told["steps"], "zone", "members")["members"]
    assert [m["id"] for m in members] == ["blue", "green", "standby"]
    assert [m["values"] for m in members] == ["192.0.2.10", "192.0.2.20", "192.0.2.30"]
    assert [m["attribute"] for m in members] == ["weight 30", "weight 90", "weight 0"]
    assert [m["where"] for m in members] == ["Corefile:8", "Corefile:9", "Corefile:10"]
    assert all(m["healthy"] for m in members)
    drawn = step(told["steps"], "weighted", "shares")
    assert {s["id"]: s["share"] for s in drawn["shares"]} == {
        "blue": 0.25,
        "green": 0.75,
        "standby": 0,
    }
    values = {m["id"]: m["values"] for m in members}
    assert told["answer"] == [f"www.example.com. 60 IN A {values[drawn['chosen']]}"]


def test_a_check_that_is_down(explain):
    told = explain("www.example.com", "A", "-json", "-down", "two")
    members = step(told["steps"], "zone", "members")["members"]
    assert [m["healthy"] for m in members] == [True, False, True]
    assert "-down" in members[1]["why"] and "two" in members[1]["why"]
    drawn = step(told["steps"], "weighted", "shares")
    assert {s["id"]: s["share"] for s in drawn["shares"]} == {"blue": 1, "green": 0, "standby": 0}
    assert drawn["chosen"] == "blue"
    told = explain("www.example.com", "A", "-json", "-down", "one", "-down", "two")
    assert step(told["steps"], "weighted", "shares")["chosen"] == "standby"


def test_through_aliases_to_the_final_answer(explain):
    told = explain("example.com", "A", "-json")
    assert told["answer"][0].startswith("example.com. 60 IN A 192.0.2.")
    texts = [s["text"] for s in told["steps"]]
    assert any("app.example.com." in t and "alias" in t for t in texts)
    assert any("www.example.com." in t and "alias" in t for t in texts)
    assert step(told["steps"], "failover", "chosen")["chosen"] == "primary"
    assert step(told["steps"], "weighted", "chosen")["chosen"] in ("blue", "green")
    down = explain("example.com", "A", "-json", "-down", "one")
    assert down["answer"] == ["example.com. 60 IN A 192.0.2.99"]
    assert step(down["steps"], "failover", "chosen")["chosen"] == "secondary"


@pytest.mark.parametrize(
    "words, answer, scope",
    [
        (["-client", "198.51.100.7"], "192.0.2.11", None),
        (["-client", "203.0.113.7"], "192.0.2.12", None),
        (["-client", "2001:db8:1::7"], "192.0.2.12", None),
        (["-ecs", "203.0.113.0/24"], "192.0.2.12", 24),
        (["-client", "198.51.100.7", "-ecs", "2001:db8:1::/56"], "192.0.2.12", 48),
        (["-client", "198.51.100.7", "-down", "one"], "192.0.2.12", None),
    ],
)
def test_latency(explain, words, answer, scope):
    told = explain("api.example.com", "A", "-json", *words)
    assert told["answer"] == [f"api.example.com. 60 IN A {answer}"]
    assert told.get("scope") == scope


def test_text(explain):
    text = explain("app.example.com", "-down", "one")
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0] == "question: app.example.com. A from 127.0.0.1"
    assert lines[1] == "block: Corefile:1"
    assert any(
        line.startswith("DOWN") and "[primary]" in line and "(Corefile:13)" in line
        for line in lines
    )
    assert any(
        line.startswith("up") and "[secondary]" in line and "(Corefile:14)" in line
        for line in lines
    )
    assert any(line.startswith("failover: chooses 192.0.2.99") for line in lines)
    assert "share 100.0 %  [secondary]" in lines
    assert "app.example.com. 60 IN A 192.0.2.99" in lines


def test_simple_records_and_absence(explain):
    assert explain("host.example.com", "A", "-json")["answer"] == [
        "host.example.com. 3600 IN A 192.0.2.80"
    ]
    told = explain("nothing.example.com", "A", "-json")
    assert told["rcode"] == "NXDOMAIN" and told["answer"] == []
    assert told["authority"][0].startswith("example.com. 300 IN SOA ")
    assert (
        explain("one.example.com", "A", "-json")["answer"][-1]
        == "host.example.com. 3600 IN A 192.0.2.80"
    )
    assert explain("a.example.net", "TXT", "-json")["block"] == "Corefile:23"
    assert explain("example.org", "A", "-json")["rcode"] == "REFUSED"


@pytest.mark.parametrize(
    "words, message",
    [
        (["www.example.com", "AAA"], "'AAA' is no record type"),
        (["www.example.com", "A", "-client", "somebody"], "-client: 'somebody' is no IP address"),
        (["www.example.com", "A", "-ecs", "198.51.100.0"], "-ecs: "),
        (["www.example.com", "A", "-down", "three"], "-down: there is no check 'three'"),
        (["www..example.com"], "is no domain name"),
    ],
)
def test_wrong_words(folder, words, message):
    (folder / "Corefile").write_text(COREFILE)
    done = kit.run("explain", *words, cwd=folder)
    assert done.returncode == 1 and done.stdout == ""
    assert message in done.stderr


def test_saved_health_is_taken_into_account(serve):
    """What the running server knows of its checks is what explain goes by."""
    from ports import free_port

    server = serve(
        f"""example.com:0 {{
    zone db.example.com
    health {{
        interval 200ms
        threshold 2
        check web tcp 127.0.0.1:{free_port()}
    }}
    failover app A {{
        primary 192.0.2.1 check web
        secondary 192.0.2.2
    }}
}}
""",
        fixtures=["db.example.com"],
    )
    server.wait_for_value("app.example.com", "192.0.2.2")

    def told():
        done = kit.run(
            "explain", "app.example.com", "-json", "-state-dir", server.state, cwd=server.folder
        )
        return json.loads(done.stdout)["answer"]

    kit.wait_until(lambda: told() == ["app.example.com. 60 IN A 192.0.2.2"], "the saved verdict")
