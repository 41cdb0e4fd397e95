"""
The command line: one module per noun. Every verb takes `--json`; no verb ever shows a traceback.

Exit codes: 0 done, 1 it failed, 2 it was asked wrongly; a client's verbs have finer ones, which
`exits` lists.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from countermand import __version__
from countermand.cli.loading import Rows

app = typer.Typer(
    name="countermand",
    cls=Rows,
    help="An exchange you can run and a client you can trust, built around cancelling an order.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"countermand {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which version this is.", is_eager=True, callback=_say_version
        ),
    ] = False,
) -> None:
    # What can be asked without a verb; the answer is given while options are read.
    del version


def main() -> None:
    """Run the command line and exit with its code; what is asked wrongly gets one line."""
    try:
        sys.exit(app(standalone_mode=False))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except Exception as error:
        # The command line library's own errors know how to say themselves; any other is a bug.
        if not hasattr(error, "format_message"):
            raise
        if text := error.format_message():
            typer.echo(f"countermand: {text}", err=True)
        sys.exit(2)
