"""Operating: the client of a control port, made of what a verb was told of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from countermand.control.client import Control

TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file", envvar="COUNTERMAND_CONTROL_TOKEN_FILE",
        help="File with the token that a port beyond loopback asks for.",
    ),
]  # fmt: skip
TlsCa = Annotated[
    Path | None, typer.Option("--tls-ca", help="Certificate that signed the server's own, PEM.")
]


def operator(url: str, token_file: Path | None, tls_ca: Path | None) -> Control:
    """
    Return a client of a control port.

    Raises: ValueError for what is no URL, OSError for a file that cannot be read.
    """
    # Imported here, so that the list of verbs does not load them.
    import ssl  # noqa: PLC0415  (loaded when it is needed)

    from countermand.control.client import Control  # noqa: PLC0415  (loaded when it is needed)

    token = None if token_file is None else token_file.read_text("ascii").strip()
    tls = None if tls_ca is None else ssl.create_default_context(cafile=tls_ca)
    return Control(url, token, tls=tls)
