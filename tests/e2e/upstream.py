"""A resolver of its own for a test: Unbound on loopback, with records that the test gives."""

import unbound

LINES = """
    module-config: "iterator"
    local-zone: "." static
{records}
"""

available = unbound.available


class Upstream:
    """`records` are lines such as "lb.example.net. 2 IN A 192.0.2.1"."""

    def __init__(self, folder, records=()):
        self.unbound = unbound.Unbound(folder, "upstream")
        self.port = self.unbound.port
        if records:
            self.start(records)

    def start(self, records):
        lines = "\n".join(f'    local-data: "{record}"' for record in records)
        self.unbound.start(LINES.format(records=lines), ".")
        return self

    def stop(self):
        self.unbound.stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
