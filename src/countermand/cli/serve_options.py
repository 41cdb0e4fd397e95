"""Serve options: what `countermand serve` can be told, each option with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

# Where everything is kept unless said otherwise.
DATA = Path("countermand-data")

Data = Annotated[
    Path | None, typer.Option(help=f"Directory that keeps everything. Default: {DATA}.")
]
Ephemeral = Annotated[bool, typer.Option("--ephemeral", help="Keep nothing.")]
Host = Annotated[str, typer.Option(help="Address to bind.")]
Port = Annotated[
    int, typer.Option(help="Control port; venues on the next five. 0: any free ports.")
]
Venues = Annotated[list[str] | None, typer.Option(help="Serve this venue only; may be repeated.")]
World = Annotated[
    Path | None, typer.Option(help="World to found, in TOML. Default: the demo world.")
]
TlsCert = Annotated[Path | None, typer.Option(help="Certificate chain, PEM.")]
TlsKey = Annotated[Path | None, typer.Option(help="Private key, PEM.")]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(help="Name this machine may be called by, beside loopback's; may be repeated."),
]
ControlTokenFile = Annotated[
    Path | None,
    typer.Option(
        help="File with the token an operator brings. Default: none on loopback, else one is made."
    ),
]
ConnectionsMax = Annotated[int, typer.Option(min=1, help="Connections to all venues together.")]
StreamBytesMax = Annotated[
    int, typer.Option(min=1024, help="Bytes a stream's client may leave unread.")
]
Audit = Annotated[
    int,
    typer.Option(
        min=0, metavar="N", help="Open orders that are audited after each group; 0 for none."
    ),
]
Compact = Annotated[
    bool, typer.Option("--compact", help="Drop records that no start needs any more.")
]
LogLevel = Annotated[str, typer.Option(help="debug, info, warning or error.")]
LogFormat = Annotated[str, typer.Option(help="text, json, or auto: text on a terminal, else json.")]
Json = Annotated[bool, typer.Option("--json", help="Say ready in one line of JSON.")]
