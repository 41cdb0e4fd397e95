"""Ending: in every case a verb ends with one line and a code of `exits`, and no traceback."""

from __future__ import annotations

import os
from collections.abc import Callable

import typer

from countermand.cli import printed
from countermand.cli.exits import Code, Stop


def ended(verb: Callable[[], Code | None], *, as_json: bool, acts: bool = False) -> None:
    """Run a verb, and exit with its code; `acts` when it may change something."""
    try:
        code = _run(verb, acts=acts)
    except Stop as stop:
        if as_json:
            printed.document({"error": {"code": stop.code.word, "text": stop.text}})
        typer.echo(f"countermand: {stop.text}", err=True)
        code = stop.code
    if code:
        raise typer.Exit(int(code))


def _run(verb: Callable[[], Code | None], *, acts: bool) -> Code | None:
    from countermand.client.errors import LedgerError, Unanswered  # noqa: PLC0415  (loaded when it is needed)
    from countermand.wire.errors import (  # noqa: PLC0415  (loaded when it is needed)
        Internal,
        NotExpressible,
        Unavailable,
        WireError,
    )

    try:
        return verb()
    except (Stop, typer.Exit, typer.Abort, BrokenPipeError):
        raise
    except (LedgerError, Unanswered) as error:
        # An act that raises one of these had sent nothing yet that counts.
        raise Stop(Code.NOT_SENT if acts else Code.FAILED, str(error)) from None
    except (Internal, Unavailable) as error:
        raise Stop(Code.NOT_SENT if acts else Code.FAILED, f"the venue failed: {error}") from None
    except WireError as error:
        raise Stop(Code.REFUSED, f"refused: {error.text}") from None
    except NotExpressible as error:
        raise Stop(Code.ASKED_WRONGLY, str(error)) from None
    except KeyboardInterrupt:
        text = "interrupted" + ("; countermand resume settles what is open" if acts else "")
        raise Stop(Code.INTERRUPTED, text) from None
    except Exception as error:
        if os.environ.get("COUNTERMAND_TRACEBACK"):
            raise
        # The effect so far is not known. The place of the bug holds no secret; its text may.
        code = Code.UNKNOWN if acts else Code.FAILED
        raise Stop(code, f"a bug, please report it: {_place(error)}") from None


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    at = "" if trace is None else f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return f"{type(error).__name__}{at}"
