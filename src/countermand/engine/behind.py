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
    """The record of a snapshot that was left, and of the one that the process began with."""

    seq: int
    from_seq: int


# Told of each snapshot that was left, and at the end, with None, or why the process failed.
OnLeft = Callable[[Left], object]
OnEnd = Callable[[str | None], object]


class Behind:
    """One run of the process. It ends by itself, when it is stopped, or with this process."""

    def __init__(self, directory: Path, every: int, on_left: OnLeft, on_end: OnEnd) -> None:
        """
        Start it, to go on once the journal has got so many entries further.

        Both are called on another thread, and not after `stop`.
        """
        self._directory, self._every = directory.absolute(), every
        self._on_left, self._on_end = on_left, on_end
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
        # Nothing is ever written to it: its end tells the process that this one is gone.
        its_stdin, ours = os.pipe()
        try:
            reason = self._follow(its_stdin)
        except OSError as error:
            reason = f"{sys.executable} cannot be run: {error.strerror}"
        finally:
            os.close(its_stdin)
            os.close(ours)
        if not self._is_stopped:
            self._on_end(reason)

    def _follow(self, its_stdin: int) -> str | None:
        process, last = self._start(its_stdin), ""
        if process is None or process.stdout is None:
            return None
        with process:
            for line in process.stdout:
                last = line.decode(errors="replace").strip() or last
                seq, _, from_seq = last.partition(" ")
                if seq.isdecimal() and from_seq.isdecimal():
                    last = ""
                    if not self._is_stopped:
                        self._on_left(Left(int(seq), int(from_seq)))
        code = process.returncode
        return (last or f"the process that makes it ended with {code}") if code else None

    def _start(self, its_stdin: int) -> subprocess.Popen[bytes] | None:
        with self._changing:
            if self._is_stopped:
                return None
            self._process = subprocess.Popen(  # noqa: S603 -- our own
                # -P: what lies in the folder it is started in is not ours to import.
                [sys.executable, "-P", "-m", MODULE, str(self._directory), str(self._every)],
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
