"""The rest of the gateway: events, series, sports, search. None of it is here, and it says so."""

from collections.abc import Callable
from typing import Any, NoReturn

from countermand.venues.polymarket_us.errors import GENERIC
from countermand.venues.polymarket_us.messages.gateway import Everything, OneOf
from countermand.venues.polymarket_us.translate.resolve import NAME
from countermand.vocabulary.queries import GetReferenceData
from countermand.wire.context import Context
from countermand.wire.errors import NotFound


def none_from_wire(message: Everything, ctx: Context) -> GetReferenceData:
    """Return a question that is cheap to answer: nothing needs to be asked."""
    return GetReferenceData(NAME)


def empty(message: Any) -> Callable[[Any, Context], Any]:
    """Return the corner that answers with `message`, whatever was asked."""
    return lambda _answer, _ctx: message


def missing_from_wire(message: OneOf, ctx: Context) -> NoReturn:
    """Refuse a thing by its name. Raises NotFound."""
    raise NotFound(GENERIC)
