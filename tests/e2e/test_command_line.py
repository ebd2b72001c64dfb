"""Flags and sub commands; their output and exit status."""

import pathlib
import re
import shutil
import signal
import subprocess

import pytest
import server as kit

GOOD = """
example.com:1053 {
    errors
    zone db.example.com
    health {
        check web tcp 192.0.2.10:443
    }
    weighted www A {
        192.0.2.10 check web
        192.0.2.20
    }
}
"""
BAD = """example.com:1053 {
    zone db.example.com
    erors
    weighted www A {
        192.0.2.10 weight 300
        192.0.2.20
    }
    weighted api A {
        192.0.2.20 check nothing
    }
    failover www A {
        primary 192.0.2.1
        secondary 192.0.2.2
    }
}
"""
PLUGINS = (
    "acl alias chaos cookies errors example failover health latency log nsid ratelimit ready weighted"
    " whoami zone"
).split()


def test_version():
    done = kit.run("-version")
    assert done.returncode == 0
    assert re.match(r"Signpost-\d+\.\d+\.\d+\nlinux, module API [0-9a-f]{16} ", done.stdout)


@pytest.mark.parametrize("words", [["-help"], ["--help"], ["-h"], ["help"]])
def test_help(words):
    done = kit.run(*words)
    assert done.returncode == 0
    for flag in ("-conf", "-dns.port", "-pidfile", "-quiet", "-workers", "-state-dir", "-down"):
        assert f"\n  {flag} " in done.stdout


def test_plugins_lists_all_modules():
    done = kit.run("-plugins")
    assert done.returncode == 0 and done.stderr == ""
    assert [line.split()[0] for line in done.stdout.splitlines()] == PLUGINS
    assert kit.run("plugins").stdout == done.stdout


def test_plugins_shows_the_chain_of_a_block(folder):
    """The order is that of the stages, not of the lines."""
    (folder / "Corefile").write_text(
        "example.com {\n zone db.example.com\n log\n"
        " latency {\n table latency.csv\n }\n errors\n}\n"
    )
    done = kit.run("plugins", "-conf", "Corefile", cwd=folder)
    assert done.returncode == 0
    head, *lines = done.stdout.splitlines()
    assert head == "Corefile:1: example.com.:53"
    chain = [line.split()[0] for line in lines if "implied" not in line]
    assert sorted(chain[:2]) == ["errors", "log"] and chain[2:] == ["latency", "zone"]


@pytest.mark.parametrize(
    "words, message",
    [
        (["serve-it"], "extra command line arguments: [serve-it]"),
        (["-conf", "Corefile", "a", "b"], "extra command line arguments: [a b]"),
        (["chek"], "extra command line arguments: [chek]; did you mean 'check'?"),
        (["-cnof", "x"], "flag provided but not defined: -cnof; did you mean 'conf'?"),
        (["-conf"], "flag needs an argument: -conf"),
        (["-p", "65536"], "-p: '65536' is no number from 0 to 65535"),
        (["-workers", "0"], "-workers: '0' is no number from 1 to 256"),
        (["-quiet=perhaps"], "-quiet takes no value"),
        (["man"], "expected: signpost man PLUGIN"),
        (["explain"], "expected: signpost explain NAME"),
        (["-json"], "'signpost' has no flag -json, which is of 'signpost explain'"),
        (["zone", "dump", "-json", "x"], "'signpost zone dump' has no flag -json"),
    ],
)
def test_wrong_words(words, message):
    done = kit.run(*words)
    assert done.returncode == 1 and done.stdout == ""
    assert message in done.stderr


def test_check_of_a_good_corefile(folder):
    (folder / "Corefile").write_text(GOOD)
    for words in (["check"], ["check", "-conf", "Corefile"], ["check", "--conf=Corefile"]):
        done = kit.run(*words, cwd=folder)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "Corefile is good: 1 server block, 1 zone\n"
    assert kit.run("check", "-quiet", cwd=folder).stdout == ""
    done = kit.run("check", "-conf", "stdin", cwd=folder, stdin=GOOD)
    assert done.returncode == 0, done.stderr


