"""DNS over TCP as RFC 7766 and RFC 9210 have it, with clients that behave badly, and floods."""

import collections
import os
import resource
import select
import signal
import socket
import struct
import time

import message
import pytest

COREFILE = """
example.com:0 {
    errors
    zone db.example.com
}
big.test:0 {
    zone db.big
}
"""
# A set of almost 64 KiB (zones with larger ones are refused), and sets of 150 to 4,100 bytes.
BIG = (
    "$TTL 60\n@ SOA ns hostmaster 1 2h 15m 14d 5m\n@ NS ns\nns A 192.0.2.53\n"
    + "".join(f'most TXT "{i:03}{"x" * 247}"\n' for i in range(240))
    + "".join(f"set{n} A 198.51.{n}.{i}\n" for n in range(8, 256, 8) for i in range(n))
)
HOST = "192.0.2.80"


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(
        COREFILE, "-workers", "1", fixtures=["db.example.com"], files={"db.big": BIG}
    )


def start(serve, *arguments):
    return serve(
        COREFILE,
        "-workers",
        "1",
        *arguments,
        fixtures=["db.example.com"],
        files={"db.big": BIG},
    )


def query(identity=1, name="host.example.com", rtype="A", **options):
    return message.framed(message.question(name, rtype, identity=identity, **options))


def read(stream):
    return message.parse(message.read_framed(stream))


def served(stream, identity=1):
    """The connection still answers."""
    stream.sendall(query(identity))
    reply = read(stream)
    return reply.identity == identity and reply.answer[0].text == HOST


def closed(stream, timeout=5.0):
    """True if the server has ended the connection, by FIN or RST; waits for it."""
    stream.settimeout(timeout)
    try:
        while stream.recv(65536):
            pass
        return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def connect_from(address, port):
    return socket.create_connection(("127.0.0.1", port), 5.0, source_address=(address, 0))


def counters(server):
    """The words of the line that SIGUSR2 logs about sockets, by what they count."""
    before = server.count_in_log(r" TCP connections, ")
    server.process.send_signal(signal.SIGUSR2)
    line = server.wait_for_log(r"^.* TCP connections, .*$", count=before + 1)[0]
    words = [part.split(" ", 1) for part in line.split("INFO] ")[1].split(", ")]
    return {what: int(number) for number, what in words}


def test_many_queries_in_one_segment(server):
    with message.tcp_connect(server.port) as s:
        s.sendall(b"".join(query(i) for i in range(200)))
        assert sorted(read(s).identity for _ in range(200)) == list(range(200))


def test_one_query_in_many_segments(server):
    """Byte by byte, so that the length is split as well; behind it the next one, whole."""
    with message.tcp_connect(server.port) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in query(7):
            s.send(bytes([byte]))
        s.sendall(query(8))
        assert [read(s).identity for _ in range(2)] == [7, 8]


def test_messages_of_64_kib(server):
    short = message.question("most.big.test", "TXT", edns=message.opt())
    padding = [(12, bytes(65535 - len(short) - 4))]
    packet = message.question("most.big.test", "TXT", edns=message.opt(options=padding))
    assert len(packet) == 65535
    with message.tcp_connect(server.port) as s:
        s.sendall(message.framed(packet) * 2)
        for _ in range(2):
            reply = read(s)
            assert len(reply.answer) == 240 and not reply.tc
            assert 60_000 < reply.size <= 65_535
        assert served(s)


@pytest.mark.parametrize("length", [0, 1, 11])
def test_a_length_that_no_message_has(server, length):
    """There is no way to go on behind it: what was asked before is answered, then it ends."""
    with message.tcp_connect(server.port) as s:
        s.sendall(query(1) + struct.pack("!H", length))
        assert read(s).identity == 1
        assert closed(s)


