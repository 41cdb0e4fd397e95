"""From spelled names to things: accounts, orders, securities, words, numbers, times."""

import re
from collections.abc import Sequence
from decimal import Decimal

from countermand.venues.autoshares import ids, settings
from countermand.venues.autoshares.errors import DENIED, RequestInvalid
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import Internal, InvalidField, MissingField, Unauthorized

_ZONED = re.compile(r".*(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})")


def number(name: str, text: str, ctx: Context) -> int:
    """
    Return an id of a path.

    Raises: InvalidField for what is no positive 32-bit integer; RequestInvalid instead, for what is
            none at all, where ETNA's oddities are kept.
    Source: Orders API reference, "Cancel order" (422); ETNA manual, "Get account info" (400).
    """
    if ids.int32(text) is None and settings.of(ctx.settings).etna_oddities:
        raise RequestInvalid
    return ids.parse_int32(name, text)


def account(text: str, ctx: Context) -> AccountId:
    """Return the account a path names. Raises as `number` and `owned` do."""
    return owned(number("accountId", text, ctx), ctx)


def owned(account_id: int, ctx: Context) -> AccountId:
    """
    Return an account of whoever asks.

    Raises: Unauthorized for another's, and for one that does not exist; Internal instead for the
            latter, where ETNA's oddities are kept.
    Source: ETNA manual, "Common mistakes" (401, 500).
    """
    known = ctx.directory.accounts.get(AccountId(account_id))
    if known is None and settings.of(ctx.settings).etna_oddities:
        raise Internal("no such account")
    if known is None or ctx.principal is None or known.owner != ctx.principal.owner:
        raise Unauthorized(DENIED)
    return known.account_id


def order(account_text: str, order_text: str, ctx: Context) -> tuple[AccountId, OrderId]:
    """Return the account and the order a path names: first both are read, then looked up."""
    account_id = number("accountId", account_text, ctx)
    order_id = number("orderId", order_text, ctx)
    return owned(account_id, ctx), OrderId(order_id)


def word(name: str, text: str, words: Sequence[str]) -> str:
    """Return one of the words, which are read in any case. Raises InvalidField for another."""
    for known in words:
        if known.lower() == text.lower():
            return known
    raise InvalidField(name, f"invalid {name}")


def required_word(name: str, text: str | None, words: Sequence[str]) -> str:
    """Return one of the words. Raises MissingField when there is none, and as `word` does."""
    if not text:
        raise MissingField(name)
    return word(name, text, words)


def amount(name: str, value: Decimal | None) -> Decimal | None:
    """Return a number of a body. Raises InvalidField for one that no amount could be."""
    if value is not None and abs(value.adjusted()) > numbers.DIGITS_MAX:
        raise InvalidField(name, f"invalid {name}: is no amount")
    return value


def price_ticks(known: Instrument, value: Decimal) -> int | None:
    """Return a price in ticks, or None when it is none of the security's."""
    try:
        return numbers.price_ticks(known, value)
    except numbers.NotOnGrid:
        return None


def qty_lots(known: Instrument, value: Decimal) -> int | None:
    """Return a quantity in lots, or None when it is none of the security's."""
    try:
        return numbers.qty_lots(known, value)
    except numbers.NotOnGrid:
        return None


def instant(name: str, text: str) -> int:
    """Return a time of a request; one without a zone is in UTC. Raises InvalidField for none."""
    try:
        return times.parse_iso(text if _ZONED.fullmatch(text[10:]) else f"{text}Z")
    except ValueError as error:
        raise InvalidField(name, f"invalid {name}: {error}") from None
