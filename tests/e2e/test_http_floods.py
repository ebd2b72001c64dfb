"""HTTP endpoints with clients that mean no good, and moved by a reload."""

import select
import socket

import clients
import ports
import pytest

COREFILE = "example.com:0 {{\n zone db.example.com\n ready {address}\n}}\n"


@pytest.fixture
def port():
    return ports.free_port()


def test_slow_clients_shut_nobody_out(serve, port):
    """200 clients that never finish a request, on an endpoint with room for 64."""
    serve(COREFILE.format(address=f"127.0.0.1:{port}"), fixtures=["db.example.com"])
    slow = []
    for i in range(200):
        slow.append(socket.create_connection(("127.0.0.1", port), 5))
        slow[-1].sendall(b"GET /rea")
        if i % 50 == 49:
            assert clients.curl(f"http://127.0.0.1:{port}/ready")[0] == 200
            newest = slow[-20:]
            assert (
                select.select(newest, [], [], 0)[0] == []
            ), "they have not been given up meanwhile"
    for s in slow:
        s.close()


def test_a_reload_moves_an_endpoint_within_its_port(serve, port):
    server = serve(COREFILE.format(address=f":{port}"), fixtures=["db.example.com"])
    for address in (f"127.0.0.1:{port}", f":{port}", f"127.0.0.1:{port}"):
        assert server.reload(COREFILE.format(address=address)), server.log()
        assert clients.curl(f"http://127.0.0.1:{port}/ready")[0] == 200
    assert clients.curl(f"http://127.0.0.2:{port}/ready")[0] == 0, "only where it is wanted"