def test_garbage_of_a_good_length_is_answered_and_survived(server):
    with message.tcp_connect(server.port) as s:
        s.sendall(message.framed(b"\x12\x34" + b"\xff" * 40))
        s.sendall(message.framed(struct.pack("!HHHHHH", 9, 0, 1, 0, 0, 0) + b"\xc0\x0c\0\1\0\1"))
        assert read(s).rcode == "FORMERR"
        assert served(s)


def test_a_half_closed_client_gets_its_answers(server):
    with message.tcp_connect(server.port) as s:
        s.sendall(b"".join(query(i) for i in range(50)) + b"\0")
        s.shutdown(socket.SHUT_WR)
        assert [read(s).identity for _ in range(50)] == list(range(50))
        assert s.recv(1) == b"", "and the server closes, cleanly"


class SilentUpstream:
    """A resolver that keeps its queries until it is told to answer."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(10)
        self.port = self.socket.getsockname()[1]

    def answer(self, address):
        """Answers the first A query there is."""
        while True:
            packet, client = self.socket.recvfrom(4096)
            end = packet.index(b"\0", 12) + 5
            if packet[end - 4 : end - 2] == b"\0\1":
                break
        record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton(address)
        header = packet[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0)
        self.socket.sendto(header + packet[12:end] + record, client)


def test_answers_come_in_the_order_of_readiness(serve):
    """RFC 7766, section 7: the second query does not wait for the first."""
    for _ in range(5):
        upstream = SilentUpstream()
        server = serve(
            "example.com:0 {\n zone db.example.com\n alias {\n  resolver 127.0.0.1:"
            f"{upstream.port}\n }}\n alias slow slow.example.net\n}}\n",
            "-workers",
            "1",
            fixtures=["db.example.com"],
        )
        with message.tcp_connect(server.port) as s, upstream.socket:
            begin = time.monotonic()
            s.sendall(query(1, "slow.example.com") + query(2) + query(3))
            assert [read(s).identity for _ in range(2)] == [2, 3]
            upstream.answer("192.0.2.77")
            reply = read(s)
            assert reply.identity == 1
            if reply.rcode == "SERVFAIL" and time.monotonic() - begin > 1.4:
                continue  # this machine stood still for longer than a query may wait
            assert [r.text for r in reply.answer] == ["192.0.2.77"]
            return
    pytest.fail("this machine stands still all the time")


def test_a_client_that_does_not_read_holds_up_only_itself(server):
    """The server stops reading from it: 100 queries for 63 KiB each do not all fit anywhere."""
    with message.tcp_connect(server.port) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        s.sendall(b"".join(query(i, "most.big.test", "TXT") for i in range(100)))
        for _ in range(20):
            assert server.ask("host.example.com", tcp=True).answer[0].text == HOST
        assert [read(s).identity for _ in range(100)] == list(range(100))


@pytest.mark.slow
def test_clients_that_stop_in_the_middle(server):
    """Half-open, half a message, nothing read: each ends in its time, and nobody waits for it."""
    begin = time.monotonic()
    with (
        message.tcp_connect(server.port) as silent,
        message.tcp_connect(server.port) as half,
        message.tcp_connect(server.port) as deaf,
        message.tcp_connect(server.port) as alive,
    ):
        half.sendall(query()[:9])
        deaf.sendall(b"".join(query(i, "most.big.test", "TXT") for i in range(200)))
        ends = {}
        poller = select.poll()
        for name, s in (("silent", silent), ("half", half), ("deaf", deaf)):
            events = select.POLLRDHUP if name == "deaf" else select.POLLIN
            poller.register(s, events)
        names = {silent.fileno(): "silent", half.fileno(): "half", deaf.fileno(): "deaf"}
        while len(ends) < 3 and time.monotonic() < begin + 60:
            for descriptor, _ in poller.poll(500):
                ends[names[descriptor]] = time.monotonic() - begin
                poller.unregister(descriptor)
            assert served(alive)
        # Lower bounds are promises; the upper ones leave a machine time to stand still.
        assert 4.9 < ends["half"] < 30, ends
        assert 4.9 < ends["deaf"] < 30, ends
        assert 9.9 < ends["silent"] < 40, ends
        assert silent.recv(1) == b"", "an idle connection ends by FIN"
    counted = counters(server)
    assert counted["in the middle of a message"] >= 1
    assert counted["for not reading"] >= 1
    assert counted["closed idle"] >= 1


def kept_busy(stream, since, seconds, idle):
    """Asks again and again on a connection that was not there before `since`; returns the moment
    before the last query. None if this machine stood still for so long that the connection may
    have been idle; the server ends no other."""
    end = since + seconds
    asked = since
    while asked < end:
        time.sleep(0.2)
        begin = time.monotonic()
        try:
            alive = served(stream)
        except (OSError, EOFError, AssertionError):
            alive = False
        now = time.monotonic()
        if now - asked > idle * 0.9:
            return None
        assert alive, f"ended {now - asked:.1f} s after a query, and {idle} s are allowed"
        asked = begin
    return asked


def deaf_client(port, receive_buffer=2048):
    """A connection for which the kernel takes little of what nobody reads."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    s.connect(("127.0.0.1", port))
    return s


