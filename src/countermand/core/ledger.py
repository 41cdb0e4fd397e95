"""
The ledger: every posting has two sides, so each asset sums to zero over all accounts for ever.

An open order holds what it may come to owe; `lay` makes the hold and `lift` takes back exactly what
was laid, so a cancel frees it to the last unit. What is held:

    spot buy          notional at the limit, and the dearest fee on it     quote asset
    spot sell         the quantity                                         base asset
    perpetual         the dearest fee on the notional                      quote asset
    position          initial margin on max(|cost + buys|, |cost - sells|)  quote asset
                      where orders that can only close it do not count

Margin counts cost, not mark: profit that is not realized opens no further position.
"""

from countermand.core.ids import CLEARING, EXTERNAL, FEES, AssetId
from countermand.core.instrument import Instrument, InstrumentKind
from countermand.core.order import Order, Side
from countermand.core.state import Account, Position, State
from countermand.core.units import ceil_ppb, truncate_share

# Enum members looked up once: these lines run on every order and every cancel.
_BUY, _SELL = Side.BUY, Side.SELL
_PERPETUAL = InstrumentKind.PERPETUAL


def order_hold(instrument: Instrument, side: Side, price_ticks: int, qty_lots: int) -> int:
    """Return what an order holds for itself, in minor units of `hold_asset`."""
    if side is Side.SELL and not instrument.is_perpetual:
        return qty_lots * instrument.lot_minor
    notional = instrument.notional_of(price_ticks, qty_lots)
    fee = ceil_ppb(notional, instrument.fee_reserve_ppb)
    return fee if instrument.is_perpetual else notional + fee


def hold_asset(instrument: Instrument, side: Side) -> AssetId:
    """Return the asset an order of `side` holds."""
    if side is _SELL and instrument.kind is not _PERPETUAL:
        return instrument.base_asset_id
    return instrument.quote_asset_id


def margin(
    instrument: Instrument,
    position: Position,
    side: Side | None = None,
    more_lots: int = 0,
    more_minor: int = 0,
) -> int:
    """
    Return the margin of the position, as if an order of `side` were open besides those that are.

    Orders that the position covers can only close it, at whatever price, and ask for nothing.
    """
    net_lots, cost = position.net_lots, position.cost_minor
    buy_minor, sell_minor = position.open_buy_minor, position.open_sell_minor
    buy_lots, sell_lots = position.open_buy_lots, position.open_sell_lots
    if side is _BUY:
        buy_lots, buy_minor = buy_lots + more_lots, buy_minor + more_minor
    elif side is _SELL:
        sell_lots, sell_minor = sell_lots + more_lots, sell_minor + more_minor
    # What makes the position longer counts, and against it what could turn it over.
    if net_lots >= 0:
        worst, other, turns = cost + buy_minor, sell_minor - cost, sell_lots > net_lots
    else:
        worst, other, turns = sell_minor - cost, cost + buy_minor, buy_lots > -net_lots
    if turns and other > worst:
        worst = other
    return ceil_ppb(worst, instrument.initial_margin_ppb)


def lay(account: Account, instrument: Instrument, order: Order) -> None:
    """Hold what the order, as it stands, may come to owe."""
    side, leaves = order.side, order.leaves_qty_lots
    order.hold_minor = order_hold(instrument, side, order.price_ticks, leaves)
    if instrument.kind is _PERPETUAL:
        _move_open(account, instrument, order, leaves, order.hold_minor)
    else:
        account.balance(hold_asset(instrument, side)).hold_minor += order.hold_minor


def lift(account: Account, instrument: Instrument, order: Order) -> None:
    """Free all that `lay` held; the order must still stand as it did then."""
    if instrument.kind is _PERPETUAL:
        _move_open(account, instrument, order, -order.leaves_qty_lots, -order.hold_minor)
    else:
        account.balances[hold_asset(instrument, order.side)].hold_minor -= order.hold_minor
    order.hold_minor = 0


def _move_open(
    account: Account, instrument: Instrument, order: Order, qty_lots: int, hold_minor: int
) -> None:
    # Orders and position share one margin, so it is worked out anew: an order's part is not its
    # own.
    position = account.position(instrument.instrument_id)
    notional = order.price_ticks * qty_lots * instrument.notional_minor
    if order.side is _BUY:
        position.open_buy_lots += qty_lots
        position.open_buy_minor += notional
    else:
        position.open_sell_lots += qty_lots
        position.open_sell_minor += notional
    _remargin(account, instrument, position, hold_minor)


def _remargin(
    account: Account, instrument: Instrument, position: Position, hold_minor: int = 0
) -> None:
    margin_minor = margin(instrument, position)
    change = margin_minor - position.margin_minor + hold_minor
    account.balance(instrument.quote_asset_id).hold_minor += change
    position.margin_minor = margin_minor


def post(debtor: Account, creditor: Account, asset_id: AssetId, amount_minor: int) -> None:
    """Move `amount_minor` of the asset from one account to another; negative moves it back."""
    debtor.balance(asset_id).total_minor -= amount_minor
    creditor.balance(asset_id).total_minor += amount_minor


def deposit(state: State, account: Account, asset_id: AssetId, amount_minor: int) -> None:
    """Bring money in from outside."""
    post(state.accounts[EXTERNAL], account, asset_id, amount_minor)


def charge(state: State, account: Account, instrument: Instrument, fee_minor: int) -> None:
    """Take a fee, or with a negative one pay a rebate, in the quote asset."""
    post(account, state.accounts[FEES], instrument.quote_asset_id, fee_minor)


def settle_spot(
    buyer: Account, seller: Account, instrument: Instrument, price_ticks: int, qty_lots: int
) -> None:
    """Swap the two assets of a spot match."""
    post(buyer, seller, instrument.quote_asset_id, instrument.notional_of(price_ticks, qty_lots))
    post(seller, buyer, instrument.base_asset_id, qty_lots * instrument.lot_minor)


def move_position(
    state: State, account: Account, instrument: Instrument, signed_lots: int, price_ticks: int
) -> None:
    """
    Move a position by `signed_lots` at a price and realize what closing gains or loses.

    What is closed takes its share of the cost with it; a flip opens the rest at the new price.
    """
    position = account.position(instrument.instrument_id)
    value = instrument.notional_of(price_ticks, signed_lots)
    closing = 0
    if position.net_lots * signed_lots < 0:
        closing = min(abs(position.net_lots), abs(signed_lots))
    if closing:
        closed_cost = truncate_share(position.cost_minor, closing, abs(position.net_lots))
        closed_value = truncate_share(value, closing, abs(signed_lots))
        realized = -closed_value - closed_cost
        position.realized_minor += realized
        post(state.accounts[CLEARING], account, instrument.quote_asset_id, realized)
        position.cost_minor += value - closed_value - closed_cost
    else:
        position.cost_minor += value
    position.net_lots += signed_lots
    _remargin(account, instrument, position)
