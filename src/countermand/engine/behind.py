"""
Behind: the engine's side of the process that replays behind it and leaves snapshots.

A thread starts it and waits for it, so that the event loop does neither.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread
from typing import NamedTuple

MODULE = "countermand.engine.replayer"

# Where this package is found, for the process to find it there too.
_SOURCE = Path(__file__).parents[2]


class Left(NamedTuple):
    """
    The record of the snapshot that was left, and of the one it was made from; or why none was.
    """

    seq: int = 0
    from_seq: int = 0
    reason: str = ""


Done = Callable[[Left], object]


class Behind:
    """One run of the process. It ends by itself, when it is stopped, or with this process."""

    def __init__(self, directory: Path, done: Done) -> None:
        """Start it; `done` is called on another thread, and not after `stop`."""
        self._directory, self._done = directory, done
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped, self._changing = False, Lock()
        self._thread = Thread(target=self._run, name="countermand-snapshot", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it and return once it has ended. Idempotent."""
        with self._changing:
            self._is_stopped = True
            if self._process is not None:
                self._process.kill()
        self._thread.join()

    def wait(self) -> None:
        """Return once it has ended by itself."""
        self._thread.join()

    def _run(self) -> None:
        try:
            left = self._outcome()
        except OSError as error:
            left = Left(reason=f"{sys.executable} cannot be run: {error.strerror}")
        if not self._is_stopped:
            self._done(left)

    def _outcome(self) -> Left:
        # Nothing is ever written to it: its end tells the process that this one is gone.
        its_stdin, ours = os.pipe()
        try:
            process = self._start(its_stdin)
            if process is None:
                return Left()
            told, _ = process.communicate()
        finally:
            os.close(its_stdin)
            os.close(ours)
        *_, last = ["", *told.decode(errors="replace").strip().splitlines()]
        if process.returncode == 0:
            seq, from_seq = map(int, last.split())
            return Left(seq, from_seq)
        return Left(reason=last or f"the process that makes it ended with {process.returncode}")

    def _start(self, its_stdin: int) -> subprocess.Popen[bytes] | None:
        with self._changing:
            if self._is_stopped:
                return None
            self._process = subprocess.Popen(  # noqa: S603 -- our own
                # -P: what lies in the folder it is started in is not ours to import.
                [sys.executable, "-P", "-m", MODULE, str(self._directory.absolute())],
                stdin=its_stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONPATH": _path()},
                # Ctrl-C is the engine's to answer.
                process_group=0,
            )
            return self._process


def _path() -> str:
    return os.pathsep.join(filter(None, (str(_SOURCE), os.environ.get("PYTHONPATH"))))