def test_check_reports_every_error_at_once(folder):
    (folder / "Corefile").write_text(BAD)
    done = kit.run("check", cwd=folder)
    assert done.returncode == 1 and done.stdout == ""
    lines = done.stderr.splitlines()
    assert [int(re.match(r"Corefile:(\d+) - ", line)[1]) for line in lines] == sorted(
        int(re.match(r"Corefile:(\d+) - ", line)[1]) for line in lines
    )
    text = done.stderr
    assert (
        "Corefile:3 - Error during parsing: Unknown directive 'erors'; did you mean 'errors'?"
        in text
    )
    assert re.search(r"^Corefile:5 - .*300.*0 to 255", text, re.M)
    assert re.search(r"^Corefile:9 - .*nothing", text, re.M)
    assert re.search(r"^Corefile:1[12] - .*check", text, re.M)


def test_check_judges_the_files_that_are_named(folder):
    (folder / "bad.db").write_text("@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.999\n")
    (folder / "bad.csv").write_text("prefix,region,milliseconds\n198.51.100.0/33,us-east-1,5\n")
    (folder / "Corefile").write_text(
        "example.com {\n zone bad.db\n latency api A {\n"
        " table bad.csv\n us-east-1 192.0.2.1\n }\n}\n"
    )
    done = kit.run("check", cwd=folder)
    assert done.returncode == 1
    assert re.search(r"^bad\.db:3 - .*192\.0\.2\.999", done.stderr, re.M)
    assert re.search(r"^bad\.csv:2 - .*198\.51\.100\.0/33", done.stderr, re.M)


def test_check_judges_zones_as_a_whole(folder):
    """With what the Corefile adds to them; each file once for all blocks. A server starts with it."""
    (folder / "a.db").write_text(
        "$TTL 60\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\n@ NS gone\nns1 A 192.0.2.1\n@ MX 10 mail\n"
        "@ MX 20 apex.far\nsub NS ns.sub\n@ TXT x\n"
    )
    (folder / "b.db").write_text("$TTL 60\n@ SOA ns1 h 1 2 3 4 5\nns1 A 192.0.2.1\n@ MX 10 gone\n")
    (folder / "Corefile").write_text(
        "a.test {\n zone a.db\n weighted mail A {\n  192.0.2.2\n }\n alias apex.far A ns1\n"
        " alias many MX @\n alias many TXT @\n}\n"
        "b.test {\n zone b.db\n}\nb.test:5300 {\n zone b.db\n}\n"
    )
    done = kit.run("check", cwd=folder)
    assert (done.returncode, done.stderr.splitlines()) == (
        0,
        [
            "Corefile:11 - Warning: zone b.test. in b.db has no NS record at its apex",
            "Corefile:14 - Warning: zone b.test. in b.db has no NS record at its apex",
            "a.db:4 - Warning: a.test. NS: gone.a.test. does not exist in this zone",
            "a.db:8 - Warning: sub.a.test. NS: ns.sub.a.test. lies below the delegation of"
            " sub.a.test. and has no address here: glue is missing",
            "b.db:4 - Warning: b.test. MX: gone.b.test. does not exist in this zone",
        ],
    )


def test_check_may_allow_broken_zones_of_folders_alone(folder):
    """What a server refuses is refused: a zone with a line of its own, and the Corefile."""
    (folder / "many").mkdir()
    (folder / "many" / "a.example.zone").write_text("$TTL 60\n@ NS ns\n")
    (folder / "Corefile").write_text("example {\n zone many/*.zone\n}\n")
    assert kit.run("check", cwd=folder).returncode == 1
    done = kit.run("check", "-allow-broken-zones", cwd=folder)
    assert done.returncode == 0 and "many/a.example.zone" in done.stderr
    (folder / "Corefile").write_text("a.example {\n zone many/a.example.zone\n}\n")
    assert kit.run("check", "-allow-broken-zones", cwd=folder).returncode == 1
    (folder / "Corefile").write_text("example {\n zone many/*.zone\n nonsense\n}\n")
    assert kit.run("check", "-allow-broken-zones", cwd=folder).returncode == 1