def kernel_sockets(port):
    """The states of the server's TCP sockets, also those that no process has any more."""
    rows = []
    for family in ("tcp", "tcp6"):
        with open(f"/proc/net/{family}", encoding="ascii") as table:
            rows += [line.split() for line in table.readlines()[1:]]
    return sorted(row[3] for row in rows if row[1].endswith(f":{port:04X}"))


@pytest.mark.slow
def test_clients_that_do_not_read_leave_nothing_in_the_kernel(serve):
    """Two answers fit into the kernel's buffers, so the server itself has nothing left to send."""
    server = start(serve, "-tcp-idle", "1s")
    asked = b"".join(query(i, "most.big.test", "TXT") for i in range(2))
    os.kill(server.pid, signal.SIGSTOP)  # or the first may be idle before the last has asked
    try:
        deaf = [deaf_client(server.port) for _ in range(40)]
        for i, s in enumerate(deaf):
            s.sendall(asked)
            if i % 2 == 0:
                s.shutdown(socket.SHUT_WR)
        assert len(kernel_sockets(server.port)) == 41
    finally:
        os.kill(server.pid, signal.SIGCONT)
    begin = time.monotonic()
    while len(kernel_sockets(server.port)) > 1 and time.monotonic() < begin + 60:
        time.sleep(0.1)
    assert kernel_sockets(server.port) == ["0A"], "it listens"
    assert counters(server)["for not reading"] == 40
    for s in deaf:
        s.close()


@pytest.mark.slow
def test_a_slow_reader_is_served_as_long_as_it_reads(serve):
    """8 KiB a second for twice as long as a client has that does not move."""
    server = start(serve)
    with deaf_client(server.port, 8192) as s:
        s.sendall(b"".join(query(i, "most.big.test", "TXT") for i in range(10)))
        for _ in range(48):
            assert len(s.recv(2048)) > 0
            time.sleep(0.25)
        assert counters(server)["for not reading"] == 0


def test_a_stop_destroys_no_answer(serve):
    """All that has arrived is answered, and the answers arrive, whatever is sent after it."""
    server = start(serve)
    with message.tcp_connect(server.port) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        assert served(s)
        os.kill(server.pid, signal.SIGSTOP)
        s.sendall(b"".join(query(i) for i in range(1000)))
        server.process.send_signal(signal.SIGTERM)
        os.kill(server.pid, signal.SIGCONT)
        assert read(s).identity == 0
        s.sendall(query(7))
        assert [read(s).identity for _ in range(1, 1000)] == list(range(1, 1000))
        rest = s.recv(65536)
        assert rest == b"" or message.parse(rest[2:]).identity == 7
    server.stop()


