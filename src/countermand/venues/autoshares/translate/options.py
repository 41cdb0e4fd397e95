"""
Options: the venue has them, this exchange has none, and says so in every way it can be asked.

Source: ETNA manual, "Get filtered options", "Get options expiration dates", "Get an option chain".
"""

from collections.abc import Callable
from typing import Any, NoReturn

from countermand.venues.autoshares import paging
from countermand.venues.autoshares.messages import instruments as messages
from countermand.venues.autoshares.paging import Page
from countermand.venues.autoshares.translate.instruments import (
    SECURITY_NOT_FOUND,
    by_symbol,
    wanted,
)
from countermand.venues.autoshares.translate.worth import NAME
from countermand.vocabulary.queries import GetReferenceData
from countermand.vocabulary.reports import ReferenceData
from countermand.wire.context import Context
from countermand.wire.errors import NotFound


def options_from_wire(message: messages.ListEquities, ctx: Context) -> GetReferenceData:
    """Return a question that is cheap to answer. Raises NotFound when a parameter is missing."""
    wanted(message, ctx)
    return GetReferenceData(NAME)


def options_reply_to_wire(data: ReferenceData, ctx: Context) -> Page[Any]:
    """Return a page without options."""
    return paging.page([], 0, wanted(ctx.message, ctx), ctx)


def expirations_from_wire(message: messages.ListExpirations, ctx: Context) -> GetReferenceData:
    """Return likewise. Raises NotFound without an underlying."""
    if message.underlying is None:
        raise paging.not_found(ctx)
    return GetReferenceData(NAME)


def chain_from_wire(message: messages.GetOption, ctx: Context) -> GetReferenceData:
    """Return likewise. Raises NotFound for an underlying that there is not."""
    by_symbol(message.symbol, ctx)
    return GetReferenceData(NAME)


def empty(message: Any) -> Callable[[Any, Context], Any]:
    """Return the corner that answers with `message`, whatever was asked."""
    return lambda _answer, _ctx: message


def no_option(message: messages.GetOption, ctx: Context) -> NoReturn:
    """Refuse an option by its name. Raises NotFound."""
    raise NotFound(SECURITY_NOT_FOUND)
