"""
Descendants: all processes that come of one, also those that left its group or session, or whose
parents have ended.

On Linux this process adopts them (prctl PR_SET_CHILD_SUBREAPER), so that a descendant stays one
until its end. Elsewhere only the group is known. A process that another service starts for a
descendant (a job of cron or systemd, a container, a program on another machine) is that service's,
and is not found here.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_PROC = Path("/proc")

# The time for killed processes to end; one that waits for a disk ends no sooner.
KILL_TIMEOUT_S = 5.0
_LOOK_S = 0.01
_LOOKS_MAX = 20

# Where proc(5) has the number of threads, counted from the state.
_THREADS = 17


class Descendants:
    """
    All that comes of this process from now on, but for what came of it before.

    `group` is that of the first of them, once it is there.
    """

    def __init__(self) -> None:
        self.group = 0
        self.ended: dict[int, int] = {}
        self._before: set[int] = set()
        self._before = self.living()
        _adopt(yes=True)

    def release(self) -> None:
        """Adopt no more of them."""
        _adopt(yes=False)

    def living(self) -> set[int]:
        """Return those that run; where they cannot be told, the group if it has members."""
        if not _PROC.joinpath("self/stat").exists():
            return {self.group} if _has_members(self.group) else set()
        children: dict[int, list[int]] = {}
        for path in _PROC.iterdir():
            if path.name.isdigit() and (told := _parent(path)) is not None:
                children.setdefault(told, []).append(int(path.name))
        found: set[int] = set()
        left = [os.getpid()]
        while left:
            mine = [one for one in children.get(left.pop(), []) if one not in self._before]
            found.update(mine)
            left += mine
        return found

    def reap(self) -> None:
        """Take the ends of children, adopted ones too: exit codes, below 0 by a signal."""
        # Children from before are for the program above to await.
        which = self.group if self._before else -1
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(which, os.WNOHANG)
                if pid == 0:
                    break
                self.ended[pid] = os.waitstatus_to_exitcode(status)

    def end(self, grace_s: float) -> set[int]:
        """
        End all of them before this returns: they are asked to (SIGTERM), and killed after a grace.

        Return those that did not end: what may not be signaled, or hangs in the kernel.
        """
        send(-self.group, signal.SIGTERM)
        self._await(grace_s)
        until_s = time.monotonic() + KILL_TIMEOUT_S
        while self.living() and time.monotonic() < until_s:
            for pid in self._frozen():
                send(pid, signal.SIGKILL)
            send(-self.group, signal.SIGKILL)
            self._await(_LOOK_S)
        return self.living()

    def _frozen(self) -> set[int]:
        # A stopped process starts no more children while the others are looked for.
        seen: set[int] = set()
        for _ in range(_LOOKS_MAX):
            now = self.living()
            if now <= seen:
                break
            for pid in now - seen:
                send(pid, signal.SIGSTOP)
            seen |= now
        return seen

    def _await(self, for_s: float) -> None:
        until_s = time.monotonic() + for_s
        while True:
            is_over = not self.living() or time.monotonic() >= until_s
            self.reap()
            if is_over:
                return
            time.sleep(_LOOK_S)


def _adopt(*, yes: bool) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(yes), 0, 0, 0)


def send(pid: int, number: int) -> None:
    """Send a signal, to a group below 0, if it is there and may be signaled."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _parent(path: Path) -> int | None:
    # The name of a program may have spaces and parentheses in it. A zombie runs no more, unless
    # other threads than its first do; what it left has another parent already.
    try:
        fields = path.joinpath("stat").read_text().rpartition(")")[2].split()
    except (OSError, UnicodeDecodeError):
        return None
    is_over = fields[0] in "ZX" and int(fields[_THREADS]) <= 1
    return None if is_over else int(fields[1])


def _has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
