"""Wording: from what people ask for to commands in ticks and lots, as the venue has words for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from countermand.client import waking
from countermand.client.people import Number, lots, ticks, word
from countermand.client.session import Session
from countermand.vocabulary.commands import NewOrder, ReplaceOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdType,
    PositionEffect,
    Schedule,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reports import OrderReport
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation
from countermand.wire.order_kinds import check_kind, kind_of

T = TypeVar("T", bound=Struct)

# The times in force of an order that names none, in the order in which a venue is asked for its
# words.
_LIMIT_TIMES = (TimeInForce.GTC, TimeInForce.DAY)
_MARKET_TIMES = (TimeInForce.IOC, TimeInForce.DAY, TimeInForce.GTC, TimeInForce.FOK)
_ASLEEP_TIMES = (TimeInForce.GTC, TimeInForce.DAY, TimeInForce.IOC)
_TWAP_TIMES = (TimeInForce.GTD,)
# How many slices there are, and how far apart, is the venue's to say.
AS_THE_VENUE_DOES = Schedule(0, 0)


class Leg(Struct, frozen=True):
    """An order beside another one on its market; what is not said of it is as of that one."""

    side: str
    order_qty: Number
    price: Number | None = None
    position_effect: str = ""
    stop_px: Number | None = None
    take_profit_px: Number | None = None
    trail: Number | None = None
    limit_offset: Number | None = None


class Wish(Struct, frozen=True, kw_only=True):
    """
    An order as people ask for it.

    Shape:  words as in `people.Order`; without a `price` it is a market order; `time_in_force` left
            out is the venue's usual one; `exec_inst` such as post_only; `position_effect` open or
            close, where a venue tells a short sale from a sale. With a `stop_px` it sleeps until
            the market has moved so far against its owner, with a `take_profit_px` so far in favor;
            with a `trail` it is a stop at that distance from the best price since, begun at
            `stop_px` if there is one. A trailing stop with a `limit_offset` comes in at a limit so
            far beyond its stop price. With `is_twap` it comes in by slices until it expires. The
            one of `oco` ends when it trades or ends, and the other way; those of `oto`, one or two,
            come in as it trades, and of two one ends the other.
    Units:  decimals, exact; `trail` also as a percentage, `2%`; `expire_ns` nanoseconds since the
            Unix epoch, for gtd.
    """

    symbol: str
    side: str
    order_qty: Number
    price: Number | None = None
    cl_ord_id: str = ""
    time_in_force: str = ""
    exec_inst: tuple[str, ...] = ()
    expire_ns: int = 0
    position_effect: str = ""
    stop_px: Number | None = None
    take_profit_px: Number | None = None
    trail: Number | None = None
    limit_offset: Number | None = None
    is_twap: bool = False
    oco: tuple[Leg, ...] = ()
    oto: tuple[Leg, ...] = ()


class Terms(TypedDict, total=False):
    """The optional fields of a `Wish`."""

    cl_ord_id: str
    time_in_force: str
    exec_inst: tuple[str, ...]
    expire_ns: int
    position_effect: str
    stop_px: Number | None
    take_profit_px: Number | None
    trail: Number | None
    limit_offset: Number | None
    is_twap: bool
    oco: Leg | tuple[Leg, ...]
    oto: Leg | tuple[Leg, ...]


# Numbers of a wish, which are written down as text.
_NUMBERS = ("order_qty", "price", "stop_px", "take_profit_px", "trail", "limit_offset")


def new_order(session: Session, wish: Wish, now_ns: int) -> NewOrder:
    """Return the command for an order alone. Raises NotExpressible for what cannot be said."""
    market, given = session.instrument(wish.symbol), session.end.given
    bare = NewOrder(
        session.account_id, market.instrument_id, _name(session, wish, now_ns), _terms(market, wish)
    )
    check_kind(session.venue.name, kind_of(bare), session.end.kinds)
    said = wish.position_effect
    effect = {"position_effect": word(PositionEffect, said)} if said else {}
    plain = changed(bare, {"cl_ord_id": "a" if bare.cl_ord_id else "", "exec_inst": 0})
    times = _times(wish, bare.terms)
    # Where the order cannot be said in any, the one that suits it without its name and
    # instructions: the error then names these.
    for order, more in ((bare, effect), (plain, {})):
        for time_in_force in times:
            if session.can_say(
                Operation.PLACE_ORDER,
                changed(order, {"time_in_force": time_in_force, **given, **more}),
                now_ns,
            ):
                return changed(bare, {"time_in_force": time_in_force, **given, **effect})
    return changed(bare, {"time_in_force": times[0], **given, **effect})


def texts(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a wish or a leg with its numbers as they are written down."""
    numbers = {name: str(fields[name]) for name in _NUMBERS if fields[name] is not None}
    return fields | numbers


