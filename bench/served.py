"""The servers that are loaded, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from countermand.venues import VENUES

HERE = Path(__file__).parents[1]


class _Process:
    """A process of ours."""

    _process: subprocess.Popen[bytes]

    @property
    def processor_s(self) -> float:
        """The processor time its threads have taken, in the kernel's own nanoseconds."""
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    @property
    def resident_bytes(self) -> int:
        """The memory it holds."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


class Server(_Process):
    """A served exchange, run as anyone would run it."""

    def __init__(self, venues: tuple[str, ...], *options: str) -> None:
        command = [sys.executable, "-m", "countermand", "serve", "--json", "--port", "0"]
        command += [option for venue in venues for option in ("--venue", venue)]
        self._process = subprocess.Popen(  # noqa: S603 -- our own
            [*command, "--log-level", "error", *options],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(HERE / "src")},
        )
        assert self._process.stdout is not None
        self.ready = json.loads(self._process.stdout.readline())

    def venue(self, name: str) -> dict[str, Any]:
        """Return what the ready line says of a venue."""
        venue: dict[str, Any] = self.ready["venues"][name]
        return venue

    def stop(self) -> None:
        """Stop it as an operator would. Idempotent."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.communicate(timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        # A slice that failed must not leave a server behind.
        self.stop()


class Empty(_Process):
    """The yardstick: uvicorn answering an empty 200."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.empty"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=HERE,
        )
        assert self._process.stdout is not None
        self.address = ("127.0.0.1", int(self._process.stdout.readline()))
        self.request = b"GET / HTTP/1.1\r\nhost: 127.0.0.1:%d\r\n\r\n" % self.address[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.communicate()


def address_of(base_url: str) -> tuple[str, int]:
    """Return where a venue is served."""
    parts = urlsplit(base_url)
    return str(parts.hostname), int(parts.port or 80)


def world_with(venue: str, settings: Mapping[str, int]) -> str:
    """Return the demo world of a venue with other settings."""
    demo = files(VENUES[venue].package).joinpath("demo.toml").read_text()
    head = f"[{venue}.settings]\n"
    assert head in demo
    return demo.replace(head, head + "".join(f"{key} = {n}\n" for key, n in settings.items()))
