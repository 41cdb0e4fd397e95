"""
`countermand ctl`: act on a running exchange as its operator; a command for each of the rows.

What a row needs are arguments, in the order of its path and its message; the rest are options.
Exit codes: 0 done, 1 refused or no server, 2 asked wrongly.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from inspect import Parameter, Signature, cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from typer.core import TyperGroup

from countermand import announce
from countermand.cli import printed, shown
from countermand.cli.failing import fail
from countermand.cli.operating import TlsCa, TokenFile, operator

if TYPE_CHECKING:
    from countermand.control.client import Control
    from countermand.control.row import ControlError, ControlRow

_DEFAULT_URL = "http://127.0.0.1:8100"

_Url = Annotated[
    str,
    typer.Option(
        "--control",
        envvar="COUNTERMAND_CONTROL",
        help="URL of the control port. Default: that of your newest server on this machine.",
    ),
]
_To = Annotated[Path, typer.Option("--to", help="File to write; it must not be there yet.")]
_Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


class _Rows(TyperGroup):
    """The commands, made of the rows when they are asked for: no other verb pays for them."""

    def list_commands(self, ctx: Any) -> list[str]:
        from countermand.control.table import ROWS  # noqa: PLC0415  (loaded when it is needed)

        return [row.name for row in ROWS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        from countermand.control.table import BY_NAME  # noqa: PLC0415  (loaded when it is needed)

        row = BY_NAME.get(cmd_name)
        return None if row is None else _command(row)


app = typer.Typer(cls=_Rows, no_args_is_help=True, add_completion=False)


@app.callback()
def _about() -> None:
    """Act on a running exchange as its operator."""


def _command(row: ControlRow) -> Any:
    from countermand.cli.ctl_fields import arguments, given  # noqa: PLC0415  (loaded when it is needed)

    read, common = arguments(row), _common(row)

    def run(**words: Any) -> None:
        said = {name: words.pop(name) for name in common}
        try:
            fields = given(read, words)
        except ValueError as error:
            fail(str(error), 2)
        _run(row, fields, **said)

    parameters = [one.parameter for one in read] + [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in common.items()
    ]
    single = typer.Typer(add_completion=False)
    single.command(row.name, help=_help(row), short_help=row.summary)(_signed(run, parameters))
    return typer.main.get_command(single)


def _common(row: ControlRow) -> dict[str, tuple[Any, Any]]:
    """Return the options that every act has, by name: its annotation and default."""
    download = {"to": (_To, Parameter.empty)} if row.is_download else {}
    return {
        "control": (_Url, ""),
        "token_file": (TokenFile, None),
        "tls_ca": (TlsCa, None),
        "json": (_Json, False),
        **download,
    }


def _signed(run: Callable[..., None], parameters: list[Parameter]) -> Callable[..., None]:
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # Typer reads it
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _help(row: ControlRow) -> str:
    said = (row.run.__doc__, row.message.__doc__)
    paragraphs = "\n\n".join(cleandoc(text or "") for text in said).replace("`", "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _run(
    row: ControlRow,
    fields: dict[str, Any],
    *,
    control: str,
    token_file: Path | None,
    tls_ca: Path | None,
    json: bool,
    to: Path | None = None,
) -> None:
    from countermand.control.row import ControlError  # noqa: PLC0415  (loaded when it is needed)

    try:
        client = operator(_where(control), token_file, tls_ca)
    except (ValueError, OSError) as error:
        fail(str(error), 2)
    try:
        if to is not None:
            reply: Any = {"file": str(to), "bytes": _download(client, row.name, to, fields)}
        else:
            reply = client.call(row.name, **fields)
    except ControlError as error:
        text = error.text if control else _advised(error)
        if json:
            told = {"error": {"code": error.code, "text": text}}
            printed.document(told)
        fail(text, 2 if error.status in (400, 404) else 1)
    if json:
        printed.document(reply)
    else:
        typer.echo(shown.text(msgspec.to_builtins(reply)))


def _advised(error: ControlError) -> str:
    # Without a server that announces itself it was a guess where one is.
    if error.code != "unreachable" or announce.find() is not None:
        return error.text
    start = "start one with countermand serve, or say where it is with --control URL"
    return f"no exchange of yours runs here ({error.text}); {start}"


def _download(client: Control, name: str, to: Path, fields: dict[str, Any]) -> int:
    try:
        # A download may hold keys: only its owner can read the file.
        opened = os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        fail(f"{to}: {error.strerror}", 2)
    with opened:
        try:
            return client.download(name, opened, **fields)
        except BaseException:
            to.unlink()
            raise


def _where(control: str) -> str:
    if control:
        return control
    newest = announce.find()
    return _DEFAULT_URL if newest is None else newest.control
