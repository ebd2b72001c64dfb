"""Endpoints that the server under test probes: good ones, and ones that misbehave."""

import http.server
import pathlib
import socket
import ssl
import subprocess
import tempfile
import threading
import time

from ports import free_port


class Endpoint:
    """Listens on a port of its own while it is up; the port stays the same when it comes back.

    Each connection is handled by `handle`, in a thread.
    """

    def __init__(self):
        self.port = free_port()
        self.connections = 0
        self._stop = threading.Event()
        self._listener = self._thread = None

    def up(self):
        self._stop.clear()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self._listener.settimeout(0.05)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def down(self):
        if self._listener:
            self._stop.set()
            self._thread.join(10)
            self._listener.close()
            self._listener = None

    def __enter__(self):
        return self.up()

    def __exit__(self, *_):
        self.down()

    def _accept(self):
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.settimeout(10)
        with connection:
            try:
                self.handle(connection)
            except OSError:
                pass  # the prober has hung up, which is its right

    def handle(self, connection):
        """A plain TCP endpoint: takes the connection and waits for its end."""
        connection.recv(1)


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(4096)
        if not more:
            break
        data += more
    return data.decode("latin-1")


class HttpEndpoint(Endpoint):
    """Answers every GET with `status` and `body`, which may be changed at any time; with the first
    of `next_statuses` as long as there is one."""

    def __init__(self, status=200, body=b"all is well\n", headers=""):
        super().__init__()
        self.status, self.body, self.headers = status, body, headers
        self.next_statuses = []
        self.requests = []

    def handle(self, connection):
        self.requests.append(read_request(connection))
        status = self.next_statuses.pop(0) if self.next_statuses else self.status
        phrase = http.server.BaseHTTPRequestHandler.responses.get(status, ("Odd",))[0]
        head = (
            f"HTTP/1.1 {status} {phrase}\r\nContent-Length: {len(self.body)}\r\n"
            f"{self.headers}Connection: close\r\n\r\n"
        )
        connection.sendall(head.encode() + self.body)


class TlsEndpoint(HttpEndpoint):
    """The same over TLS, with a certificate that nobody has signed."""

    def __init__(self, name="localhost"):
        super().__init__()
        self.names = []  # server names that clients have asked for
        with tempfile.TemporaryDirectory() as folder:
            self._make_context(pathlib.Path(folder), name)

    def _make_context(self, folder, name):
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            + ["-nodes", "-days", "2", "-subj", "/CN=" + name]
            + ["-keyout", str(key), "-out", str(certificate)],
            check=True,
            capture_output=True,
            timeout=30,
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.context.sni_callback = lambda _socket, asked, _context: self.names.append(asked)

    def handle(self, connection):
        with self.context.wrap_socket(connection, server_side=True) as wrapped:
            super().handle(wrapped)


class EndlessBody(Endpoint):
    """Status 200 and a body that does not end."""

    def handle(self, connection):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while not self._stop.is_set():
            connection.sendall(b"x" * 16384)


class SlowHeader(Endpoint):
    """A byte of the header now and then, never all of it."""

    def handle(self, connection):
        read_request(connection)
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Patience: yes\r\n" * 1000:
            if self._stop.is_set():
                break
            connection.sendall(bytes([byte]))
            time.sleep(0.2)


class Mute(Endpoint):
    """Takes the request and says nothing."""

    def handle(self, connection):
        read_request(connection)
        self._stop.wait(30)


class EndlessHeader(Endpoint):
    """Header fields without end, as fast as they are taken."""

    def handle(self, connection):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not self._stop.is_set():
            connection.sendall(b"X-More: " + b"y" * 1000 + b"\r\n")


class Babble(Endpoint):
    """No HTTP at all."""

    def handle(self, connection):
        read_request(connection)
        connection.sendall(b"220 mail.example.com ESMTP\r\n")


class HangUp(Endpoint):
    """Closes the connection without a word."""

    def handle(self, connection):
        read_request(connection)
