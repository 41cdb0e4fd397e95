"""A terminal to run programs on, as a person would."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from typing import Self

TIMEOUT_S = 30


class Terminal:
    """A program on a terminal of its own; a context manager that stops it as Ctrl-C does."""

    def __init__(self, *words: str) -> None:
        self.text = ""
        self._file, inner = pty.openpty()
        command = [sys.executable, "-m", "countermand", *words]
        self._process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner)
        os.close(inner)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def read_until(self, text: str) -> str:
        """Return all that was shown, once `text` is in it."""
        end = time.monotonic() + TIMEOUT_S
        while text not in self.text:
            assert time.monotonic() < end, self.text
            assert self._read(), self.text
        return self.text

    def stop(self) -> int:
        """Press Ctrl-C; return the exit code. Idempotent."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            while self._read():
                pass
        code = self._process.wait(TIMEOUT_S)
        if self._file:
            os.close(self._file)
            self._file = 0
        return code

    def _read(self) -> bool:
        if not select.select([self._file], [], [], TIMEOUT_S)[0]:
            return False
        try:
            shown = os.read(self._file, 65_536)
        except OSError:  # what Linux answers once nothing has the terminal open
            return False
        self.text += shown.decode()
        return bool(shown)
