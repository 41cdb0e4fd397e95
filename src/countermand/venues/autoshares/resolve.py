"""From spelled names to things: accounts, orders, securities, words, numbers, times."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from countermand.venues.autoshares import dates, ids
from countermand.venues.autoshares.errors import DENIED, SECURITY_NOT_FOUND, RequestInvalid
from countermand.venues.autoshares.settings import Ctx
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.wire import asks, fields, numbers
from countermand.wire.errors import Internal, InvalidField, MissingField, NotFound, Unauthorized


def number(name: str, text: str, ctx: Ctx) -> int:
    """
    Return an id of a path.

    Raises: InvalidField for what is no positive 32-bit integer; RequestInvalid instead, for what is
            none at all, where ETNA's oddities are kept.
    Source: Orders API reference, "Cancel order" (422); ETNA manual, "Get account info" (400).
    """
    if ctx.settings.etna_oddities and ids.int32(text) is None:
        raise RequestInvalid
    return ids.parse_int32(name, text)


def account(text: str, ctx: Ctx) -> AccountId:
    """Return the account a path names. Raises as `number` and `owned` do."""
    return owned(number("accountId", text, ctx), ctx)


def owned(number: int, ctx: Ctx) -> AccountId:
    """
    Return an account of the key's user.

    Raises: Unauthorized for another's, and for one that does not exist; Internal instead for the
            latter, where ETNA's oddities are kept.
    Source: ETNA manual, "Common mistakes" (401, 500).
    """
    account_id = AccountId(number)
    if not asks.is_own(account_id, ctx):
        if ctx.settings.etna_oddities and account_id not in ctx.directory.accounts:
            raise Internal("no such account")
        raise Unauthorized(DENIED)
    return account_id


def order(account_text: str, order_text: str, ctx: Ctx) -> tuple[AccountId, OrderId]:
    """Return the account and the order a path names: first both are read, then looked up."""
    account_id = number("accountId", account_text, ctx)
    order_id = number("orderId", order_text, ctx)
    return owned(account_id, ctx), OrderId(order_id)


def find(symbol: str, ctx: Ctx) -> Instrument | None:
    """Return the security of a symbol, which is read in any case, or None."""
    known = ctx.directory.instrument_by_symbol
    return known(symbol) or known(symbol.upper())


def security(symbol: str, ctx: Ctx) -> Instrument:
    """Return a security. Raises NotFound when there is none."""
    if (found := find(symbol, ctx)) is None:
        raise NotFound(SECURITY_NOT_FOUND)
    return found


def word(name: str, text: str | None, words: Mapping[str, str]) -> str:
    """
    Return one of the words, which are read in any case.

    Raises: MissingField for none, InvalidField for another.
    """
    if not text:
        raise MissingField(name)
    if (known := words.get(text.lower())) is None:
        raise InvalidField(name, f"invalid {name}")
    return known


def amount(name: str, value: Decimal | None) -> Decimal | None:
    """Return a number of a body. Raises InvalidField for one that no amount could be."""
    if value is None:
        return None
    if not value.is_finite() or abs(value.adjusted()) > numbers.DIGITS_MAX:
        raise InvalidField(name, f"invalid {name}: is no amount")
    return value


def steps(
    of: Callable[[Instrument, Decimal], int], known: Instrument, value: Decimal | None
) -> int:
    """Return a price or quantity in steps of its security, 0 when it is none above zero."""
    try:
        return 0 if value is None else max(0, of(known, value))
    except numbers.NotOnGrid:
        return 0


def instant(name: str, text: str) -> int:
    """Return a time of a request; one without a zone is in UTC. Raises InvalidField for none."""
    return fields.instant(name, dates.zoned(text))