def _name(session: Session, wish: Wish, now_ns: int) -> str:
    if "cl_ord_id" not in session.end.given:
        return wish.cl_ord_id or session.next_name(now_ns)
    if wish.cl_ord_id:
        raise NotExpressible(f"{session.venue.name} keeps no name that an owner gives an order")
    return ""


def _terms(market: Instrument, wish: Wish) -> OrderTerms:
    exec_inst = sum(word(ExecInst, text) for text in set(wish.exec_inst))
    side, is_limit = word(Side, wish.side), wish.price is not None
    if is_limit and wish.limit_offset is not None:
        raise NotExpressible(
            "a limit that follows its stop price (--limit-offset) has no price of its own"
        )
    is_limit = is_limit or wish.limit_offset is not None
    return OrderTerms(
        side,
        OrdType.LIMIT if is_limit else OrdType.MARKET,
        TimeInForce.GTC,
        lots(market, wish.order_qty),
        price_ticks=ticks(market, wish.price) if wish.price is not None else 0,
        expire_ns=wish.expire_ns,
        exec_inst=exec_inst,
        stp=SelfTradePrevention.BOTH,
        trigger=waking.trigger(
            market, side, wish.stop_px, wish.take_profit_px, wish.trail, wish.limit_offset
        ),
        schedule=AS_THE_VENUE_DOES if wish.is_twap else None,
    )


def _times(wish: Wish, terms: OrderTerms) -> tuple[TimeInForce, ...]:
    if wish.time_in_force:
        return (word(TimeInForce, wish.time_in_force),)
    if terms.trigger is not None:
        return _ASLEEP_TIMES
    if terms.schedule is not None:
        return _TWAP_TIMES
    return _LIMIT_TIMES if terms.ord_type is OrdType.LIMIT else _MARKET_TIMES


def replacement(
    session: Session,
    seen: OrderReport,
    price: Number | None,
    order_qty: Number | None,
    now_ns: int,
    cl_ord_id: str = "",
) -> ReplaceOrder:
    """
    Return the command that changes an order that was read, and its name where the venue wants a new
    one.

    Raises: NotExpressible.
    """
    market = session.directory.instruments[seen.instrument_id]
    if price is None and order_qty is None:
        raise NotExpressible("a replacement of neither price nor quantity")
    command = ReplaceOrder(
        seen.account_id,
        seen.instrument_id,
        seen.order_id,
        "" if seen.order_id else seen.cl_ord_id,
        _new_name(session, cl_ord_id, now_ns),
        price_ticks=0 if price is None else ticks(market, price),
        order_qty_lots=0 if order_qty is None else lots(market, order_qty),
    )
    return changed(command, session.end.replacing)


def _new_name(session: Session, cl_ord_id: str, now_ns: int) -> str:
    if "cl_ord_id" not in session.end.given:
        return cl_ord_id or session.next_name(now_ns)
    if cl_ord_id:
        raise NotExpressible(f"{session.venue.name} gives an order that is replaced no new name")
    return ""


def changed(value: T, fields: Mapping[str, Any]) -> T:
    """Return a command with other fields, those of its terms where they are its terms'."""
    own = {name: field for name, field in fields.items() if hasattr(value, name)}
    terms = {name: field for name, field in fields.items() if name not in own}
    if terms:
        stated: OrderTerms = value.terms  # type: ignore[attr-defined]  # who has such names has it
        own["terms"] = replace(stated, **terms)
    return replace(value, **own)
