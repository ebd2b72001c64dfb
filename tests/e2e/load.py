"""A steady stream of UDP queries from a thread of its own, with a record of every one of them."""

import selectors
import socket
import struct
import threading
import time

import message
from server import wait_until

SOCKETS = 8
BATCH_SECONDS = 0.01
UNDER_WAY = 400  # queries without an answer: few enough for one socket's buffer, where it is small
PATIENCE = 60  # seconds
SO_MEMINFO, DROPS = 55, 8  # linux/socket.h; the last of nine numbers


def datagrams_without_room(s):
    """How many datagrams the kernel has dropped because nobody read the socket in time."""
    return struct.unpack("9I", s.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36))[DROPS]


class Load:
    """`rate` queries per second for A of `names`, in turn, until finish(); fewer when answers are
    slow to come, so that a machine that stands still loses none: this is a stream, not a flood.

    What was sent is in `sent` (moments) and what came back in `answers` (address, or response
    code where there is no one address); both by the number of the query. A query that comes back
    twice, or that nobody asked, is in `strays`. `unread` counts replies for which this end's own
    sockets had no room, because the machine left it no time to read: the kernel tells.
    """

    def __init__(self, port, names, rate=2000, address="127.0.0.1"):
        self.names, self.rate = names, rate
        self.questions = [message.question(name, identity=0)[2:] for name in names]
        self.sent, self.answers, self.moments, self.strays = [], {}, {}, []
        self.unread = 0
        self.most = max(UNDER_WAY, rate // 20)
        self.lock = threading.Lock()  # held while a batch is on its way out
        self._pending = [{} for _ in range(SOCKETS)]
        self._sockets = []
        self._selector = selectors.DefaultSelector()
        for i in range(SOCKETS):
            s = socket.socket(message.family_of(address), socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            s.connect((address, port))
            s.setblocking(False)
            self._sockets.append(s)
            self._selector.register(s, selectors.EVENT_READ, i)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._start = time.monotonic()
        self._thread.start()

    def _run(self):
        while not self._stop.is_set():
            with self.lock:
                if not self._stop.is_set():
                    self._send()
            self._receive(BATCH_SECONDS)

    def _send(self):
        now = time.monotonic()
        due = int((now - self._start) * self.rate) - len(self.sent)
        room = self.most - sum(map(len, self._pending))
        if due > room:  # what could not be sent in its time is not sent later
            due = room
            self._start = now - (len(self.sent) + due) / self.rate
        for _ in range(due):
            number = len(self.sent)
            to = number % SOCKETS
            identity = (number // SOCKETS) & 0xFFFF
            packet = struct.pack("!H", identity) + self.questions[number % len(self.names)]
            try:
                self._sockets[to].send(packet)
            except ConnectionRefusedError:
                continue  # the server has gone, and said so for an earlier packet
            self._pending[to][identity] = number
            self.sent.append(now)

    def _receive(self, seconds):
        end = time.monotonic() + seconds
        while True:
            for key, _ in self._selector.select(max(0, end - time.monotonic())):
                self._drain(key.data)
            if time.monotonic() >= end:
                return

    def _drain(self, which):
        for _ in range(64):
            try:
                data = self._sockets[which].recv(2048)
            except (BlockingIOError, ConnectionRefusedError):
                return
            number = self._pending[which].pop(data[0] << 8 | data[1], None)
            if number is None:
                self.strays.append(data)
            else:
                self.moments[number] = time.monotonic()
                self.answers[number] = self._outcome(data, self.questions[number % len(self.names)])

    @staticmethod
    def _outcome(data, question):
        if data[12 : 12 + len(question) - 10] != question[10:]:
            return "another question"
        try:
            reply = message.parse(data)
        except Exception as error:  # whatever is wrong with it, it is no good reply
            return f"unreadable: {error}"
        if reply.rcode == "NOERROR" and len(reply.answer) == 1:
            return reply.answer[0].text
        return reply.rcode

    def wait_for_answers(self, count):
        """Waits until so many of the queries that are sent from now on have been answered."""
        first = len(self.sent)
        wait_until(
            lambda: len(self.answered(range(first, len(self.sent)))) >= count,
            f"{count} answers",
            PATIENCE,
        )

    def wait_on_each_socket(self, good):
        """Waits until each socket has had a good answer to a query that is sent from now on.

        `good` takes the number of the query and its answer. The kernel always gives the queries of
        a socket to the same worker, so all of the workers that this end reaches answer well then.
        """
        first = len(self.sent)

        def all_good():
            numbers = self.answered(range(first, len(self.sent)))
            return len({n % SOCKETS for n in numbers if good(n, self.answers[n])}) == SOCKETS

        wait_until(all_good, "good answers on each socket", PATIENCE)

    def pause(self):
        """Sends no more, from the moment this returns; returns how many have been sent."""
        with self.lock:
            self._stop.set()
            return len(self.sent)

    def finish(self, seconds=30):
        """Sends no more and waits, at most so long, for the answers that are due."""
        self.pause()
        self._thread.join(10)
        end = time.monotonic() + seconds
        while any(self._pending) and time.monotonic() < end:
            self._receive(0.02)
        while ready := self._selector.select(0):  # also if this end stood still to the last
            for key, _ in ready:
                self._drain(key.data)
        for s in self._sockets:
            self.unread += datagrams_without_room(s)
            s.close()
        self._selector.close()

    def answered(self, numbers):
        """Those of the queries whose answers came and were read. lost() lets others pass."""
        return [n for n in numbers if n in self.answers]

    def lost(self, before=None):
        """Numbers of the queries, of the first `before`, that have no answer; none of them if all
        may be among those whose answers came, but found no room at this end. What finds no room at
        the server's is lost."""
        numbers = range(len(self.sent) if before is None else before)
        unanswered = [n for n in numbers if n not in self.answers]
        return unanswered if len(unanswered) > self.unread else []
