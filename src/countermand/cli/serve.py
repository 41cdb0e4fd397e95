"""`countermand serve`: run the exchange until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import typer
from msgspec.structs import replace

from countermand import logs
from countermand.announce import Announcement, announced
from countermand.app import CONNECTIONS_MAX, STREAM_BYTES_MAX, App, Config, ConfigError, Ready
from countermand.cli import collecting, needs, progress
from countermand.cli import serve_options as options
from countermand.cli.failing import fail
from countermand.engine.errors import Damaged, JournalError, KeptDamaged, Lost
from countermand.engine.sequencer import IntakeStopped
from countermand.world import WorldError

log = logging.getLogger(__name__)

# Events of a start that a terminal is told of in other words.
_SHOWN = ("recovered", "founded", "ready")

# The exchange met a bug and stopped before it could answer wrongly (BSD's EX_SOFTWARE).
EXIT_BUG = 70

# The venues' ports follow the control port.
PORT_MAX = 65_530


def serve(
    data: options.Data = None,
    ephemeral: options.Ephemeral = False,
    host: options.Host = "127.0.0.1",
    port: options.Port = 8100,
    venue: options.Venues = None,
    world: options.World = None,
    tls_cert: options.TlsCert = None,
    tls_key: options.TlsKey = None,
    allow_host: options.AllowHost = None,
    control_token_file: options.ControlTokenFile = None,
    connections_max: options.ConnectionsMax = CONNECTIONS_MAX,
    stream_bytes_max: options.StreamBytesMax = STREAM_BYTES_MAX,
    audit: options.Audit = 0,
    compact: options.Compact = False,
    log_level: options.LogLevel = "info",
    log_format: options.LogFormat = "auto",
    json: options.Json = False,
) -> None:
    """Run the exchange: the venues' own APIs, over one durable exchange core."""
    tls = _pair(tls_cert, tls_key)
    _check_words(log_level, log_format)
    _check_port(port)
    config = Config(
        _kept(data, ephemeral=ephemeral),
        host, port, tuple(venue or ()), world, tls, tuple(allow_host or ()), connections_max,
        control_token_file=control_token_file, compact=compact,
        stream_bytes_max=stream_bytes_max, audit_orders=audit,
    )  # fmt: skip
    _log(log_level, log_format, as_json=json)
    _serve(config, as_json=json)


def _pair(cert: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    if (cert is None) != (key is None):
        fail("--tls-cert and --tls-key go together", 2)
    return (cert, key) if cert and key else None


def _check_words(log_level: str, log_format: str) -> None:
    if log_level not in ("debug", "info", "warning", "error"):
        fail(f"--log-level {log_level} is not one of debug, info, warning, error", 2)
    if log_format not in ("auto", "text", "json"):
        fail(f"--log-format {log_format} is not one of auto, text, json", 2)


def _check_port(port: int) -> None:
    if not 0 <= port <= PORT_MAX:
        fail(f"--port {port} is not between 0 and {PORT_MAX}", 2)


def _kept(data: Path | None, *, ephemeral: bool) -> Path | None:
    if ephemeral and data is not None:
        fail("--ephemeral keeps nothing, so --data does not go with it", 2)
    return None if ephemeral else data or options.DATA


def _log(level: str, format_: str, *, as_json: bool) -> None:
    as_text = format_ == "text" or (format_ == "auto" and sys.stderr.isatty())
    is_for_people = sys.stdout.isatty() and not as_json
    logs.configure(level, as_text=as_text, left_out=_SHOWN if is_for_people else ())


def _serve(config: Config, *, as_json: bool) -> None:
    try:
        _on_the_best_loop(_run(config, as_json=as_json))
    except (ConfigError, WorldError) as error:
        fail(str(error), 2)
    except (Damaged, KeptDamaged, Lost) as error:
        fail(f"{error}; `countermand journal repair {config.data}` says what can be kept", 1)
    except (JournalError, IntakeStopped, OSError) as error:
        fail(str(error), 1)


def _on_the_best_loop(running: Coroutine[Any, Any, None]) -> None:
    # uvloop has no wheel for some platforms, Windows and Python's next version among them.
    try:
        import uvloop  # noqa: PLC0415  (loaded when it is needed)
    except ImportError:
        asyncio.run(running)
    else:
        uvloop.run(running)


async def _run(config: Config, *, as_json: bool) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stopping.set)
    collecting.pause()
    with progress.shown() as bars:
        app = App(replace(config, progress=bars.tell), on_fatal=lambda: os._exit(EXIT_BUG))
        ready = await app.start()
    with ExitStack() as stack:
        stack.callback(collecting.Collecting(lambda: app.generation).stop)
        is_announced = _announce(stack, ready)
        if as_json:
            _write(ready)
        elif is_announced and sys.stdout.isatty():
            _show_briefly(ready, config.data)
        else:
            _show_all(ready, config.data)
        await stopping.wait()
        await app.stop()


def _announce(stack: ExitStack, ready: Ready) -> bool:
    announcement = Announcement(os.getpid(), time.time_ns(), ready.control, ready.venues)
    try:
        stack.enter_context(announced(announcement))
    except OSError as error:
        log.warning("not announced to other programs", extra={"reason": str(error)})
        return False
    return True


def _write(ready: Ready) -> None:
    line = {"event": "ready", **msgspec.to_builtins(ready)}
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


def _show_all(ready: Ready, data: Path | None) -> None:
    needs.show(ready.venues)
    promise = "everything answered is kept" if data else "nothing is kept"
    typer.echo(f"control  {ready.control}   (Ctrl-C stops; {promise})")
    if ready.control_token_file is not None:
        typer.echo(f"token    {ready.control_token_file}")


def _show_briefly(ready: Ready, data: Path | None) -> None:
    """Say in a few lines where everything is, and how to learn the rest."""
    kept = f"everything answered is kept in {data}" if data else "nothing is kept"
    where = {name: venue["base_url"] for name, venue in ready.venues.items()}
    if ready.control_token_file is not None:
        where["token"] = ready.control_token_file
    where["control"] = f"{ready.control}   (Ctrl-C stops; {kept})"
    width = max(map(len, where))
    # None leaves it to the terminal; https://no-color.org
    color = False if os.environ.get("NO_COLOR") else None
    for name, url in where.items():
        typer.echo(f"{typer.style(f'{name:<{width}}', fg='cyan')}  {url}", color=color)
    users = dict.fromkeys(user for venue in ready.venues.values() for user in venue["accounts"])
    if users:
        ask = typer.style(f"{_this_command()} accounts {next(iter(users))}", bold=True)
        typer.echo(f"keys and accounts of {', '.join(users)}: {ask}", color=color)


def _this_command() -> str:
    """Return what calls this program from a shell."""
    if shutil.which("countermand"):
        return "countermand"
    called = Path(sys.argv[0])
    return str(called) if called.name == "countermand" else f"{sys.executable} -m countermand"
