"""
Asked: what every verb of a client is asked besides its own, and how each of them ends.

A verb is a function of an `Asked` and of its own arguments. `look` and `act` make the command of
it: the venue comes first, then the verb's own, then what all have. Whatever happens is one line and
a code of `exits`, never a traceback.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from inspect import Parameter, Signature, cleandoc, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from countermand.cli import complete, printed, where
from countermand.cli.exits import Code, Stop

if TYPE_CHECKING:
    import httpx

    from countermand.client.synchronous import Client

Verb = Callable[..., Code | None]
F = TypeVar("F", bound=Callable[..., Any])

_WHERE_TO = "Where to go"

_Venue = Annotated[
    str,
    typer.Argument(
        metavar="VENUE",
        help="The venue, as countermand venues lists it.",
        autocompletion=complete.venues,
    ),
]
Profile = Annotated[
    str,
    typer.Option(
        rich_help_panel=_WHERE_TO,
        help="Profile of countermand.toml. Default: $COUNTERMAND_PROFILE, or the file's usual one.",
        autocompletion=complete.profiles,
    ),
]
BaseUrl = Annotated[
    str,
    typer.Option(
        rich_help_panel=_WHERE_TO, help="URL, or the name of one of the venue's: production."
    ),
]
User = Annotated[
    str,
    typer.Option(
        rich_help_panel=_WHERE_TO,
        help="User of the exchange on this machine. Default: its first, where no profile is.",
        autocompletion=complete.users,
    ),
]
Account = Annotated[
    str,
    typer.Option(
        rich_help_panel=_WHERE_TO, help="Account at the venue. Default: the key's usual one."
    ),
]
TlsCa = Annotated[
    Path | None,
    typer.Option(
        "--tls-ca",
        metavar="PEM",
        rich_help_panel=_WHERE_TO,
        help="Certificate that signed the venue's own.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in one JSON document.")]
Ledger = Annotated[
    Path | None,
    typer.Option(
        envvar="COUNTERMAND_LEDGER",
        help="File that keeps what was set out to do. Default: in the user's state folder.",
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        min=0.001, metavar="SECONDS", help="How long an outcome is sought before it is unknown."
    ),
]
_DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Show the request, without its secrets, and do not send it; only read."
    ),
]


class Asked:
    """
    What a verb is asked.

    Shape:  `ledger` is None for a verb that only looks; `timeout_s` is 0 for the verb's usual one.
    """

    def __init__(self, words: dict[str, Any]) -> None:
        self.venue: str = words["venue"]
        self.profile: str = words["profile"]
        self.base_url: str = words["base_url"]
        self.user: str = words["user"]
        self.account: str = words["account"]
        self.tls_ca: Path | None = words["tls_ca"]
        self.as_json: bool = words["json"]
        self.ledger: Path | None = words.get("ledger")
        self.timeout_s: float = words.get("timeout", 0.0)
        self.is_dry_run: bool = words.get("dry_run", False)
        self._acts = "dry_run" in words
        self.place: where.Where | None = None

    def found(self) -> where.Where:
        """Return where to go. Raises Stop."""
        # Imported here, so that help and completion do not load what they do not use.
        from countermand.venues import VENUES  # noqa: PLC0415

        if self.venue not in VENUES:
            text = f"no venue is called {self.venue!r}; there are {', '.join(VENUES)}"
            raise Stop(Code.ASKED_WRONGLY, text)
        self.place = where.find(
            self.venue, profile=self.profile, base_url=self.base_url, user=self.user
        )
        return self.place

    @contextmanager
    def client(self, progress: Callable[[int, int], None] | None = None) -> Iterator[Client]:
        """
        Yield a client that is let in.

        Raises: Stop; what it raises later is its own.
        """
        from countermand.client.errors import Unanswered  # noqa: PLC0415

        client = self.unconnected(progress)
        at = self.at
        try:
            client.begin()
        except BaseException as error:
            client.close()
            if isinstance(error, Unanswered):
                raise Stop(Code.NOT_SENT, f"{at.venue} at {at.base_url}: {error}") from None
            raise
        printed.aside(f"{at.venue} at {at.base_url}, {at.said_by}")
        with client:
            yield client

    def unconnected(self, progress: Callable[[int, int], None] | None = None) -> Client:
        """Return a client that has sent nothing yet. Raises Stop."""
        from countermand.client.connect import unconnected  # noqa: PLC0415

        at = self.at if self.place else self.found()
        try:
            return unconnected(
                at.venue,
                at.base_url,
                at.credentials,
                account=self.account or at.account or None,
                ledger=self.ledger_path() if self._acts else None,
                keep_limits=at.keep_limits,
                trust_env=at.trust_env,
                transport=self._transport(at),
                dry_run=self.is_dry_run,
                prompt=_ask,
                progress=progress,
            )
        except ValueError as error:
            raise Stop(Code.ASKED_WRONGLY, f"{at.said_by}: {error}") from None

    def _transport(self, at: where.Where) -> httpx.BaseTransport | None:
        path = self.tls_ca or (Path(at.tls_ca).expanduser() if at.tls_ca else None)
        if path is None:
            return None
        import ssl  # noqa: PLC0415

        import httpx  # noqa: PLC0415

        try:
            signer = ssl.create_default_context(cafile=path)
        except OSError as error:
            why = error.strerror or "no certificate in PEM"
            raise Stop(Code.ASKED_WRONGLY, f"{path}: {why}") from None
        return httpx.HTTPTransport(verify=signer, trust_env=at.trust_env)

    @property
    def at(self) -> where.Where:
        """Where it goes, once that was found."""
        assert self.place is not None, "nothing is asked of a place before it is found"  # noqa: S101
        return self.place

    def told(self, **result: Any) -> dict[str, Any]:
        """Return a result with where it is from, as JSON has it."""
        base_url = self.place.base_url if self.place is not None else ""
        return {"venue": self.venue, "base_url": base_url, **result}

    def origin(self) -> str:
        """Return the scheme and host that requests go to."""
        from countermand.client.connect import origin  # noqa: PLC0415

        return origin(self.venue, self.at.base_url)

    def ledger_path(self) -> Path:
        """Return where the ledger is."""
        at = self.at
        if self.ledger is not None:
            return self.ledger
        return Path(at.ledger).expanduser() if at.ledger else usual_ledger()


def usual_ledger() -> Path:
    """Return where the ledger is that no option and no profile moves."""
    state = os.environ.get("XDG_STATE_HOME", "")
    home = Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state"
    return home / "countermand" / "ledger.sqlite"


def look(verb: Verb) -> Callable[..., None]:
    """Make a command of a verb that changes nothing."""
    return _command(verb, _WHERE, acts=False)


def act(verb: Verb) -> Callable[..., None]:
    """Make a command of a verb that may change something, and says what is proven of it."""
    return _command(verb, _WHERE | _ACTING, acts=True)


_WHERE: dict[str, tuple[Any, Any]] = {
    "profile": (Profile, ""),
    "base_url": (BaseUrl, ""),
    "user": (User, ""),
    "account": (Account, ""),
    "tls_ca": (TlsCa, None),
    "json": (Json, False),
}
_ACTING: dict[str, tuple[Any, Any]] = {
    "timeout": (Timeout, 10.0),
    "dry_run": (_DryRun, False),
    "ledger": (Ledger, None),
}


def _command(verb: Verb, options: dict[str, tuple[Any, Any]], *, acts: bool) -> Callable[..., None]:
    own = list(signature(verb, eval_str=True).parameters.values())[1:]

    def run(**words: Any) -> None:
        mine = {one.name: words.pop(one.name) for one in own}
        asked = Asked(words)
        ended(lambda: verb(asked, **mine), as_json=asked.as_json, acts=acts)

    keyword = Parameter.KEYWORD_ONLY
    parameters = [
        Parameter("venue", keyword, annotation=_Venue),
        *(one.replace(kind=keyword) for one in own),
        *(Parameter(n, keyword, default=d, annotation=a) for n, (a, d) in options.items()),
    ]
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__doc__ = _help(verb.__name__.replace("_", "-"), verb.__doc__ or "")
    return run


def verb_help(name: str) -> Callable[[F], F]:
    """Give a function that is a command as it is the help that all verbs have."""

    def helped(function: F) -> F:
        function.__doc__ = _help(name, function.__doc__ or "")
        return function

    return helped


def _help(name: str, text: str) -> str:
    # Examples come before what the codes mean. Typer joins the lines of a paragraph unless it
    # begins so.
    paragraphs = cleandoc(text).split("\n\n")
    codes = [one for one in paragraphs if one.startswith("Exit codes:")]
    told = [one for one in paragraphs if one not in codes]
    shown = "\n".join(["For example:", *(f"  {one}" for one in examples()[name])])
    return "\n\n".join([*told, *(f"\b\n{one}" for one in (shown, *codes))])


@cache
def examples() -> dict[str, list[str]]:
    """Return the examples of each verb's help: lines for a shell, in the order to try them in."""
    text = files(__package__).joinpath("examples.txt").read_text()
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith(" "):
            found[name].append(line.strip())
        else:
            name = line
            found[name] = []
    return found


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
    from countermand.client.errors import LedgerError, Unanswered  # noqa: PLC0415
    from countermand.wire.errors import (  # noqa: PLC0415
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
        # What it did before is not known; where it broke holds no secret, what it says may.
        code = Code.UNKNOWN if acts else Code.FAILED
        raise Stop(code, f"a bug, please report it: {_place(error)}") from None


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    at = "" if trace is None else f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return f"{type(error).__name__}{at}"


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise Stop(Code.NOT_SENT, f"the venue asks for {question!r}, and no terminal is here")
    answer: str = typer.prompt(question, hide_input=True, err=True)
    return answer
