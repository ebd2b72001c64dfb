"""What keeps a server from starting: the message says where, what and how to go on; status 1."""

import re
import shutil
import subprocess

import endpoints
import pytest
import server as kit

WHOAMI = "example.com:{} {{\n    whoami\n}}\n"


def start(folder, corefile, *words, **options):
    """A start that must fail; returns what was printed on stderr."""
    (folder / "Corefile").write_text(corefile)
    done = kit.run("-conf", "Corefile", "-state-dir", "none", *words, cwd=folder, **options)
    assert done.returncode == 1, done
    assert "linux, " not in done.stdout
    return done.stderr


def test_missing_corefile(folder):
    done = kit.run("-conf", "nowhere/Corefile", cwd=folder)
    assert (done.returncode, done.stderr) == (1, "nowhere/Corefile - no such file\n")


def test_unreadable_corefile(folder):
    done = kit.run("-conf", folder, cwd=folder)
    assert done.returncode == 1 and done.stderr == f"{folder} - is a directory\n"


def test_unknown_directive(folder):
    text = start(
        folder,
        "example.com:0 {\n    zone db.example.com\n    wieghted www A {\n    192.0.2.1\n    }\n}\n",
    )
    assert text == (
        "Corefile:3 - Error during parsing: Unknown directive 'wieghted'; "
        "did you mean 'weighted'?\n"
    )


def test_missing_module(folder):
    (folder / "modules").mkdir()
    text = start(folder, WHOAMI.format(0), "-plugin-dir", "modules")
    assert re.match(
        r"Corefile:2 - plugin 'whoami' has no module: .*whoami\.so.* modules", text
    ), text


def test_module_that_is_none(folder):
    (folder / "modules").mkdir()
    (folder / "modules" / "whoami.so").write_text("no shared object\n")
    text = start(folder, WHOAMI.format(0), "-plugin-dir", "modules")
    assert re.match(r"Corefile:2 - .*modules/whoami\.so", text), text


def test_module_of_another_api(folder):
    """Both hashes and what to do. A byte of the hash in a copy of the module is changed."""
    modules = folder / "modules"
    shutil.copytree(
        kit.pathlib.Path(kit.binary()).parent / "plugins",
        modules,
        ignore=lambda _, names: [n for n in names if n != "whoami.so"],
    )
    ours = re.search(r"module API ([0-9a-f]{16})", kit.run("-version").stdout)[1]
    other = ("0" if ours[0] != "0" else "1") + ours[1:]
    module = modules / "whoami.so"
    data = module.read_bytes()
    assert ours.encode() in data
    module.write_bytes(data.replace(ours.encode(), other.encode()))
    text = start(folder, WHOAMI.format(0), "-plugin-dir", "modules")
    assert text.startswith("Corefile:2 - ") and "modules/whoami.so" in text
    assert ours in text and other in text and "build" in text


def test_port_in_use(serve, folder):
    server = serve(WHOAMI.format(0))
    text = start(folder, WHOAMI.format(server.port))
    assert re.match(
        rf"Corefile:1 - cannot listen on \[::\]:{server.port} .*address already in use", text
    )
    assert server.ask("example.com").rcode == "NOERROR"


def test_port_in_use_by_tcp_alone(folder):
    with endpoints.Endpoint() as taken:
        text = start(folder, WHOAMI.format(taken.port))
    assert re.match(
        rf"Corefile:1 - cannot listen on .*:{taken.port} \(TCP\): address already in use", text
    )


@pytest.mark.parametrize("plugin", ["health", "ready"])
def test_http_on_a_port_of_the_dns(folder, plugin):
    """The port would be taken by the server itself; a check finds it as well."""
    corefile = f"example.com:1053 {{\n    whoami\n    {plugin} :1053\n}}\n"
    text = start(folder, corefile)
    assert text == (
        "Corefile:3 - cannot serve HTTP on :1053: dns://example.com.:1053 at Corefile:1 is served "
        "there, over TCP as well; choose another port\n"
    )
    assert kit.run("check", cwd=folder).stderr == text


