"""Runs one program until standard input ends, so that it never outlives who started it, even if killed.

Run as a script of its own: `supervisor.py FOLDER SIGNAL UID:GID PROGRAM ARGUMENTS…`, with `-` for the user
who runs it. It removes FOLDER when standard input has ended.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

PATIENCE_S = 10


def main(folder: Path, how: signal.Signals, user: str, command: list[str]) -> None:
    """Start it and wait for one of both: the program to end, or standard input to."""
    uid, _, gid = user.partition(":")
    child = subprocess.Popen(  # noqa: S603 - what our own parent says
        command,
        stdin=subprocess.DEVNULL,
        user=int(uid) if gid else None,
        group=int(gid) if gid else None,
        extra_groups=[] if gid else None,
    )

    left = threading.Event()

    def ended() -> None:
        code = child.wait()
        if left.is_set():  # else whoever started us is there, and wants to read what was written
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(code if code >= 0 else 128 - code)

    waiting = threading.Thread(target=ended)
    waiting.start()
    signal.signal(signal.SIGTERM, _leave)
    try:
        os.read(0, 1)
    finally:
        left.set()
        child.send_signal(how)
        waiting.join(PATIENCE_S)
        child.kill()


def _leave(*_: object) -> None:
    sys.exit()


if __name__ == "__main__":
    main(Path(sys.argv[1]), signal.Signals(int(sys.argv[2])), sys.argv[3], sys.argv[4:])