def test_what_a_check_does_not_tell_of_a_zone_stands_behind_its_findings(folder):
    head = "$TTL 60\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n"
    for zone in "ab":
        outside = "".join(f"x{i}.example.org. A 192.0.2.1\n" for i in range(130))
        (folder / f"{zone}.db").write_text(head + outside)
    (folder / "Corefile").write_text("a b {\n zone a.db a\n zone b.db b\n}\n")
    done = kit.run("check", cwd=folder)
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 2 * 101
    for zone, told in (("a", lines[:101]), ("b", lines[101:])):
        assert all(line.startswith(f"{zone}.db:") for line in told[:100])
        rest = f"{zone}.db - Warning: 30 more warnings of zone {zone}. are not told"
        assert told[100] == rest


def test_warnings_do_not_fail_a_check(folder):
    (folder / "Corefile").write_text(
        "www.example.com {\n zone db.example.com www.example.com\n"
        " alias @ AAAA s3-website-us-west-2.amazonaws.com\n errors {$NO_SUCH_VARIABLE}stdout\n}\n"
    )
    done = kit.run("check", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Corefile is good" in done.stdout
    assert re.search(r"^Corefile:3 - Warning: .*IPv6", done.stderr, re.M)
    assert re.search(r"^Corefile:4 - Warning: .*NO_SUCH_VARIABLE", done.stderr, re.M)


def test_check_portable(folder):
    (folder / "Corefile").write_text("{$ZONE:example.com} {\n whoami\n}\n")
    assert kit.run("check", cwd=folder).returncode == 0
    done = kit.run("check", "-portable", cwd=folder)
    assert done.returncode == 1
    assert re.search(r"^Corefile:1 - .*not portable to CoreDNS", done.stderr, re.M)


def test_check_opens_no_socket(serve, folder):
    """The port of the Corefile is taken, and that does not matter."""
    server = serve("example.com:0 {\n whoami\n}\n")
    (folder / "Corefile").write_text(f"example.com:{server.port} {{\n whoami\n}}\n")
    assert kit.run("check", cwd=folder).returncode == 0


@pytest.mark.parametrize("name", PLUGINS)
def test_man(name):
    done = kit.run("man", name)
    assert done.returncode == 0
    titles = [line[3:] for line in done.stdout.splitlines() if line.startswith("## ")]
    assert done.stdout.startswith(f"# {name}\n")
    assert [t for t in titles if t in ("Name", "Description", "Syntax", "Examples")] == [
        "Name",
        "Description",
        "Syntax",
        "Examples",
    ]


def test_man_of_nothing():
    done = kit.run("man", "wieghted")
    assert done.returncode == 1
    assert done.stderr == "there is no manual of 'wieghted'; did you mean 'weighted'?\n"


def test_man_beside_a_module_without_one(folder):
    (folder / "whoami.so").write_text("")
    done = kit.run("man", "whoami", "-plugin-dir", folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"there is no manual whoami.md beside the module {folder}/whoami.so\n"


def test_a_folder_without_modules(folder):
    for words in (["plugins"], ["-plugins"]):
        done = kit.run(*words, "-plugin-dir", folder / "nope")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"there is no module in {folder}/nope (No such file or directory)\n"
    (folder / "file").write_text("")
    assert "(Not a directory)" in kit.run("plugins", "-plugin-dir", folder / "file").stderr
    done = kit.run("plugins", "-plugin-dir", folder)
    assert (done.returncode, done.stderr) == (1, f"there is no module in {folder}\n")


def test_a_module_that_was_cut_off(serve, folder):
    """A reload that newly names it is refused; opening it would end the process."""
    modules = folder / "modules"
    shutil.copytree(kit.pathlib.Path(kit.binary()).parent / "plugins", modules)
    cut = modules / "acl.so"
    cut.write_bytes(cut.read_bytes()[:5000])
    server = serve("example.com:0 {\n whoami\n}\n", "-plugin-dir", modules)
    server.reload("example.com:0 {\n whoami\n acl {\n  block\n }\n}\n")
    server.wait_for_log(r"Corefile:3 - module \S+/acl\.so is cut off: it has 5000 bytes")
    assert server.ask("example.com").rcode == "NOERROR"
    done = kit.run("plugins", "-plugin-dir", modules)
    assert done.returncode == 1 and "acl.so is cut off" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["plugins"],
        ["plugins", "-conf", "Corefile"],
        ["explain", "www.example.com"],
        ["explain", "www.example.com", "-json"],
        ["man", "zone"],
        ["help"],
        ["-version"],
        ["zone", "check", "db.example.com"],
    ],
    ids=" ".join,
)
def test_a_full_disk_is_no_success(folder, words):
    (folder / "Corefile").write_text(GOOD)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [kit.binary(), *words],
            cwd=folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "cannot write: No space left on device\n")