def test_idle_time_is_what_the_flag_says(serve):
    server = start(serve, "-tcp-idle", "2s")
    for _ in range(10):
        since = time.monotonic()
        with message.tcp_connect(server.port, timeout=30) as s:
            if begin := kept_busy(s, since, 3, 2):
                assert s.recv(1) == b""
                assert 1.9 < time.monotonic() - begin < 9, "not the 10 s that are the default"
                return
    pytest.fail("this machine stands still all the time")


def granted(stream):
    """The idle time that the server tells, in seconds (RFC 7828)."""
    stream.sendall(query(edns=message.opt(options=[(11, b"")])))
    return struct.unpack("!H", read(stream).options[11])[0] / 10


def test_the_idle_time_that_is_told_is_the_one_that_holds(serve):
    """10 seconds; a quarter of them while more than half of the connections are in use."""
    server = start(serve, "-tcp-connections", "5")
    with (
        message.tcp_connect(server.port, timeout=30) as first,
        message.tcp_connect(server.port) as second,
    ):
        assert granted(first) == granted(second) == 10
        with message.tcp_connect(server.port) as third:
            assert served(third)
            begin = time.monotonic()
            assert granted(first) == 2.5
            assert first.recv(1) == b""
            assert 2.4 < time.monotonic() - begin < 9, "not the ten seconds of before"
        assert granted(second) == 10, "it was told ten seconds before, and they hold"
    reply = server.ask("host.example.com", edns=message.opt(options=[(11, b"")]))
    assert reply.edns and 11 not in reply.options, "not over UDP"


def test_a_client_at_its_limit_pushes_out_its_own(serve):
    server = start(serve, "-tcp-per-client", "10")
    with connect_from("127.0.0.9", server.port) as other:
        assert served(other)
        own = [connect_from("127.0.0.2", server.port) for _ in range(40)]
        assert all(closed(s) for s in own[:30])
        assert all(served(s) for s in own[30:])
        assert served(other), "the idlest of all, but another's"
        for s in own:
            s.close()
    assert counters(server)["for a newer one"] == 30


def flood(port, connections, held):
    """Connections from 100 addresses, of which each third says a part of something."""
    for i in connections:
        try:
            s = connect_from(f"127.0.1.{i % 100 + 1}", port)
            held.append(s)
            if i % 3 == 0:
                s.sendall(query()[: i % 40])
        except OSError:
            pass  # pushed out already


def test_a_flood_of_connections(serve):
    """4,000 connections, ten times what is allowed. A client elsewhere that asks once while 200 of
    them come keeps its connection, opens new ones, and is answered."""
    limits = ["-tcp-connections", "400", "-tcp-per-client", "50"]
    server = start(serve, *limits, "-tcp-idle", "60s")  # a quarter of it in a flood
    held = collections.deque(maxlen=600)
    with connect_from("127.0.0.200", server.port) as kept:
        for begin in range(0, 4000, 200):
            flood(server.port, range(begin, begin + 200), held)
            assert served(kept, begin)
            with connect_from("127.0.0.200", server.port) as fresh:
                assert served(fresh, begin + 1)
    for s in held:
        s.close()
    counted = counters(server)
    assert counted["TCP connections"] >= 4000
    assert counted["for a newer one"] > 3000
    assert server.value("host.example.com") == HOST


def test_a_flood_behind_a_query(serve):
    """Queries that came before the flood are answered, though it is accepted first."""
    limits = ["-tcp-connections", "80", "-tcp-per-client", "50"]
    server = start(serve, *limits, "-tcp-idle", "60s")
    held = []
    with connect_from("127.0.0.200", server.port) as kept:
        assert served(kept)
        os.kill(server.pid, signal.SIGSTOP)
        try:
            kept.sendall(query(7))
            flood(server.port, range(120), held)  # fewer than the kernel's queue holds
        finally:
            os.kill(server.pid, signal.SIGCONT)
        assert read(kept).identity == 7
    with connect_from("127.0.0.201", server.port) as last:
        assert served(last)  # so the flood before it was accepted
    assert counters(server)["for a newer one"] >= 40
    for s in held:
        s.close()


