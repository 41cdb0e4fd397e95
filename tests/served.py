"""A server as anyone would start it: a process of its own, found by its ready line."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from countermand.venues import VENUES

START_TIMEOUT_S = 30

_QUOTES = re.compile(r"^orders = \[$.*?^\]$", re.MULTILINE | re.DOTALL)


def demo_text(name: str) -> str:
    """Return the demo world of a venue as a file says it, without the quotes that rest in it."""
    return _QUOTES.sub("", files(VENUES[name].package).joinpath("demo.toml").read_text())


class Served:
    """A running `countermand serve`; a context manager that stops it."""

    @classmethod
    def with_empty_books(cls, name: str) -> Self:
        """Serve the demo world of one venue without the quotes that rest in it."""
        with tempfile.TemporaryDirectory() as folder:
            world = Path(folder, "world.toml")
            world.write_text(demo_text(name))
            return cls(None, "--venue", name, "--world", str(world))

    def __init__(
        self, data: Path | None, *arguments: str, file_bytes_max: int | None = None
    ) -> None:
        command = [sys.executable, "-m", "countermand", "serve", "--json", "--port", "0"]
        command += ["--ephemeral"] if data is None else ["--data", str(data)]
        if file_bytes_max is not None:
            # The shell's limit is in blocks of 1,024 bytes and is what a full disk looks like.
            limit = f'ulimit -f {file_bytes_max // 1024}; exec "$0" "$@"'
            command = ["bash", "-c", limit, *command]
        self.process = subprocess.Popen(
            [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait(START_TIMEOUT_S)
            raise RuntimeError(f"exit {code}: {self._rest_of_stderr()}")
        self.ready: dict[str, Any] = json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def venue(self, name: str) -> dict[str, Any]:
        """Return what the ready line says of a venue."""
        return dict(self.ready["venues"][name])

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self._reap()

    def stop(self) -> tuple[int, str]:
        """Stop it as an operator would; return its exit code and what it logged."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self._reap()

    def _reap(self) -> tuple[int, str]:
        code = self.process.wait(START_TIMEOUT_S)
        logged = self._rest_of_stderr()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code, logged

    def _rest_of_stderr(self) -> str:
        if self.process.stderr is None or self.process.stderr.closed:
            return ""
        return self.process.stderr.read().decode()


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `serve` with arguments it is expected to refuse."""
    command = [sys.executable, "-m", "countermand", "serve", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
