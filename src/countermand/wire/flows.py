"""Flows: what takes our client several requests, the same way at several venues."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace

from countermand.vocabulary.queries import ListFills
from countermand.vocabulary.reports import Fill, OrderPage
from countermand.wire.client_end import LearnMarket
from countermand.wire.conversation import AnyContext, Flow, Op, Step
from countermand.wire.credential import Credential
from countermand.wire.errors import Malformed, Unlearned
from countermand.wire.operation import Operation

T = TypeVar("T")

# The message for the next page, after a message and its reply; None after the last page.
Follow = Callable[[Any, Any], Any]

# The number of pages that are read of a list; a venue with more, or with one page for ever, is not
# believed.
PAGES_MAX = 1000


def reading(
    read: Callable[[], T],
    learn: LearnMarket | None,
    credential: Credential | None,
    ctx: AnyContext,
) -> Generator[Step, Any, T]:
    """
    Return what `read` makes of an answer, once the markets it names are learned.

    Raises: what `read` does; Unlearned for a market that the venue itself does not tell of.
    """
    asked: set[str] = set()
    while True:
        try:
            return read()
        except Unlearned as unknown:
            if learn is None or unknown.symbol in asked:
                raise
            asked.add(unknown.symbol)
            ctx.directory.add((yield from learn(unknown.symbol, credential, ctx)))


def paged(
    operation: Operation,
    op: Op,
    follow: Follow,
    learn: LearnMarket | None = None,
    *,
    checked: bool = True,
) -> Flow:
    """
    Return the flow that reads a list to its end, or one page where the query has a `limit`.

    It is `checked` to say what is asked, but where a venue sifts what the exchange lists.

    Raises: Malformed for a list without end.
    """
    ask, read = op.ask, op.read

    def flow(
        asked: Any, credential: Credential | None, ctx: AnyContext
    ) -> Generator[Step, Any, Any]:
        assert ask is not None and read is not None  # noqa: S101, PT018  (of the venue's own)
        message, says, told = ask(asked, ctx), asked if checked else None, None
        is_one = getattr(asked, "limit", None) is not None
        for _ in range(PAGES_MAX):
            reply = yield Step(operation, message, says=says)
            page = yield from reading(partial(read, reply, message, ctx), learn, credential, ctx)
            told = page if told is None else _joined(told, page)
            message = None if is_one else follow(message, reply)
            if message is None:
                return told
            # The check of the first page holds for the others.
            says = None
        raise Malformed(f"{operation.value}: more than {PAGES_MAX} pages")

    return flow


def sifted(found: Iterable[Fill], asked: ListFills) -> tuple[Fill, ...]:
    """
    Return the fills that a query asks for, newest first, of those a venue told: where its own list
    takes no such filter.
    """
    fits = [
        fill
        for fill in found
        if asked.order_id in (None, fill.order_id)
        and asked.cl_ord_id in (None, fill.cl_ord_id)
        and (asked.instrument_ids is None or fill.instrument_id in asked.instrument_ids)
        and (asked.since_ns is None or fill.ts_ns >= asked.since_ns)
        and (asked.until_ns is None or fill.ts_ns <= asked.until_ns)
    ]
    fits.sort(key=lambda fill: fill.ts_ns, reverse=True)
    end = None if asked.limit is None else asked.offset + asked.limit
    return tuple(fits[asked.offset : end])


def _joined(told: Any, page: Any) -> Any:
    if isinstance(told, OrderPage):
        return replace(page, orders=told.orders + page.orders)
    return told + page
