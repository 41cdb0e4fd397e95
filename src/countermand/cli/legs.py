"""Legs: how an order beside another one is written in one word of a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermand.cli.exits import Code, Stop

if TYPE_CHECKING:
    from countermand.client.wording import Leg

# The words that may follow side, quantity and price, by the names of `place`'s options.
_NAMED = {
    "stop-price": "stop_px",
    "take-profit": "take_profit_px",
    "trail": "trail",
    "limit-offset": "limit_offset",
    "position-effect": "position_effect",
}
_LEAST, _MOST = 2, 3


def read(text: str) -> Leg:
    """Return a leg: `SIDE QTY [PRICE] [NAME=VALUE ...]`. Raises Stop."""
    from countermand.client.wording import Leg  # noqa: PLC0415  (loaded when it is needed)

    words = text.split()
    plain = [word for word in words if "=" not in word]
    named = dict(word.split("=", 1) for word in words if "=" in word)
    if not _LEAST <= len(plain) <= _MOST or words[: len(plain)] != plain:
        raise _no_leg(text, "SIDE QTY [PRICE], then NAME=VALUE")
    if unknown := named.keys() - _NAMED.keys():
        raise _no_leg(text, f"{min(unknown)} is none of {', '.join(_NAMED)}")
    return Leg(*plain, **{_NAMED[name]: value for name, value in named.items()})


def _no_leg(text: str, why: str) -> Stop:
    return Stop(Code.ASKED_WRONGLY, f"{text!r} is no order beside another one: {why}")
