"""
Whole: the state as rules up to 4 kept it, with closed orders whole and with fills, and what becomes
of it: packed closed orders in the state, and records for the history.
"""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct, json

from countermand.core.image import AccountImage, ClosedImage, Image, MarketImage
from countermand.core.order import Order, Request, Staged
from countermand.core.state import Balance, DeadMan, Delays, Position
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, OrderId
from countermand.vocabulary.instrument import Asset
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reports import Fill, OrderReport, SlotUse


class Migrated(NamedTuple):
    """A state as today's rules dump it, and the records that were in it."""

    dump: bytes
    ended: list[OrderReport]
    fills: list[Fill]


class WholeAccount(Struct, frozen=True, array_like=True):
    """An account; fields as in `AccountImage`, with its fills."""

    account_id: AccountId
    venue: str
    owner: str
    name: str
    is_default: bool
    trading_locked: bool
    reduce_only: bool
    may_borrow: bool
    balances: list[tuple[AssetId, Balance]]
    positions: list[tuple[InstrumentId, Position]]
    closed: list[OrderId]
    fills: list[Fill]
    staged: list[Staged]
    slots: list[tuple[AssetId, list[SlotUse]]] = []
    is_killed: bool = False
    dead_man: DeadMan | None = None


class WholeImage(Struct, frozen=True, array_like=True):
    """Everything; fields as in `Image`, with the closed orders among `orders`."""

    seq: int
    ts_ns: int
    assets: list[Asset]
    markets: list[MarketImage]
    accounts: list[WholeAccount]
    orders: list[Order]
    passed: int = 0
    delays: list[tuple[str, Delays]] = []
    requests: list[tuple[int, Request]] = []


def packed(image: WholeImage) -> Migrated:
    """Return the state with its closed orders packed, and their records."""
    known = {order.now.order_id: order for order in image.orders}
    ended = [known[order_id].now for account in image.accounts for order_id in account.closed]
    fills = [fill for account in image.accounts for fill in account.fills]
    fills.sort(key=lambda fill: (fill.match_id, not fill.is_maker))
    kept = [known[order_id] for order_id in sorted(_unfinished(image.orders))]
    today = Image(
        image.seq,
        image.ts_ns,
        image.assets,
        image.markets,
        [_account(account, known) for account in image.accounts],
        kept,
        image.passed,
        image.delays,
        image.requests,
    )
    ended.sort(key=lambda now: now.transact_ns)
    return Migrated(json.encode(today), ended, fills)


def _unfinished(orders: list[Order]) -> Iterator[OrderId]:
    # Open orders, and those that are over of lists that are not.
    links = (order.now.terms.link for order in orders if order.now.is_open)
    unfinished = {link.list_id for link in links if link}
    for order in orders:
        link = order.now.terms.link
        if order.now.is_open or (link and link.list_id in unfinished):
            yield order.now.order_id


def _account(whole: WholeAccount, known: dict[OrderId, Order]) -> AccountImage:
    return AccountImage(
        whole.account_id,
        whole.venue,
        whole.owner,
        whole.name,
        whole.is_default,
        trading_locked=whole.trading_locked,
        reduce_only=whole.reduce_only,
        may_borrow=whole.may_borrow,
        balances=whole.balances,
        positions=whole.positions,
        closed=[_closed(known[order_id]) for order_id in whole.closed],
        staged=whole.staged,
        slots=whole.slots,
        is_killed=whole.is_killed,
        dead_man=whole.dead_man,
    )


def _closed(order: Order) -> ClosedImage:
    now = order.now
    facts = (now.order_id, now.instrument_id, now.ord_status, now.cancel_reason)
    if now.ord_status is OrdStatus.REJECTED:
        return ClosedImage(*facts)
    names = (now.cl_ord_id, now.terms.secondary_cl_ord_id, order.retired_cl_ord_ids)
    return ClosedImage(*facts, *names)
