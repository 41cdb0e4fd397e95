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
from typing import Annotated, Any

import msgspec
import typer
from msgspec.structs import replace

from countermand import logs
from countermand.announce import Announcement, announced
from countermand.app import CONNECTIONS_MAX, STREAM_BYTES_MAX, App, Config, ConfigError, Ready
from countermand.cli import collecting, needs, progress
from countermand.cli.failing import fail
from countermand.engine.errors import Damaged, JournalError, KeptDamaged, Lost
from countermand.engine.sequencer import IntakeStopped
from countermand.world import WorldError

log = logging.getLogger(__name__)

# Events of a start that a terminal is told of in other words.
_SHOWN = ("recovered", "founded", "ready")

# The exchange met a bug and stopped before it could answer wrongly (BSD's EX_SOFTWARE).
EXIT_BUG = 70

# Where everything is kept unless said otherwise.
DATA = Path("countermand-data")

# The venues' ports follow the control port.
PORT_MAX = 65_530


def serve(
    data: Annotated[
        Path | None, typer.Option(help=f"Directory that keeps everything. Default: {DATA}.")
    ] = None,
    ephemeral: Annotated[bool, typer.Option("--ephemeral", help="Keep nothing.")] = False,
    host: Annotated[str, typer.Option(help="Address to bind.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Control port; venues on the next five. 0: any free ports.")
    ] = 8100,
    venue: Annotated[
        list[str] | None, typer.Option(help="Serve this venue only; may be repeated.")
    ] = None,
    world: Annotated[
        Path | None, typer.Option(help="World to found, in TOML. Default: the demo world.")
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain, PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Private key, PEM.")] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            help="Name this machine may be called by, beside loopback's; may be repeated."
        ),
    ] = None,
    control_token_file: Annotated[
        Path | None,
        typer.Option(
            help="File with the token an operator brings. Default: none on loopback, else one is "
            "made."
        ),
    ] = None,
    connections_max: Annotated[
        int, typer.Option(min=1, help="Connections to all venues together.")
    ] = CONNECTIONS_MAX,
    stream_bytes_max: Annotated[
        int, typer.Option(min=1024, help="Bytes a stream's client may leave unread.")
    ] = STREAM_BYTES_MAX,
    audit: Annotated[
        int,
        typer.Option(
            min=0, metavar="N", help="Open orders that are audited after each group; 0 for none."
        ),
    ] = 0,
    compact: Annotated[
        bool, typer.Option("--compact", help="Drop records that no start needs any more.")
    ] = False,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "info",
    log_format: Annotated[
        str, typer.Option(help="text, json, or auto: text on a terminal, else json.")
    ] = "auto",
    json: Annotated[bool, typer.Option("--json", help="Say ready in one line of JSON.")] = False,
) -> None:
    """Run the exchange: the venues' own APIs, over one durable exchange core."""
    if (tls_cert is None) != (tls_key is None):
        fail("--tls-cert and --tls-key go together", 2)
    if log_level not in ("debug", "info", "warning", "error"):
        fail(f"--log-level {log_level} is not one of debug, info, warning, error", 2)
    if log_format not in ("auto", "text", "json"):
        fail(f"--log-format {log_format} is not one of auto, text, json", 2)
    if not 0 <= port <= PORT_MAX:
        fail(f"--port {port} is not between 0 and {PORT_MAX}", 2)
    if ephemeral and data is not None:
        fail("--ephemeral keeps nothing, so --data does not go with it", 2)
    as_text = log_format == "text" or (log_format == "auto" and sys.stderr.isatty())
    logs.configure(log_level, as_text=as_text, left_out=_SHOWN if _is_for_people(json) else ())
    tls = (tls_cert, tls_key) if tls_cert and tls_key else None
    kept = None if ephemeral else data or DATA
    allowed = tuple(allow_host or ())
    config = Config(
        kept, host, port, tuple(venue or ()), world, tls, allowed, connections_max,
        control_token_file=control_token_file, compact=compact,
        stream_bytes_max=stream_bytes_max, audit_orders=audit,
    )  # fmt: skip
    try:
        _on_the_best_loop(_run(config, as_json=json))
    except (ConfigError, WorldError) as error:
        fail(str(error), 2)
    except (Damaged, KeptDamaged, Lost) as error:
        fail(f"{error}; `countermand journal repair {kept}` says what can be kept", 1)
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
            line = {"event": "ready", **msgspec.to_builtins(ready)}
            sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
            sys.stdout.flush()
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


def _is_for_people(as_json: bool) -> bool:
    return sys.stdout.isatty() and not as_json


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
