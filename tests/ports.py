"""Loopback ports for what tests and their tools start."""

import random
import socket

_given = set()


def free_port():
    """A port that is free for TCP and UDP, of those that the kernel gives to nobody by itself.

    So no client's socket takes it meanwhile, and it stays free unless a server is set up on it. No
    port is given twice in a run.
    """
    while True:
        port = random.randrange(10240, 32768)
        if port in _given:
            continue
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