def busy_clients(port, count):
    """Connections from as many addresses, each with 32 queries, which is a visit's worth."""
    streams = []
    for i in range(count):
        streams.append(connect_from(f"127.0.{i // 100 + 1}.{i % 100 + 1}", port))
        streams[-1].sendall(b"".join(query(k) for k in range(32)))
    return streams


def test_a_flood_of_many_queries_each(serve):
    """Few connections are visited in a turn then, and many could be accepted: whoever waits to be
    read from is answered before he makes room."""
    server = start(serve, "-tcp-connections", "80")
    os.kill(server.pid, signal.SIGSTOP)
    try:
        streams = busy_clients(server.port, 100)
        kept = connect_from("127.0.0.200", server.port)
        kept.sendall(query(7))
        streams += busy_clients(server.port, 100)
    finally:
        os.kill(server.pid, signal.SIGCONT)
    with kept:
        assert read(kept).identity == 7
    with connect_from("127.0.0.201", server.port) as last:
        assert served(last)
    counted = counters(server)
    assert counted["for a newer one"] >= 100
    assert counted["queries on them"] >= 200 * 32 + 2, "all were read"
    for s in streams:
        s.close()


def processor_seconds(pid):
    fields = open(f"/proc/{pid}/stat", encoding="ascii").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_no_descriptors_left(serve):
    """The idlest makes room, the newest is served, nothing spins, and it ends with the want."""
    server = start(serve)
    taken = len(os.listdir(f"/proc/{server.pid}/fd"))
    before = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (taken + 8, before[1]))
    streams = []
    for i in range(30):
        streams.append(message.tcp_connect(server.port))
        assert served(streams[-1], i)
    used = processor_seconds(server.pid)
    time.sleep(0.5)
    assert processor_seconds(server.pid) - used < 0.25
    assert server.value("host.example.com") == HOST
    assert counters(server)["times no descriptor was left"] >= 20
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, before)
    more = [message.tcp_connect(server.port) for _ in range(20)]
    assert all(served(s) for s in more)
    for s in streams + more:
        s.close()


@pytest.mark.parametrize("most", [512, 1232, 4096])
def test_no_datagram_is_longer_than_configured(serve, most):
    """Whatever the client says it takes (RFC 6891, section 6.2.5; RFC 9715)."""
    server = start(serve, "-udp-payload", str(most))
    asked = [(f"set{n}.big.test", "A") for n in range(8, 256, 8)]
    asked += [("huge.example.com", "ANY"), ("example.com", "ANY"), ("most.big.test", "ANY")]
    asked += [("most.big.test", "TXT"), ("x" * 63 + ".child.example.com", "A")]
    longest = 0
    for name, rtype in asked:
        for payload in (None, 0, 512, 1232, 1400, 4096, 65535):
            edns = None if payload is None else message.opt(payload, do=True)
            reply = server.ask(name, rtype, edns=edns)
            takes = 512 if payload is None else max(512, payload)
            assert reply.size <= min(takes, most), (name, rtype, payload)
            assert reply.tc or reply.answer or reply.authority, (name, rtype, payload)
            longest = max(longest, reply.size)
    assert longest > most - 140, "so near the limit that it was tried"


def test_a_datagram_that_was_cut_is_malformed(server):
    packet = message.question("host.example.com", edns=message.opt(options=[(12, bytes(4100))]))
    reply = message.parse(message.udp_exchange(packet, server.port))
    assert reply.rcode == "FORMERR"


def test_answers_are_not_answered(server):
    """Two servers that a forged query introduces to each other fall silent at once."""
    packet = bytearray(message.question("host.example.com"))
    packet[2] |= 0x80
    with pytest.raises(TimeoutError):
        message.udp_exchange(bytes(packet), server.port, timeout=0.3)
    reply = message.udp_exchange(message.question("host.example.com"), server.port)
    with pytest.raises(TimeoutError):
        message.udp_exchange(reply, server.port, timeout=0.3)
