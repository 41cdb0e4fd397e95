"""
Ids as this venue spells them: order, trade and execution ids, all renderings of our integers.

Shape:  an order's id is twelve upper-case alphanumerics, base 36 from `C00000000000` on; a trade's
        is the same without a fixed length; an execution's is its order's with what it tells of.
Source: live order ids as reported by clients (`C60JWBG0WKDK`); that ids are opaque text: Orders API
        reference, schemas Order and Execution. The other spellings are our proposal.
"""

import re

from countermand.vocabulary.ids import MatchId, OrderId
from countermand.vocabulary.reports import OrderReport
from countermand.wire import base36
from countermand.wire.ids import ReadId, Spelling, ours, spelled

_FIRST = 12 * 36**11
_ORDER = re.compile(r"[C-Z][0-9A-Z]{11}")

# The event of an execution, at the end of its id; a trade's has its trade's id there.
ACCEPTED = "N"
ENDED = "Z"


def _order(text: str) -> int | None:
    if not _ORDER.fullmatch(text) or (number := int(text, 36) - _FIRST) <= 0:
        return None
    return number


ORDER_ID = Spelling(lambda number: base36.encode(number + _FIRST), _order)
MARKET_ID = Spelling(str, lambda text: int(text) if text.isdecimal() else None)


def order_text(order_id: OrderId) -> str:
    """Return the spelling of an order's id."""
    return spelled(ORDER_ID, order_id)


def parse_order(text: str, read_id: ReadId = ours) -> OrderId | None:
    """Return the order id a text spells, or None when it is not one."""
    number = read_id(ORDER_ID, text)
    return OrderId(number) if number else None


def trade_text(match_id: MatchId) -> str:
    """Return the spelling of a match's id."""
    return base36.encode(match_id)


def execution_text(order_id: OrderId, of: str) -> str:
    """Return the id of an execution of an order: `ACCEPTED`, `ENDED`, or a trade's id."""
    return f"{order_text(order_id)}-{of}"


def order_name(order: OrderReport) -> str:
    """Return what an order is called."""
    return order_text(order.order_id)