def test_check_of_what_never_ends():
    done = kit.run("check", "-conf", "/dev/zero")
    assert (done.returncode, done.stderr) == (1, "/dev/zero - is larger than 16 MiB\n")


def test_listing(serve):
    """One line per zone, sorted, then version and workers."""
    text = "example.net:0 example.com:0 {\n bind 127.0.0.1\n whoami\n}\n"
    server = serve(text, "-workers", "3", ready=False)
    lines = server.out.read_text().splitlines()
    assert re.fullmatch(r"example\.com\.:\d+ on 127\.0\.0\.1", lines[0])
    assert re.fullmatch(r"example\.net\.:\d+ on 127\.0\.0\.1", lines[1])
    assert re.fullmatch(r"Signpost-\d+\.\d+\.\d+", lines[2])
    assert lines[3] == "linux, 3 workers"


def test_the_port_of_keys_without_one(serve):
    server = serve("example.com {\n whoami\n}\n", "-dns.port", "0", "-workers=1")
    assert server.port > 1023
    assert server.ask("example.com").rcode == "NOERROR"


def catches(pid, number):
    """The process has a handler for the signal."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"^SigCgt:\s*(\w+)", status, re.M)[1], 16) >> (number - 1) & 1


def test_corefile_from_stdin_and_quiet(folder):
    """Without a listing there is no port to ask, so the process is just started and ended."""
    process = subprocess.Popen(
        [kit.binary(), "-quiet", "-conf", "stdin", "-state-dir", "none", "-pidfile", "pid"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        process.stdin.write("example.com:0 {\n whoami\n}\n")
        process.stdin.close()
        kit.wait_until(lambda: catches(process.pid, signal.SIGTERM), "start")
        assert int((folder / "pid").read_text()) == process.pid
        process.terminate()
        assert process.wait(kit.WAIT) == 0
        assert process.stderr.read() == ""
        assert process.stdout.read().startswith("[INFO] Shutting down\n")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def test_the_binary_finds_its_modules_by_flag_and_variable(folder):
    (folder / "Corefile").write_text("example.com {\n whoami\n}\n")
    (folder / "empty").mkdir()
    modules = f"{kit.pathlib.Path(kit.binary()).parent}/plugins"
    assert kit.run("check", "-plugin-dir", modules, cwd=folder).returncode == 0
    empty = {"SIGNPOST_PLUGIN_DIR": str(folder / "empty")}
    assert kit.run("check", cwd=folder, environment=empty).returncode == 1
    assert (
        kit.run("check", cwd=folder, environment={"SIGNPOST_PLUGIN_DIR": modules}).returncode == 0
    )
