"""Wording: from what people ask for to commands in ticks and lots, as the venue has words for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from countermand.client.people import Number, lots, ticks, word
from countermand.client.session import Session
from countermand.vocabulary.commands import NewOrder, ReplaceOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdType,
    PositionEffect,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reports import OrderReport
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation

T = TypeVar("T", bound=Struct)

# What an order is that does not say so, in the order in which a venue is asked for its words.
_LIMIT_TIMES = (TimeInForce.GTC, TimeInForce.DAY)
_MARKET_TIMES = (TimeInForce.IOC, TimeInForce.DAY, TimeInForce.GTC, TimeInForce.FOK)


class Wish(Struct, frozen=True, kw_only=True):
    """
    An order as people ask for it.

    Shape:  words as in `people.Order`; without a `price` it is a market order; `time_in_force` left
            out is the venue's usual one; `exec_inst` such as post_only; `position_effect` open or
            close, where a venue tells a short sale from a sale.
    Units:  decimals, exact; `expire_ns` nanoseconds since the Unix epoch, for gtd.
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


class Terms(TypedDict, total=False):
    """What else can be said of a `Wish`."""

    cl_ord_id: str
    time_in_force: str
    exec_inst: tuple[str, ...]
    expire_ns: int
    position_effect: str


def new_order(session: Session, wish: Wish, now_ns: int) -> NewOrder:
    """Return the command for an order. Raises NotExpressible for what cannot be said."""
    market, given = session.instrument(wish.symbol), session.end.given
    bare = NewOrder(
        session.account_id, market.instrument_id, _name(session, wish, now_ns), _terms(market, wish)
    )
    said = wish.position_effect
    effect = {"position_effect": word(PositionEffect, said)} if said else {}
    plain = changed(bare, {"cl_ord_id": "a" if bare.cl_ord_id else "", "exec_inst": 0})
    times = _times(wish, bare.terms.ord_type)
    # Where it cannot be said in any, that of an order without what is special: why is told of it.
    for order, more in ((bare, effect), (plain, {})):
        for time_in_force in times:
            if session.can_say(
                Operation.PLACE_ORDER,
                changed(order, {"time_in_force": time_in_force, **given, **more}),
            ):
                return changed(bare, {"time_in_force": time_in_force, **given, **effect})
    return changed(bare, {"time_in_force": times[0], **given, **effect})


def wish_fields(wish: Wish, command: NewOrder) -> dict[str, Any]:
    """Return an order as it is written down, with the name and time in force it was given."""
    return {
        "symbol": wish.symbol,
        "side": wish.side,
        "order_qty": str(wish.order_qty),
        "price": None if wish.price is None else str(wish.price),
        "cl_ord_id": command.cl_ord_id,
        "time_in_force": command.terms.time_in_force.name.lower(),
        "exec_inst": list(wish.exec_inst),
        "expire_ns": wish.expire_ns,
        "position_effect": wish.position_effect,
    }


def read_wish(fields: Mapping[str, Any]) -> Wish:
    """Return an order that was written down. Raises KeyError."""
    own = {name: fields[name] for name in Wish.__struct_fields__}
    return Wish(**own | {"exec_inst": tuple(own["exec_inst"])})


def _name(session: Session, wish: Wish, now_ns: int) -> str:
    if "cl_ord_id" not in session.end.given:
        return wish.cl_ord_id or session.next_name(now_ns)
    if wish.cl_ord_id:
        raise NotExpressible(f"{session.venue.name} keeps no name that an owner gives an order")
    return ""


def _terms(market: Instrument, wish: Wish) -> OrderTerms:
    exec_inst = sum(word(ExecInst, text) for text in set(wish.exec_inst))
    is_limit = wish.price is not None
    return OrderTerms(
        word(Side, wish.side),
        OrdType.LIMIT if is_limit else OrdType.MARKET,
        TimeInForce.GTC,
        lots(market, wish.order_qty),
        price_ticks=ticks(market, wish.price) if wish.price is not None else 0,
        expire_ns=wish.expire_ns,
        exec_inst=exec_inst,
        stp=SelfTradePrevention.BOTH,
    )


def _times(wish: Wish, ord_type: OrdType) -> tuple[TimeInForce, ...]:
    if wish.time_in_force:
        return (word(TimeInForce, wish.time_in_force),)
    return _LIMIT_TIMES if ord_type is OrdType.LIMIT else _MARKET_TIMES


def replacement(
    session: Session,
    seen: OrderReport,
    price: Number | None,
    order_qty: Number | None,
    now_ns: int,
) -> ReplaceOrder:
    """Return the command that changes an order that was read. Raises NotExpressible."""
    market = session.directory.instruments[seen.instrument_id]
    if price is None and order_qty is None:
        raise NotExpressible("a replacement of neither price nor quantity")
    command = ReplaceOrder(
        seen.account_id,
        seen.instrument_id,
        seen.order_id,
        "" if seen.order_id else seen.cl_ord_id,
        "" if "cl_ord_id" in session.end.given else session.next_name(now_ns),
        price_ticks=0 if price is None else ticks(market, price),
        order_qty_lots=0 if order_qty is None else lots(market, order_qty),
    )
    return changed(command, session.end.replacing)


def changed(value: T, fields: Mapping[str, Any]) -> T:
    """Return a command with other fields, those of its terms where they are its terms'."""
    own = {name: field for name, field in fields.items() if hasattr(value, name)}
    terms = {name: field for name, field in fields.items() if name not in own}
    if terms:
        stated: OrderTerms = value.terms  # type: ignore[attr-defined]  # who has such names has it
        own["terms"] = replace(stated, **terms)
    return replace(value, **own)
