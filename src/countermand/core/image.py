"""
Image: the whole state as one plain value, for snapshots and digests.

Only what is true is in it, in a defined order; books, indexes and timers are rebuilt on load. Two
states with the same image behave alike for ever.
"""

from msgspec import Struct, json

from countermand.core.filing import index_order, stand
from countermand.core.order import Order, Request, Staged
from countermand.core.state import (
    Account,
    Balance,
    DeadMan,
    Delays,
    Market,
    OtherNames,
    Position,
    State,
)
from countermand.core.timers import DEAD_MAN, EXPIRY, REQUEST
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, OrderId
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import SlotUse, Trade


class ClosedImage(Struct, frozen=True, array_like=True, gc=False):
    """What is kept of a closed order, and what it was called."""

    order_id: OrderId
    instrument_id: InstrumentId
    ord_status: OrdStatus
    cancel_reason: CancelReason
    cl_ord_id: str = ""
    secondary_cl_ord_id: str = ""
    retired_cl_ord_ids: tuple[str, ...] = ()


class AccountImage(Struct, frozen=True, array_like=True):
    """An account without what can be derived from its orders."""

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
    closed: list[ClosedImage]
    staged: list[Staged]
    slots: list[tuple[AssetId, list[SlotUse]]] = []
    is_killed: bool = False
    dead_man: DeadMan | None = None


class MarketImage(Struct, frozen=True, array_like=True):
    """A market without its book."""

    instrument: Instrument
    last_px_ticks: int
    last_qty_lots: int
    volume_lots: int
    volume_notional_minor: int
    transact_ns: int
    settled_px_ticks: int | None
    trades: list[Trade]


class Image(Struct, frozen=True, array_like=True):
    """Everything, each list ascending by id."""

    seq: int
    ts_ns: int
    assets: list[Asset]
    markets: list[MarketImage]
    accounts: list[AccountImage]
    orders: list[Order]
    passed: int = 0
    delays: list[tuple[str, Delays]] = []
    requests: list[tuple[int, Request]] = []


def dump(state: State) -> bytes:
    """Return the state's image, encoded. Equal states give equal bytes."""
    return json.encode(
        Image(
            state.seq,
            state.ts_ns,
            [asset for _, asset in sorted(state.assets.items())],
            [_market_image(market) for _, market in sorted(state.markets.items())],
            [_account_image(state, account) for _, account in sorted(state.accounts.items())],
            [order for _, order in sorted(state.orders.items())],
            state.passed,
            sorted(state.delays.items()),
            sorted(state.requests.items()),
        )
    )


def _market_image(market: Market) -> MarketImage:
    return MarketImage(
        market.instrument,
        market.last_px_ticks,
        market.last_qty_lots,
        market.volume_lots,
        market.volume_notional_minor,
        market.transact_ns,
        settled_px_ticks=market.settled_px_ticks,
        trades=list(market.trades),
    )


def _account_image(state: State, account: Account) -> AccountImage:
    return AccountImage(
        account.account_id,
        account.venue,
        account.owner,
        account.name,
        account.is_default,
        account.trading_locked,
        reduce_only=account.reduce_only,
        may_borrow=account.may_borrow,
        balances=sorted(account.balances.items()),
        positions=sorted(account.positions.items()),
        closed=_closed_images(state, account),
        staged=list(account.staged.values()),
        slots=[
            (a, [use for _, use in sorted(s.items())]) for a, s in sorted(account.slots.items())
        ],
        is_killed=account.is_killed,
        dead_man=account.dead_man,
    )


def _closed_images(state: State, account: Account) -> list[ClosedImage]:
    known, others, named = state.closed.get, account.other_names, account.cl_ord_ids
    images = []
    for found_by in account.closed:
        name = found_by if isinstance(found_by, str) else ""
        order_id = named[found_by] if isinstance(found_by, str) else found_by
        closed = known(order_id)
        assert closed is not None, f"order {order_id} is over and not packed"
        told = (order_id, closed.instrument_id, closed.ord_status, closed.cancel_reason)
        images.append(ClosedImage(*told, name, *others.get(order_id, ())))
    return images


def load(data: bytes) -> State:
    """
    Return the state that `dump` encoded.

    Raises: msgspec.DecodeError or ValidationError for bytes that are no image.
    """
    image = json.decode(data, type=Image)
    state = State()
    state.seq, state.ts_ns, state.passed = image.seq, image.ts_ns, image.passed
    state.assets = {asset.asset_id: asset for asset in image.assets}
    for market in image.markets:
        state.markets[market.instrument.instrument_id] = _market(market)
    for account in image.accounts:
        state.accounts[account.account_id] = _account(account)
        _know_closed(state, account)
    for order in image.orders:
        state.orders[order.now.order_id] = order
    # In the order they were placed in: a staged order has an id from before that.
    for order in sorted(image.orders, key=lambda o: o.now.submit_ns):
        if order.now.is_open:
            index_order(state.accounts[order.now.account_id], order)
    state.delays, state.requests = dict(image.delays), dict(image.requests)
    _rebuild(state)
    return state


def _market(image: MarketImage) -> Market:
    market = Market(image.instrument)
    market.last_px_ticks, market.last_qty_lots = image.last_px_ticks, image.last_qty_lots
    market.volume_lots = image.volume_lots
    market.volume_notional_minor = image.volume_notional_minor
    market.transact_ns = image.transact_ns
    market.settled_px_ticks = image.settled_px_ticks
    market.trades.extend(image.trades)
    return market


def _account(image: AccountImage) -> Account:
    account = Account(image.account_id, image.venue, image.owner, image.name)
    account.is_default = image.is_default
    account.trading_locked = image.trading_locked
    account.reduce_only = image.reduce_only
    account.may_borrow = image.may_borrow
    account.balances = dict(image.balances)
    account.positions = dict(image.positions)
    account.staged = {staged.now.order_id: staged for staged in image.staged}
    account.is_killed, account.dead_man = image.is_killed, image.dead_man
    account.slots = {asset: {use.slot: use for use in uses} for asset, uses in image.slots}
    return account


def _know_closed(state: State, image: AccountImage) -> None:
    # In the order they ended in, so that each name stands for what it stood for.
    account = state.accounts[image.account_id]
    for one in image.closed:
        order_id, name = one.order_id, one.cl_ord_id
        facts = (account.account_id, one.instrument_id, one.ord_status, one.cancel_reason)
        state.closed.add(order_id, facts)
        account.closed.append(name or order_id)
        for taken in (name, *one.retired_cl_ord_ids):
            if taken:
                account.cl_ord_ids[taken] = order_id
        if one.secondary_cl_ord_id:
            account.secondary_cl_ord_ids.close(one.secondary_cl_ord_id, order_id)
        if one.secondary_cl_ord_id or one.retired_cl_ord_ids:
            named = OtherNames(one.secondary_cl_ord_id, one.retired_cl_ord_ids)
            account.other_names[order_id] = named


def _rebuild(state: State) -> None:
    for number, request in state.requests.items():
        state.timers.add(request.due_ns, REQUEST, number)
    for account in state.accounts.values():
        if account.dead_man:
            state.timers.add(account.dead_man.due_ns, DEAD_MAN, account.account_id)
    # Priority alone restores each queue.
    open_orders = [o for account in state.accounts.values() for o in account.open_orders.values()]
    for order in sorted(open_orders, key=lambda o: o.priority):
        now, market = order.now, state.markets[order.now.instrument_id]
        if now.terms.expire_ns:
            state.timers.add(now.terms.expire_ns, EXPIRY, now.order_id)
        stand(state, market, order)
