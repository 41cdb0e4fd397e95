"""
Run a command against an exchange of its own, and end with its exit code.

    python -m countermand.testing [--venue NAME ...] [--world FILE] [--now TIME] [--seed N] -- CMD

CMD finds where everything is in its environment: COUNTERMAND_CONTROL_URL, and for each venue a URL,
COUNTERMAND_NAME_URL. What an operator may do is asked of the control port.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from countermand.app.config import ConfigError
from countermand.testing.exchange import Exchange
from countermand.world import WorldError

# As a shell says that there is no such command.
_NOT_FOUND = 127


def main(arguments: Sequence[str]) -> int:
    """Run it and return the exit code: the command's own, 2 when it was asked wrongly."""
    asked = _parsed(arguments)
    try:
        exchange = Exchange(*asked.venue, world=asked.world, now=asked.now, seed=asked.seed)
    except (ConfigError, WorldError, ValueError) as error:
        sys.stderr.write(f"countermand: {error}\n")
        return 2
    with exchange:
        return _run(asked.command, os.environ | exchange.environment())


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m countermand.testing", description="Run a command against an exchange of its own."
    )
    parser.add_argument(
        "--venue", action="append", default=[], help="Serve this one only; may be repeated."
    )
    parser.add_argument("--world", type=Path, help="World to found, in TOML. Default: the demo's.")
    parser.add_argument("--now", help="Let the clock stand still at this time (RFC 3339, UTC).")
    parser.add_argument("--seed", type=int, help="Let ids and keys be the same in every run.")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- CMD", help="What to run.")
    asked = parser.parse_args(arguments)
    if asked.command[:1] == ["--"]:
        del asked.command[0]
    if not asked.command:
        parser.error("a command to run is needed, behind --")
    return asked


def _run(command: list[str], environment: dict[str, str]) -> int:
    try:
        running = subprocess.Popen(command, env=environment)  # noqa: S603  (it is what is asked)
    except OSError as error:
        sys.stderr.write(f"countermand: cannot run {command[0]}: {error.strerror}\n")
        return _NOT_FOUND
    # The terminal's Ctrl-C reaches the command too: how that ends is for it to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: running.terminate())
    code = running.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
