"""Ends: when an order is over by itself, as a shell says it, and what one that has an end needs."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from countermand.cli.exits import Code, Stop

if TYPE_CHECKING:
    from countermand.wire.client_end import ClientEnd

_NS = 10**9
_UNIT_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_IN = re.compile(r"(\d{1,6})([smhd])")
# What a signed number of 64 bits can say.
_LATEST_S = 2**63 // _NS
FORMS = "30m, 1h or 2d from now, or a time in UTC such as 2027-01-31T12:00:00"


def read(text: str) -> int:
    """
    Return the moment that `--expire` says, 0 where it says none.

    Units:  nanoseconds since the Unix epoch, in whole seconds.
    Raises: Stop for a text in no such form.
    """
    return _end_s(text, time.time_ns() // _NS) * _NS if text else 0


@contextmanager
def explained(venue: str, expire: str) -> Iterator[None]:
    """Say which end was refused, and the venue's limit; the venue's clock decides, not ours."""
    from countermand.vocabulary.reasons import RejectReason  # noqa: PLC0415  (loaded when it is needed)
    from countermand.wire.errors import NotExpressible  # noqa: PLC0415  (loaded when it is needed)

    try:
        yield
    except NotExpressible as error:
        if expire and str(error).startswith("expire_ns "):
            text = "--expire is the end of a gtd order: give --time-in-force gtd as well"
            raise Stop(Code.ASKED_WRONGLY, text) from None
        if not expire or str(error) != RejectReason.INVALID_EXPIRE_TIME.sentence:
            raise
        raise Stop(Code.ASKED_WRONGLY, f"--expire {expire}: {error}{_limit(venue)}") from None


def check(venue: str, *, expire: str, time_in_force: str, price: str, is_twap: bool) -> None:
    """See that an order which has an end says it, and a TWAP its limit. Raises Stop."""
    from countermand.wire.order_kinds import OrderKind  # noqa: PLC0415  (loaded when it is needed)

    end = _end(venue)
    if is_twap and end is not None and OrderKind.TWAP not in end.kinds:
        return  # the venue's kinds are told instead
    said = "--twap" if is_twap else "--time-in-force gtd" if time_in_force.lower() == "gtd" else ""
    if said and not expire:
        text = f"{said} needs its end: give --expire, {FORMS}{_limit(venue)}"
        raise Stop(Code.ASKED_WRONGLY, text)
    if is_twap and not price:
        text = "--twap needs a limit that its slices keep to: give a PRICE after the quantity"
        raise Stop(Code.ASKED_WRONGLY, text)


def _end_s(text: str, now_s: int) -> int:
    if span := _IN.fullmatch(text):
        end_s = now_s + int(span[1]) * _UNIT_S[span[2]]
    else:
        try:
            told = datetime.fromisoformat(text)
        except ValueError:
            raise Stop(Code.ASKED_WRONGLY, f"--expire {text!r} is no time; say {FORMS}") from None
        end_s = int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp())
    if end_s >= _LATEST_S:
        raise Stop(Code.ASKED_WRONGLY, f"--expire {text} is too late")
    return end_s


def _limit(venue: str) -> str:
    limit_s = _limit_s(venue)
    return f"; {venue} takes at most {limit_s // _UNIT_S['d']} days" if limit_s else ""


def _limit_s(venue: str) -> int:
    end = _end(venue)
    return 0 if end is None else end.order_life_s_max


def _end(venue: str) -> ClientEnd | None:
    from countermand.venues import VENUES  # noqa: PLC0415  (loaded when it is needed)

    # A venue that is none is told with those there are, when it is gone to.
    known = VENUES.get(venue)
    return known.client if known is not None else None
