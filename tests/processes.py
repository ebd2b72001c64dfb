"""Processes that tests and their tools start."""

import subprocess


def end(process, patience=10):
    """Ends a process as an operator would; by force if it is still there `patience` seconds later.

    One that has ended already, or None, is left as it is.
    """
    if process is None:
        return
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
