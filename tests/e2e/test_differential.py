"""A small fixed part of the differential proof (tests/differential/README.md): answers mean what
Knot DNS, NSD and BIND answer, or a listed rule says why not."""

import pathlib
import subprocess
import sys

import pytest
import server

TOOL = pathlib.Path(__file__).resolve().parents[1] / "differential" / "run.py"


@pytest.mark.parametrize("signed", [[], ["--signed"]], ids=["unsigned", "signed"])
def test_answers_like_other_servers(signed):
    sizes = ["--zones", "12", "--questions", "3000", "--batch", "12", "--seed", "189"]
    done = subprocess.run(
        [sys.executable, str(TOOL), "--signpost", server.binary(), *sizes, *signed],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert done.stdout.startswith("3000 questions about 12 zones\n")
