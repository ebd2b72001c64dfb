"""Fixtures of the end-to-end tests; see server.py for the server itself."""

import pathlib
import shutil
import sys
import tempfile

import pytest
import server

FIXTURES = pathlib.Path(__file__).parent / "fixtures"
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))  # what all tests share


class Servers:
    """Starts servers, each in a folder of its own below one root, and stops them at the end."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="signpost-e2e-"))
        self.root.chmod(0o755)
        self.running = []
        self.last_words = None  # the logs, once the folder is gone

    def __call__(self, corefile, *arguments, fixtures=(), files=None, **options):
        files = dict(files or {})
        for name in fixtures:
            files[name] = (FIXTURES / name).read_text(encoding="utf-8")
        folder = self.root / str(len(self.running))
        started = server.Server(folder, corefile, *arguments, files=files, **options)
        self.running.append(started)
        return started

    def logs(self):
        if self.last_words is not None:
            return self.last_words
        return "\n".join(f"--- {s.out}\n{s.log()}" for s in self.running)

    def close(self):
        try:
            for started in self.running:
                started.stop()
        finally:
            for started in self.running:
                started.kill()
            self.last_words = self.logs()
            shutil.rmtree(self.root, ignore_errors=True)


def _servers(request):
    servers = Servers()
    request.node.servers = servers
    yield servers
    servers.close()


@pytest.fixture
def serve(request):
    """serve(corefile, *flags, fixtures=names, files=texts): a server, stopped after the test."""
    yield from _servers(request)


@pytest.fixture(scope="module")
def serve_module(request):
    """The same for all tests of a file."""
    yield from _servers(request)


@pytest.fixture
def folder():
    """A folder that any user may read, with the fixtures in it, for runs that start no server."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="signpost-e2e-"))
    path.chmod(0o755)
    shutil.copytree(FIXTURES, path, dirs_exist_ok=True)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure shows what the servers of the test, and of its file, have printed."""
    report = (yield).get_result()
    if report.failed:
        for node in item.listchain():
            if servers := getattr(node, "servers", None):
                report.sections.append(("servers", servers.logs()[-20000:]))


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes several seconds by its nature")
