"""
The rest of the gateway: events, series, sports, search, RFQs. None of these exist here: lists are
empty, and one by its name is a 404.
"""

from typing import Any

from countermand.venues.polymarket_us.errors import GENERIC
from countermand.venues.polymarket_us.messages import markets as m
from countermand.wire.conversation import AnyContext, Op, reply
from countermand.wire.errors import NotFound


def nothing(**answer: Any) -> Op:
    """Return the operation that answers every request with `answer`."""
    return Op(m.Everything, dict[str, Any], reply(lambda *_: answer))


def _missing(message: m.OneOf, ctx: AnyContext) -> None:
    raise NotFound(GENERIC)


ONE = Op(m.OneOf, None, reply(_missing))
