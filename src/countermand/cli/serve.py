"""`countermand serve`: run the exchange until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from countermand import logs
from countermand.app import CONNECTIONS_MAX, App, Config, ConfigError, Ready
from countermand.engine.errors import Damaged, JournalError, KeptDamaged, Lost
from countermand.engine.sequencer import IntakeStopped
from countermand.world import WorldError

# The exchange met a bug and stopped before it could answer wrongly (BSD's EX_SOFTWARE).
EXIT_BUG = 70

# Where everything is kept unless said otherwise.
DATA = Path("countermand-data")

# The venues' ports follow the control port.
PORT_MAX = 65_530

# Orders are long-lived and few of them are cyclic: collect the young often enough, the old rarely.
GC_THRESHOLDS = (50_000, 20, 100)


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
    connections_max: Annotated[
        int, typer.Option(min=1, help="Connections to all venues together.")
    ] = CONNECTIONS_MAX,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "info",
    json: Annotated[bool, typer.Option("--json", help="Say ready in one line of JSON.")] = False,
) -> None:
    """Run the exchange: the venues' own APIs, over one durable exchange core."""
    if (tls_cert is None) != (tls_key is None):
        _fail("--tls-cert and --tls-key go together", 2)
    if log_level not in ("debug", "info", "warning", "error"):
        _fail(f"--log-level {log_level} is not one of debug, info, warning, error", 2)
    if not 0 <= port <= PORT_MAX:
        _fail(f"--port {port} is not between 0 and {PORT_MAX}", 2)
    if ephemeral and data is not None:
        _fail("--ephemeral keeps nothing, so --data does not go with it", 2)
    logs.configure(log_level)
    tls = (tls_cert, tls_key) if tls_cert and tls_key else None
    kept = None if ephemeral else data or DATA
    allowed = tuple(allow_host or ())
    config = Config(kept, host, port, tuple(venue or ()), world, tls, allowed, connections_max)
    try:
        _on_the_best_loop(_run(config, as_json=json))
    except (ConfigError, WorldError) as error:
        _fail(str(error), 2)
    except (Damaged, KeptDamaged, Lost) as error:
        _fail(f"{error}; `countermand journal repair {kept}` says what can be kept", 1)
    except (JournalError, IntakeStopped, OSError) as error:
        _fail(str(error), 1)


def _on_the_best_loop(running: Coroutine[Any, Any, None]) -> None:
    # uvloop has no wheel for some platforms, Windows and Python's next version among them.
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        asyncio.run(running)
    else:
        uvloop.run(running)


async def _run(config: Config, *, as_json: bool) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stopping.set)
    app = App(config, on_fatal=lambda: os._exit(EXIT_BUG))
    ready = await app.start()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    if as_json:
        sys.stdout.write(
            msgspec.json.encode({"event": "ready", **msgspec.to_builtins(ready)}).decode() + "\n"
        )
        sys.stdout.flush()
    else:
        _show(ready, keeps=config.data is not None)
    await stopping.wait()
    await app.stop()


def _show(ready: Ready, *, keeps: bool) -> None:
    for name, venue in ready.venues.items():
        typer.secho(f"{name}  {venue['base_url']}", bold=True)
        width = 2 + max(len(field) for needs in venue["accounts"].values() for field in needs)
        for account, needs in venue["accounts"].items():
            for index, (field, value) in enumerate(needs.items()):
                typer.echo(f"  {'' if index else account:<8}{field:<{width}}{_plain(value)}")
        typer.echo(f"  {'markets':<{8 + width}}{_plain(venue['markets'])}\n")
    promise = "everything answered is kept" if keeps else "nothing is kept"
    typer.echo(f"control  {ready.control}   (Ctrl-C stops; {promise})")


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {item}" for name, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _fail(text: str, code: int) -> None:
    typer.echo(f"countermand: {text}", err=True)
    raise typer.Exit(code)
