"""
Names: from an operator's words to the things they name, or the refusal that says what there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import StrEnum

from countermand.control.host import Host, Served
from countermand.control.row import ControlError
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.reports import AccountReport
from countermand.wire import asks, numbers


class Side(StrEnum):
    """FIX Side (54), as an operator says it."""

    BUY = "buy"
    SELL = "sell"


# The text between the owner of an account and the account's name.
SLASH = "/"

# The length of text that a refusal repeats, and the number of names that it lists.
_ECHOED_MAX, _NAMED_MAX = 64, 12

_NAME_MAX = 64

_DECIMAL = re.compile(r"[0-9]{1,60}(?:\.[0-9]{1,60})?")


def served(host: Host, name: str) -> Served:
    """Return a venue that is served. Raises ControlError."""
    if (found := host.venues.get(name)) is None:
        raise unknown("venue", name, host.venues)
    return found


def account(at: Served, text: str) -> AccountReport:
    """
    Return an account: `owner/name`, or `owner` for the owner's default one. Raises ControlError.
    """
    if owned := tuple(at.directory.accounts_of(text)):
        default = asks.default_of(owned)
        assert default is not None  # noqa: S101  (there is one)
        return default
    for known in at.directory.accounts.values():
        if account_text(known) == text:
            return known
    raise unknown("account", text, map(account_text, at.directory.accounts.values()))


def account_text(known: AccountReport) -> str:
    """Return what an account is called: `owner/name`."""
    return f"{known.owner}{SLASH}{known.name}"


def instrument(at: Served, symbol: str) -> Instrument:
    """Return the instrument of a symbol. Raises ControlError."""
    if (found := at.directory.instrument_by_symbol(symbol)) is None:
        symbols = [known.symbol for known in at.directory.instruments.values()]
        raise unknown("instrument", symbol, symbols)
    return found


def asset(at: Served, symbol: str) -> Asset:
    """Return the asset of a symbol. Raises ControlError."""
    if (found := at.directory.asset_by_symbol(symbol)) is None:
        raise unknown("asset", symbol, [known.symbol for known in at.directory.assets.values()])
    return found


def new_name(text: str, field: str) -> str:
    """Return what a new thing may be called. Raises ControlError."""
    if not text.strip() or text != text.strip() or not text.isprintable() or SLASH in text:
        raise invalid(field, f"{echoed(text)} is no name: it is printable and has no slash")
    if len(text) > _NAME_MAX:
        raise invalid(field, f"a name has at most {_NAME_MAX} characters")
    return text


def price(on: Instrument, text: str, field: str = "price") -> int:
    """Return a price in ticks. Raises ControlError."""
    return _counted(lambda value: numbers.price_ticks(on, value), text, field)


def quantity(on: Instrument, text: str, field: str = "quantity") -> int:
    """Return a quantity in lots. Raises ControlError."""
    return _counted(lambda value: numbers.qty_lots(on, value), text, field)


def amount(of: Asset, text: str, field: str = "amount") -> int:
    """Return an amount in minor units. Raises ControlError."""
    return _counted(lambda value: numbers.asset_minor(of, value), text, field)


def unknown(kind: str, text: str, there_are: Iterable[str]) -> ControlError:
    """Return the refusal of a name that names nothing, with those that do."""
    names = list(there_are)
    known = ", ".join(names[:_NAMED_MAX]) + (", ..." if len(names) > _NAMED_MAX else "")
    there = f"there are {known}" if names else "there is none"
    return ControlError(404, f"unknown-{kind}", f"no {kind} is called {echoed(text)}; {there}")


def echoed(text: str) -> str:
    """Return what was said, quoted and no longer than a line may be."""
    return repr(text if len(text) <= _ECHOED_MAX else f"{text[:_ECHOED_MAX]}...")


def invalid(field: str, why: str) -> ControlError:
    """Return the refusal of a field's value."""
    return ControlError(400, "invalid", f"{field}: {why}")


def _counted(count: Callable[[Decimal], int], text: str, field: str) -> int:
    if not _DECIMAL.fullmatch(text):
        raise invalid(field, f"{echoed(text)} is not a decimal number, such as 12.5")
    try:
        return count(Decimal(text))
    except numbers.NotOnGrid as error:
        raise ControlError(400, "off-grid", f"{field}: {text} {error}") from None
