"""
Verb: how a function of an `Asked` and of its own arguments becomes a command.

The venue comes first, then the verb's own words, then what all have; its help has its examples.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from inspect import Parameter, Signature, cleandoc, signature
from typing import Any, TypeVar

from countermand.cli.asked import Asked
from countermand.cli.ending import ended
from countermand.cli.exits import Code
from countermand.cli.options import (
    Account,
    BaseUrl,
    DryRun,
    Json,
    Ledger,
    Port,
    Profile,
    Timeout,
    TlsCa,
    User,
    Venue,
)

Verb = Callable[..., Code | None]
F = TypeVar("F", bound=Callable[..., Any])


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
    "port": (Port, None),
    "account": (Account, ""),
    "tls_ca": (TlsCa, None),
    "json": (Json, False),
}
_ACTING: dict[str, tuple[Any, Any]] = {
    "timeout": (Timeout, 10.0),
    "dry_run": (DryRun, False),
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
        Parameter("venue", keyword, annotation=Venue),
        *(one.replace(kind=keyword) for one in own),
        *(Parameter(n, keyword, default=d, annotation=a) for n, (a, d) in options.items()),
    ]
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # Typer reads it
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
