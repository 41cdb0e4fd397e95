"""
The rest of the gateway: events, series, sports, search, RFQs. There are none of these here, so that
every list is empty and every one of them by its name a 404.
"""

from typing import Any

from countermand.venues.polymarket_us.errors import GENERIC
from countermand.venues.polymarket_us.messages import markets as m
from countermand.wire.conversation import AnyContext, Op, reply
from countermand.wire.errors import NotFound


def nothing(**answer: Any) -> Op:
    """Return the operation that answers `answer`, whatever is asked."""
    return Op(m.Everything, dict[str, Any], reply(lambda *_: answer))


def _missing(message: m.OneOf, ctx: AnyContext) -> None:
    raise NotFound(GENERIC)


ONE = Op(m.OneOf, None, reply(_missing))
