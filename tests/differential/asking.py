"""Puts many questions to several servers at once: UDP with a window, TCP pipelined.

Every wait has an end: a question that stays without a reply is repeated, and then given up (None).
"""

import selectors
import socket
import struct
import time

import wire

WINDOW = 90  # questions under way to one server
PATIENCE = 0.7  # seconds without any reply before questions are repeated
ATTEMPTS = 4


def ask_all(servers, questions):
    """For each question a list of what the servers replied, as bytes, in their order."""
    replies = [[None] * len(servers) for _ in questions]
    for tcp in (False, True):
        numbers = [i for i, q in enumerate(questions) if q.tcp == tcp]
        if not numbers:
            continue
        channels = []
        for column, server in enumerate(servers):
            make = _Stream if tcp else _Datagrams
            channels.append(make(server.port, column, numbers, questions, replies))
        _exchange(channels)
    return replies


def _exchange(channels):
    with selectors.DefaultSelector() as selector:
        for channel in channels:
            channel.open(selector)
        try:
            while any(channel.left for channel in channels):
                for key, _ in selector.select(0.1):
                    key.data.take()
                for channel in channels:
                    channel.tend()
        finally:
            for channel in channels:
                channel.close()


class _Channel:
    """Questions to one server over one transport."""

    def __init__(self, port, column, numbers, questions, replies):
        self.port, self.column = port, column
        self.questions, self.replies = questions, replies
        self.waiting = list(reversed(numbers))
        self.attempts = {}  # the numbers under way, and how often they were sent
        self.heard = time.monotonic()

    @property
    def left(self):
        return bool(self.waiting or self.attempts)

    def message(self, number):
        q = self.questions[number]
        return wire.query(number & 0xFFFF, q.name, q.rtype, q.flags, q.payload, q.dnssec_ok)

    def settle(self, reply):
        """Keeps a reply with the question that is under way under its number."""
        if len(reply) < 12:
            return
        (low,) = struct.unpack_from("!H", reply)
        for number in self.by_id.get(low, ()):
            if number in self.attempts:
                del self.attempts[number]
                self.replies[number][self.column] = reply
                self.heard = time.monotonic()
                return

    def start_more(self):
        while self.waiting and len(self.attempts) < WINDOW:
            number = self.waiting.pop()
            self.attempts[number] = 1
            self.send(number)

    def repeat(self):
        """Sends again what is still out, unless it was sent often enough."""
        for number in list(self.attempts):
            self.attempts[number] += 1
            if self.attempts[number] > ATTEMPTS:
                del self.attempts[number]
            else:
                self.send(number)
        self.heard = time.monotonic()

    def tend(self):
        self.start_more()
        if self.attempts and time.monotonic() > self.heard + PATIENCE:
            self.repeat()

    def open(self, selector):
        self.selector = selector
        self.by_id = {}
        for number in self.waiting:
            self.by_id.setdefault(number & 0xFFFF, []).append(number)
        self.connect()

    def connect(self):
        self.socket = socket.socket(socket.AF_INET, self.kind)
        self.socket.connect(("127.0.0.1", self.port))
        self.socket.setblocking(False)
        self.selector.register(self.socket, selectors.EVENT_READ, self)

    def close(self):
        self.selector.unregister(self.socket)
        self.socket.close()


class _Datagrams(_Channel):
    kind = socket.SOCK_DGRAM

    def send(self, number):
        try:
            self.socket.send(self.message(number))
        except (BlockingIOError, ConnectionRefusedError):
            pass  # it is repeated

    def take(self):
        while self.attempts:
            try:
                reply = self.socket.recv(65535)
            except (BlockingIOError, ConnectionRefusedError):
                return
            self.settle(reply)


class _Stream(_Channel):
    kind = socket.SOCK_STREAM

    def connect(self):
        self.unread = b""
        super().connect()

    def send(self, number):
        message = self.message(number)
        try:
            self.socket.sendall(struct.pack("!H", len(message)) + message)
        except (BlockingIOError, ConnectionError):
            pass

    def take(self):
        try:
            more = self.socket.recv(1 << 18)
        except BlockingIOError:
            return
        except ConnectionError:
            more = b""
        if not more:  # the server closed: what is out goes to a new connection
            self.close()
            self.connect()
            self.repeat()
            return
        self.unread += more
        while len(self.unread) >= 2:
            end = 2 + struct.unpack_from("!H", self.unread)[0]
            if len(self.unread) < end:
                break
            self.settle(self.unread[2:end])
            self.unread = self.unread[end:]