def test_http_address_in_use(folder):
    with endpoints.Endpoint() as taken:
        text = start(
            folder, f"example.com:0 {{\n    whoami\n    ready 127.0.0.1:{taken.port}\n}}\n"
        )
    assert f"127.0.0.1:{taken.port}" in text and "address already in use" in text.lower()


def unprivileged():
    """Words before a command that run it in a network of its own, where ports below 1024 need a
    privilege, and without that; None if there is no way, as in many containers even for root. The
    user stays the same: nobody else may read what lies in /root."""
    as_root = ["unshare", "--net", "setpriv", "--bounding-set=-net_bind_service"]
    for words in (as_root, ["unshare", "--user", "--net"]):
        try:
            subprocess.run([*words, "true"], stderr=subprocess.DEVNULL, check=True)
        except (FileNotFoundError, subprocess.CalledProcessError):
            continue
        return words
    return None


@pytest.mark.skipif(not unprivileged(), reason="needs the privilege for a network of its own")
def test_no_permission_for_port_53(folder):
    prefix = unprivileged()
    text = start(folder, "example.com {\n    whoami\n}\n", prefix=prefix)
    assert text.startswith("Corefile:1 - cannot listen on [::]:53 (")
    assert "permission denied" in text
    assert "cap_net_bind_service" in text and "AmbientCapabilities" in text


def test_missing_zone_file(folder):
    text = start(folder, "example.com:0 {\n    zone nowhere.db\n}\n")
    assert text == "Corefile:2 - zone file nowhere.db does not exist\n"


def test_broken_zone_file(folder):
    (folder / "broken.db").write_text(
        "@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.300\n@ MX mail\n"
    )
    text = start(folder, "example.com:0 {\n    zone broken.db\n}\n")
    assert re.search(r"^broken\.db:3 - .*192\.0\.2\.300", text, re.M)
    assert re.search(r"^broken\.db:4 - .*MX", text, re.M)


def test_address_that_is_not_ours(folder):
    text = start(folder, "example.com:0 {\n    bind 192.0.2.77\n    whoami\n}\n")
    assert "192.0.2.77" in text and "Corefile:" in text


def test_two_blocks_for_one_zone(folder):
    text = start(folder, WHOAMI.format(1053) + WHOAMI.format(1053))
    assert text.startswith("Corefile:4 - ") and "Corefile:1" in text


# A record set is either simple or steered by one policy; each breach is an error with its line.
SETS = {
    "two policies": (
        "weighted www A {\n192.0.2.1\n}\nlatency www A {\nus-east-1 192.0.2.2\n}",
        3,
        "latency at Corefile:6",
    ),
    "steered and simple": ("weighted host A {\n192.0.2.1\n}", 3, "host"),
    "unknown check": ("weighted www A {\n192.0.2.1 check nothing\n}", 4, "nothing"),
    "value of another type": ("weighted www AAAA {\n192.0.2.1\n}", 4, "192.0.2.1"),
    "circle of aliases": ("alias a b\nalias b a", 3, "circle|cycle|itself"),
    "CNAME beside other data": ("weighted host CNAME {\nmail\n}", None, "CNAME.*.Corefile:3"),
    "CNAME at the apex": ("weighted @ CNAME {\nmail\n}", 3, "alias"),
}


@pytest.mark.parametrize("case", SETS)
def test_record_sets(folder, case):
    lines, number, pattern = SETS[case]
    text = start(folder, f"example.com:0 {{\nzone db.example.com\n{lines}\n}}\n")
    where = f"Corefile:{number}" if number else r"db\.example\.com:\d+"
    assert re.search(rf"^{where} - .*({pattern})", text, re.M), text


def test_pidfile_that_cannot_be_written(folder):
    (folder / "Corefile").write_text(WHOAMI.format(0))
    done = kit.run("-conf", "Corefile", "-state-dir", "none", "-pidfile", "nowhere/pid", cwd=folder)
    assert done.returncode == 1
    assert done.stderr == "pidfile nowhere/pid cannot be written: No such file or directory\n"
