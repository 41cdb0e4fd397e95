"""
Secrets: from where a profile says they are. Nothing here is printed, logged or kept.

A field is its text, or where to get it:

    { env = "NAME" }        a variable of the environment
    { command = "…" }       what a command prints, a password manager's say; no shell is involved
    { file = "PATH" }       a file that its owner alone can read
"""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from countermand.cli.exits import Code, Stop

# A password manager may ask its user something.
COMMAND_TIMEOUT_S = 120

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def secret(told: Any, what: str) -> str:
    """Return the secret called `what`. Raises Stop, which names it and never shows it."""
    if isinstance(told, str):
        return told
    if is_source(told):
        [(kind, source)] = told.items()
        return _SOURCES[kind](source, what)
    raise Stop(Code.ASKED_WRONGLY, f"{what} is neither text nor one of {_KINDS}")


def is_source(told: Any) -> bool:
    """Whether a table says where a secret is."""
    return isinstance(told, dict) and len(told) == 1 and next(iter(told)) in _SOURCES


def private_text(path: Path) -> str:
    """Return what is in a file that its owner alone can read. Raises Stop for any other."""
    try:
        with path.open("rb") as opened:
            seen = os.fstat(opened.fileno())
            if not stat.S_ISREG(seen.st_mode) or seen.st_uid not in (os.geteuid(), 0):
                raise Stop(Code.ASKED_WRONGLY, f"{path} is not a file of this user's")
            if seen.st_mode & _OTHERS:
                raise Stop(Code.ASKED_WRONGLY, f"others can read {path}: chmod 600 {path}")
            return opened.read().decode()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise Stop(Code.ASKED_WRONGLY, f"{path}: {why}") from None


def _from_env(name: Any, what: str) -> str:
    if not isinstance(name, str) or not os.environ.get(name):
        raise Stop(Code.ASKED_WRONGLY, f"{what}: no {name} in the environment")
    return os.environ[name]


def _from_command(command: Any, what: str) -> str:
    words = shlex.split(command) if isinstance(command, str) else command
    if not isinstance(words, list) or not words or not all(isinstance(w, str) for w in words):
        raise Stop(Code.ASKED_WRONGLY, f"{what}: a command is a line or a list of words")
    try:
        # The command's stderr goes to the user; its stdout is the secret.
        done = subprocess.run(  # noqa: S603  (the user's own words, from the user's own file)
            words, stdout=subprocess.PIPE, timeout=COMMAND_TIMEOUT_S, check=False
        )
        text = done.stdout.decode().rstrip("\r\n")
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise Stop(Code.ASKED_WRONGLY, f"{what}: {words[0]}: {why}") from None
    if done.returncode or not text:
        how = f"ended with {done.returncode}" if done.returncode else "printed nothing"
        raise Stop(Code.ASKED_WRONGLY, f"{what}: {words[0]} {how}")
    return text


def _from_file(path: Any, what: str) -> str:
    if not isinstance(path, str):
        raise Stop(Code.ASKED_WRONGLY, f"{what}: a file is named by its path")
    return private_text(Path(path).expanduser()).rstrip("\r\n")


_SOURCES: dict[str, Callable[[Any, str], str]] = {
    "env": _from_env,
    "command": _from_command,
    "file": _from_file,
}
_KINDS = ", ".join(f"{{ {kind} = … }}" for kind in _SOURCES)
