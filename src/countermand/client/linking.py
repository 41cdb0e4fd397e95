"""
Linking: orders that are placed at once, or none, and act on each other.

    OCO     two; one trades or ends, and the other ends
    OTO     two; the second comes in as the first trades
    OTOCO   three; the last two come in as the first trades, and are an OCO
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict, replace

from countermand.client.people import Number
from countermand.client.session import Session
from countermand.client.wording import Leg, Wish, changed, new_order, texts
from countermand.vocabulary.commands import NewOrder, NewOrderList
from countermand.vocabulary.order import Contingency
from countermand.wire.errors import NotExpressible
from countermand.wire.order_kinds import OrderKind, check_kind


def wish_of(
    symbol: str, side: str, order_qty: Number, price: Number | None, terms: Mapping[str, Any]
) -> Wish:
    """Return an order as it is asked for; one leg may stand alone. Raises NotExpressible."""
    legs = {name: _legs(name, terms[name]) for name in ("oco", "oto") if name in terms}
    return Wish(symbol=symbol, side=side, order_qty=order_qty, price=price, **{**terms, **legs})


def command_of(session: Session, wish: Wish, now_ns: int) -> NewOrder | NewOrderList:
    """Return the command for an order, and those linked to it. Raises NotExpressible."""
    first = new_order(session, wish, now_ns)
    if not wish.oco and not wish.oto:
        return first
    kind = _kind(wish)
    check_kind(session.venue.name, kind, session.end.kinds)
    legs = [_leg(session, wish, leg, now_ns) for leg in (*wish.oco, *wish.oto)]
    acts = Contingency.NONE if kind is OrderKind.OTO else Contingency.OCO
    lets_in = kind is not OrderKind.OCO
    return NewOrderList(first.account_id, (first, *legs), acts, lets_in)


def first_of(command: NewOrder | NewOrderList) -> NewOrder:
    """Return the order that an outcome is of: of linked ones the first."""
    return command.orders[0] if isinstance(command, NewOrderList) else command


def wish_fields(wish: Wish, command: NewOrder | NewOrderList) -> dict[str, Any]:
    """Return an order as it is written down, with the name and time in force it was given."""
    first = first_of(command)
    return texts(asdict(wish)) | {
        "cl_ord_id": first.cl_ord_id,
        "time_in_force": first.terms.time_in_force.name.lower(),
        "exec_inst": list(wish.exec_inst),
        "oco": [texts(asdict(leg)) for leg in wish.oco],
        "oto": [texts(asdict(leg)) for leg in wish.oto],
    }


def read_wish(fields: Mapping[str, Any]) -> Wish:
    """
    Return an order that was written down, by a former version with fewer words too.

    Raises: KeyError for one without its market, side or quantity.
    """
    own = {name: fields[name] for name in Wish.__struct_fields__ if name in fields}
    for needed in ("symbol", "side", "order_qty", "exec_inst"):
        own[needed] = fields[needed]
    for name in ("oco", "oto"):
        own[name] = tuple(Leg(**leg) for leg in fields.get(name, ()))
    return Wish(**own | {"exec_inst": tuple(own["exec_inst"])})


def _legs(name: str, given: Any) -> tuple[Leg, ...]:
    legs = (given,) if isinstance(given, Leg) else given
    if not isinstance(legs, tuple | list) or not all(isinstance(one, Leg) for one in legs):
        raise NotExpressible(f"{name} is a Leg, or a tuple of them")
    return tuple(legs)


def _kind(wish: Wish) -> OrderKind:
    match len(wish.oco), len(wish.oto):
        case 1, 0:
            return OrderKind.OCO
        case 0, 1:
            return OrderKind.OTO
        case 0, 2:
            return OrderKind.OTOCO
    raise NotExpressible("an order has one OCO beside it, or lets one or two others in (OTO)")


def _leg(session: Session, wish: Wish, leg: Leg, now_ns: int) -> NewOrder:
    # The first order's other words hold for those beside it too; the name is its own.
    alone = replace(wish, cl_ord_id="", oco=(), oto=(), is_twap=False, **asdict(leg))
    return changed(new_order(session, alone, now_ns), {"cl_ord_id": ""})
