"""Conversations that are the same in every dialect, and the corners of lists."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Struct

from countermand.vocabulary.queries import GetReferenceData
from countermand.wire.conversation import Serve, always, each, many, one, reply

QUERY = GetReferenceData("somewhere")


class Page(Struct, frozen=True):
    """A reply that is a list and more."""

    results: list[int]


def show(thing: Any, ctx: Any) -> str:
    """Return what a thing looks like."""
    return f"{thing} in {ctx}"


def missing(message: Any) -> Exception:
    """Return the refusal of what is not there."""
    return LookupError(f"no {message}")


def served(serve: Serve, message: Any, found: Any = None) -> tuple[list[Any], Any]:
    """Return what a conversation asks, and its reply when each ask is answered with `found`."""
    asks: list[Any] = []
    steps = serve(message, "ctx")  # type: ignore[arg-type]
    try:
        asks.append(next(steps))
        while True:
            asks.append(steps.send(found))
    except StopIteration as end:
        return asks, end.value


def test_reply_asks_nothing() -> None:
    """The reply is made of the message and the context, without a query."""
    assert ([], "me in ctx") == served(reply(show), "me")


def test_one_shows_what_is_found() -> None:
    """A view of None is shown too, unless the op refuses it."""
    assert ([QUERY], "7 in ctx") == served(one(always(QUERY), show), "me", 7)
    assert ([QUERY], "None in ctx") == served(one(always(QUERY), show), "me")


def test_one_that_is_missing_is_refused() -> None:
    """The refusal is the one the message is given."""
    with pytest.raises(LookupError, match="no me"):
        served(one(always(QUERY), show, missing), "me")


def test_many_shows_each_in_order() -> None:
    """An empty view is an empty list."""
    assert ([QUERY], ["2 in ctx", "1 in ctx"]) == served(many(always(QUERY), show), "me", (2, 1))
    assert ([QUERY], []) == served(many(always(QUERY), show), "me", ())


def test_each_reads_a_list_or_a_part_of_a_reply() -> None:
    """Each item is read with the request."""

    def read(thing: int, message: Any, ctx: Any) -> str:
        return f"{thing} of {message} in {ctx}"

    expected = ("2 of me in ctx", "1 of me in ctx")

    assert expected == each(read)([2, 1], "me", "ctx")  # type: ignore[arg-type]
    assert expected == each(read, "results")(Page([2, 1]), "me", "ctx")  # type: ignore[arg-type]
