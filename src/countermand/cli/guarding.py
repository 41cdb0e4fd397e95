"""
Guarding: one program in a session of its own, watched until it ends or stops calling home.

It calls home by touching a file or by writing a line to a pipe; its environment says which.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from msgspec import Struct

from countermand.cli.descendants import Descendants, send
from countermand.cli.exits import Code, Stop

HOME, HOME_FD = "COUNTERMAND_HOME_FILE", "COUNTERMAND_HOME_FD"

# The signals that are passed on to the program, and those of them that ask it to end.
PASSED_ON = (
    signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2,
)  # fmt: skip
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

_LOOK_S = 0.05


class Ended(Struct, frozen=True, kw_only=True):
    """
    How a guarded program ended.

    Shape:  `how` is exit, signal, asked (a signal that was passed on asked it to) or silent;
            `code` its exit code, below 0 by a signal, None where that is not known; `left` the
            processes that did not end.
    """

    how: str
    code: int | None
    left: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """Return it as people say it."""
        said = {
            "exit": f"ended with {self.code}",
            "signal": f"was ended by signal {-(self.code or 0)}",
            "asked": "was asked to end",
            "silent": "stopped calling home",
        }[self.how]
        return f"{said}; still there: {', '.join(map(str, self.left))}" if self.left else said


class Guarded:
    """A program that runs. `deadline_s` of 0 is for one that need not call home."""

    def __init__(self, command: Sequence[str], deadline_s: float, home: Path) -> None:
        self._deadline_s, self._home = deadline_s, home
        home.touch(mode=0o600)
        self._pipe, written = os.pipe()
        os.set_blocking(self._pipe, False)
        self._all = Descendants()
        environment = os.environ | {HOME: str(home), HOME_FD: str(written)}
        try:
            self._process = subprocess.Popen(  # noqa: S603  (it is what was asked for)
                command, start_new_session=True, pass_fds=(written,), env=environment
            )
        except OSError as error:
            os.close(self._pipe)
            raise Stop(Code.ASKED_WRONGLY, f"{command[0]}: {error.strerror}") from None
        finally:
            os.close(written)
        self.group = self._process.pid
        self._touched, self._called_s = self._stamp(), time.monotonic()
        self._all.group = self.group
        self._asked_s: float | None = None
        self.is_over = False

    def pass_on(self, number: int) -> None:
        """Pass a signal on to the program's group."""
        if self.is_over:
            return
        if number in ENDING and self._asked_s is None:
            self._asked_s = time.monotonic()
        send(-self.group, number)

    def watch(self, grace_s: float) -> str:
        """Return how it ended, `silent` for one that runs on; one that is asked to has time."""
        while True:
            self._all.reap()
            self._hear()
            now_s = time.monotonic()
            if self.group in self._all.ended:
                if self._asked_s is not None:
                    return "asked"
                return "signal" if self._all.ended[self.group] < 0 else "exit"
            if self._asked_s is not None and now_s - self._asked_s >= grace_s:
                return "asked"
            if self._deadline_s and now_s - self._called_s >= self._deadline_s:
                return "silent"

    def end(self, how: str, grace_s: float) -> Ended:
        """End the processes that are left, and return how the program ended."""
        self.is_over = True
        left = self._all.end(0 if how == "asked" else grace_s)
        self._all.release()
        # It was reaped here, and not by who started it.
        code = self._process.returncode = self._all.ended.get(self.group)
        with suppress(OSError):
            os.close(self._pipe)
        return Ended(how=how, code=code, left=tuple(sorted(left)))

    def _hear(self) -> None:
        # Signals and ends of children wake it early; a touch of the file is looked for.
        try:
            ready, _, _ = select.select([self._pipe], [], [], _LOOK_S)
            told = os.read(self._pipe, 65536) if ready else b""
        except (InterruptedError, BlockingIOError):
            told = b""
        else:
            if ready and not told:
                time.sleep(_LOOK_S)  # closed at the other end: it is readable for ever
        stamp = self._stamp()
        if b"\n" in told or stamp != self._touched:
            self._touched, self._called_s = stamp, time.monotonic()

    def _stamp(self) -> int:
        try:
            return self._home.stat().st_mtime_ns
        except OSError:
            return 0


@contextmanager
def guarded(command: Sequence[str], deadline_s: float) -> Iterator[Guarded]:
    """
    Run a program, with signals passed on to it until it is ended; after that they do nothing, so
    that what follows in the context is not interrupted. Raises Stop when it cannot be run.
    """
    programs: list[Guarded] = []
    early: list[int] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        del frame
        early.extend([] if programs else [number])
        for program in programs:
            program.pass_on(number)

    with _handling(pass_on), tempfile.TemporaryDirectory(prefix="countermand-guard-") as folder:
        program = Guarded(command, deadline_s, Path(folder, "home"))
        programs.append(program)
        try:
            for number in early:
                program.pass_on(number)
            yield program
        finally:
            if not program.is_over:
                program.end("silent", 0)  # the guard itself failed, and guards it no more


@contextmanager
def _handling(pass_on: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Handle the signals that are passed on, and put back the former handlers at the end."""

    def ignore(number: int, frame: FrameType | None) -> None:
        # A guard that is stopped guards nothing.
        del number, frame

    handlers = dict.fromkeys(PASSED_ON, pass_on) | {signal.SIGTSTP: ignore}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
