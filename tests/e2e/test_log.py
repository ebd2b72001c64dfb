"""The query log: formats, classes, the reason of a choice, and a reader that does not read."""

import os
import re
import socket
import subprocess
import time

import message
import pytest
import server as kit
from ports import free_port

COREFILE = """
example.com:0 {{
    {log}
    zone db.example.com
    weighted www A {{
        192.0.2.10 id blue
        192.0.2.11 weight 0 id standby
    }}
    failover app A {{
        primary alias www evaluate
        secondary 192.0.2.99
    }}
}}
"""


def start(serve, log):
    return serve(COREFILE.format(log=log), fixtures=["db.example.com"])


def test_the_common_format(serve):
    server = start(serve, "log")
    packet = message.question("HOST.example.com", "A", identity=4711, edns=message.opt(do=True))
    reply = message.udp_exchange(packet, server.port, "::1")
    server.wait_for_log(
        rf'^\[INFO\] \[::1\]:\d+ - 4711 "A IN host\.example\.com\. udp {len(packet)} true 1232" '
        rf"NOERROR qr,aa,rd {len(reply)} 0\.\d+s$"
    )
    server.ask("missing.example.com", "TXT", tcp=True)
    server.wait_for_log(
        r'^\[INFO\] 127\.0\.0\.1:\d+ - \d+ "TXT IN missing\.example\.com\. tcp \d+ false 65535" '
        r"NXDOMAIN qr,aa,rd \d+ 0\.\d+s$"
    )


def test_classes_and_names(serve):
    server = start(serve, "log . {proto}={name}={rcode} {\n class denial\n }")
    server.ask("host.example.com")
    server.ask("missing.example.com")
    server.wait_for_log(r"^\[INFO\] udp=missing\.example\.com\.=NXDOMAIN$")
    assert "host.example.com" not in server.log()


def test_why_an_answer_was_given(serve):
    words = "{name} {/route/policy} {/route/record} {/route/target} {/route/reason} {/nothing/here}"
    server = start(serve, f'log . "{words}"')
    server.ask("www.example.com")
    server.wait_for_log(r"^\[INFO\] www\.example\.com\. weighted blue - chosen -$")
    server.ask("host.example.com")
    server.wait_for_log(r"^\[INFO\] host\.example\.com\. - - - - -$")


def test_each_query_is_logged_once(serve):
    server = start(serve, "log . {>id}")
    for i in range(300):
        message.udp_exchange(message.question("host.example.com", identity=i), server.port)
    server.wait_for_log(r"^\[INFO\] 299$")
    kit.wait_until(
        lambda: len(re.findall(r"^\[INFO\] \d+$", server.log(), re.M)) >= 300, "300 lines"
    )
    server.stop()
    assert sorted(map(int, re.findall(r"^\[INFO\] (\d+)$", server.log(), re.M))) == list(range(300))


@pytest.mark.slow
def test_a_reader_that_does_not_read(folder):
    """Standard output is a full pipe: every query is answered, and what was dropped is counted."""
    (folder / "Corefile").write_text(COREFILE.format(log="log").replace(":0 {", " {"))
    reading, writing = os.pipe()
    port = free_port()
    process = subprocess.Popen(
        [kit.binary(), "-conf", "Corefile", "-state-dir", "none", "-dns.port", str(port)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        kit.wait_until(lambda: answered(port), "an answer")
        slowest = 0
        for _ in range(22):  # some 130 bytes each: far more than pipe and rings hold
            slowest = max(slowest, flood(port, 1000))
        assert slowest < 10
        os.set_blocking(reading, False)
        text = b""

        def counted():
            nonlocal text
            try:
                text += os.read(reading, 1 << 20)
            except BlockingIOError:
                pass
            return re.search(rb"\[WARNING\].*(\d+).*drop|drop.*\d+", text)

        kit.wait_until(counted, "a line about dropped ones")
        process.terminate()
        kit.wait_until(lambda: counted() and process.poll() is not None, "end")
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()
        os.close(reading)


def answered(port):
    try:
        return message.ask("host.example.com", port=port, timeout=0.3).rcode == "NOERROR"
    except (TimeoutError, ConnectionError):
        return False


def flood(port, count):
    """Asks `count` times, 50 at a time; the seconds that took."""
    begin = time.monotonic()
    packet = message.question("host.example.com", identity=1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(("127.0.0.1", port))
        s.settimeout(5)
        for _ in range(count // 50):
            for _ in range(50):
                s.send(packet)
            for _ in range(50):
                s.recv(2048)
    return time.monotonic() - begin
