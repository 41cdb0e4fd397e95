"""
The ledger: every posting has two sides, so each asset sums to zero over all accounts for ever.

An open order holds what it may come to owe, and tells how much in its `hold_minor`; one that ends
holds nothing, so that a cancel frees it to the last unit. What is held:

    spot buy          notional at the limit, and the dearest fee on it     quote asset
    spot sell         the quantity                                         base asset
    perpetual, equity the dearest fee on the notional                      quote asset
    their position    initial margin on max(|cost + buys|, |cost - sells|)  quote asset
                      where orders that can only close it do not count
    binary order      the maker's fee                                      quote asset
    binary position   the payout of what is short, as it stands or as all   quote asset
                      buys or all sells would leave it, whichever is worst

Margin counts cost, not mark: profit that is not realized opens no further position. A loss at the
mark is not held; it is not there to be held or withdrawn either (`exposure.loss_minor`). Shares
are held at all they cost unless the account may borrow, and their price is not paid but held, so
that what an account has in cash is its balance less what its positions cost. A binary outcome is
paid for when it is bought and brings its price when it is sold, so what is short holds all it may
come to pay. Buys and sells that fill together need no more than one side alone.
"""

from countermand.core import fees
from countermand.core.state import Account, Position, State
from countermand.vocabulary.ids import CLEARING, EXTERNAL, FEES, AssetId
from countermand.vocabulary.instrument import Instrument, InstrumentKind
from countermand.vocabulary.order import Side, Standing
from countermand.vocabulary.reports import OrderReport
from countermand.vocabulary.units import PPB, truncate_share

# Enum members looked up once: these lines run on every order and every cancel.
_BUY, _SELL, _HELD = Side.BUY, Side.SELL, Standing.HELD
_SPOT, _BINARY, _EQUITY = InstrumentKind.SPOT, InstrumentKind.BINARY, InstrumentKind.EQUITY


def order_hold(
    instrument: Instrument,
    side: Side,
    price_ticks: int,
    qty_lots: int,
    fee_accrued: int = 0,
    fee_minor: int = 0,
) -> int:
    """
    Return what a resting order holds for itself, in minor units of `hold_asset`.

    Units: `fee_accrued` and `fee_minor` are what it was charged before, as in `Order`.
    """
    kind = instrument.kind
    if kind is _SPOT and side is _SELL:
        return qty_lots * instrument.lot_minor
    # What rests on a binary market can only be charged as a maker; the others hold the dearer fee.
    maker_ppb, taker_ppb = instrument.maker_fee_ppb, instrument.taker_fee_ppb
    rate = maker_ppb if kind is _BINARY or maker_ppb > taker_ppb else taker_ppb
    fee = fees.reserve_minor(instrument, side, rate, price_ticks, qty_lots, fee_accrued, fee_minor)
    return price_ticks * qty_lots * instrument.notional_minor + fee if kind is _SPOT else fee


def hold_asset(instrument: Instrument, side: Side) -> AssetId:
    """Return the asset an order of `side` holds."""
    if side is _SELL and instrument.kind is _SPOT:
        return instrument.base_asset_id
    return instrument.quote_asset_id


def margin_rate_ppb(account: Account, instrument: Instrument) -> int:
    """Return what part of a position the account holds: all of it where it may not borrow."""
    if instrument.kind is _EQUITY and not account.may_borrow:
        return PPB
    return instrument.initial_margin_ppb


def margin(
    instrument: Instrument,
    position: Position,
    side: Side | None = None,
    more_lots: int = 0,
    more_minor: int = 0,
    rate_ppb: int | None = None,
) -> int:
    """
    Return the margin of the position, as if an order of `side` were open besides those that are.

    The rate is the instrument's unless another is given. Orders that the position covers can only
    close it, at any price, and ask for nothing.
    """
    net_lots, cost = position.net_lots, position.cost_minor
    buy_minor, sell_minor = position.open_buy_minor, position.open_sell_minor
    buy_lots, sell_lots = position.open_buy_lots, position.open_sell_lots
    if side is _BUY:
        buy_lots, buy_minor = buy_lots + more_lots, buy_minor + more_minor
    elif side is _SELL:
        sell_lots, sell_minor = sell_lots + more_lots, sell_minor + more_minor
    if instrument.kind is _BINARY:
        payout = instrument.payout_ticks * instrument.notional_minor
        after_buys = buy_minor + payout * max(0, -net_lots - buy_lots)
        after_sells = payout * max(0, sell_lots - net_lots) - sell_minor
        return max(payout * max(0, -net_lots), after_buys, after_sells)
    # What makes the position longer counts, and against it what could turn it over.
    if net_lots >= 0:
        worst, other, turns = cost + buy_minor, sell_minor - cost, sell_lots > net_lots
    else:
        worst, other, turns = sell_minor - cost, cost + buy_minor, buy_lots > -net_lots
    if turns and other > worst:
        worst = other
    rate = instrument.initial_margin_ppb if rate_ppb is None else rate_ppb
    return -((-worst * rate) // PPB)


def counted(instrument: Instrument, now: OrderReport) -> tuple[int, int]:
    """
    Return what of an order counts as on order: lots, and quote minor units.

    That is all of it, but for what is held back, and for what another order of its list holds.
    """
    if now.standing is _HELD:
        return 0, 0
    lots = now.leaves_qty_lots
    minor = now.terms.price_ticks * lots * instrument.notional_minor
    if now.shared is None:
        return lots, minor
    return max(0, lots - now.shared.lots), max(0, minor - now.shared.minor)


def hold(account: Account, instrument: Instrument, now: OrderReport) -> None:
    """Hold what an order that was taken may come to owe."""
    if instrument.kind is _SPOT:
        account.balance(hold_asset(instrument, now.terms.side)).hold_minor += now.hold_minor
        return
    position = account.position(instrument.instrument_id)
    _open(position, instrument, now)
    _remargin(account, instrument, position, now.hold_minor)


def rehold(account: Account, instrument: Instrument, before: OrderReport, now: OrderReport) -> None:
    """Hold what an order may come to owe as it is now, and no more what it held before."""
    change = now.hold_minor - before.hold_minor
    if instrument.kind is _SPOT:
        selling = now.terms.side is _SELL
        asset_id = instrument.base_asset_id if selling else instrument.quote_asset_id
        account.balances[asset_id].hold_minor += change
        return
    position = account.positions[instrument.instrument_id]
    _reopen(position, instrument, before, now)
    _remargin(account, instrument, position, change)


def _open(position: Position, instrument: Instrument, now: OrderReport) -> None:
    # Orders and position share one margin: an order's part is not its own.
    qty_lots, notional = counted(instrument, now)
    if now.terms.side is _BUY:
        position.open_buy_lots += qty_lots
        position.open_buy_minor += notional
    else:
        position.open_sell_lots += qty_lots
        position.open_sell_minor += notional


def _reopen(
    position: Position, instrument: Instrument, before: OrderReport, now: OrderReport
) -> None:
    old, new, left = before.terms, now.terms, now.leaves_qty_lots
    if before.shared is not None or now.shared is not None:
        (was_lots, was_minor), (lots, minor) = counted(instrument, before), counted(instrument, now)
        lots, minor = lots - was_lots, minor - was_minor
    else:
        lots = left - before.leaves_qty_lots
        ticks = new.price_ticks * left - old.price_ticks * before.leaves_qty_lots
        minor = ticks * instrument.notional_minor
    if new.side is _BUY:
        position.open_buy_lots += lots
        position.open_buy_minor += minor
    else:
        position.open_sell_lots += lots
        position.open_sell_minor += minor


def _remargin(
    account: Account, instrument: Instrument, position: Position, hold_minor: int = 0
) -> None:
    rate_ppb = instrument.initial_margin_ppb
    if instrument.kind is _EQUITY:
        rate_ppb = margin_rate_ppb(account, instrument)
    margin_minor = margin(instrument, position, None, 0, 0, rate_ppb)
    change = margin_minor - position.margin_minor + hold_minor
    asset_id = instrument.quote_asset_id
    if change:
        balance = account.balances.get(asset_id) or account.balance(asset_id)
        balance.hold_minor += change
    position.margin_minor = margin_minor


def post(
    debtor: Account, creditor: Account, asset_id: AssetId, amount_minor: int, ts_ns: int
) -> None:
    """Move `amount_minor` of the asset from one account to another; negative moves it back."""
    from_balance = debtor.balances.get(asset_id) or debtor.balance(asset_id)
    to_balance = creditor.balances.get(asset_id) or creditor.balance(asset_id)
    from_balance.total_minor -= amount_minor
    to_balance.total_minor += amount_minor
    if amount_minor:
        from_balance.transact_ns = to_balance.transact_ns = ts_ns


def deposit(state: State, account: Account, asset_id: AssetId, amount_minor: int) -> None:
    """Bring money in from outside."""
    post(state.accounts[EXTERNAL], account, asset_id, amount_minor, state.ts_ns)


def withdraw(state: State, account: Account, asset_id: AssetId, amount_minor: int) -> None:
    """Take money out."""
    post(account, state.accounts[EXTERNAL], asset_id, amount_minor, state.ts_ns)


def charge(
    state: State, account: Account, instrument: Instrument, side: Side, fee_minor: int
) -> None:
    """Take the fee of a fill, or with a negative one pay a rebate."""
    if fee_minor:
        asset_id = fees.asset(instrument, side)
        post(account, state.accounts[FEES], asset_id, fee_minor, state.ts_ns)


def settle_spot(
    buyer: Account, seller: Account, instrument: Instrument, match: tuple[int, int], ts_ns: int
) -> None:
    """Swap the two assets of a spot match, whose price and quantity are given."""
    price_ticks, qty_lots = match
    notional_minor = price_ticks * qty_lots * instrument.notional_minor
    post(buyer, seller, instrument.quote_asset_id, notional_minor, ts_ns)
    post(seller, buyer, instrument.base_asset_id, qty_lots * instrument.lot_minor, ts_ns)


def fill_position(
    state: State,
    account: Account,
    instrument: Instrument,
    change: tuple[OrderReport, OrderReport],
    match: tuple[int, int, int],
) -> None:
    """
    Move an account's position by its part in a match, and what its order holds with it.

    `change` is the order before and after it; `match` its price, its quantity and the fee, which is
    counted here and taken by `charge`.
    """
    before, now = change
    price_ticks, qty_lots, fee_minor = match
    position = account.positions[instrument.instrument_id]
    _reopen(position, instrument, before, now)
    signed_lots = qty_lots if now.terms.side is _BUY else -qty_lots
    _move(state, account, position, instrument, (signed_lots, price_ticks))
    position.fee_minor += fee_minor
    _remargin(account, instrument, position, now.hold_minor - before.hold_minor)


def _move(
    state: State,
    account: Account,
    position: Position,
    instrument: Instrument,
    part: tuple[int, int],
) -> None:
    # What is closed takes its share of the cost with it, and what that gains or loses is realized;
    # a flip opens the rest at the new price. Where positions are paid for, the price changes hands
    # at once and what is realized is only told.
    ts_ns, (signed_lots, price_ticks) = state.ts_ns, part
    value, net_lots = price_ticks * signed_lots * instrument.notional_minor, position.net_lots
    is_binary = instrument.kind is _BINARY
    if net_lots * signed_lots < 0:
        closing = min(abs(net_lots), abs(signed_lots))
        closed_cost = truncate_share(position.cost_minor, closing, abs(net_lots))
        closed_value = truncate_share(value, closing, abs(signed_lots))
        realized = -closed_value - closed_cost
        position.realized_minor += realized
        if not is_binary:
            post(state.accounts[CLEARING], account, instrument.quote_asset_id, realized, ts_ns)
        value_kept = value - closed_value - closed_cost
        position.cost_minor += value_kept
    else:
        position.cost_minor += value
    if is_binary:
        post(account, state.accounts[CLEARING], instrument.quote_asset_id, value, ts_ns)
    position.net_lots = net_lots + signed_lots
    if signed_lots > 0:
        position.bought_lots += signed_lots
    else:
        position.sold_lots -= signed_lots
    position.transact_ns = ts_ns


def settle_position(
    state: State, account: Account, instrument: Instrument, price_ticks: int
) -> None:
    """
    Close a position at a price: of a binary outcome what is long is paid for and what is short
    pays, of any other the gain or loss against its cost changes hands.
    """
    position, ts_ns = account.position(instrument.instrument_id), state.ts_ns
    value = instrument.notional_of(price_ticks, position.net_lots)
    gain = value - position.cost_minor
    paid = value if instrument.kind is _BINARY else gain
    post(state.accounts[CLEARING], account, instrument.quote_asset_id, paid, ts_ns)
    position.realized_minor += gain
    position.net_lots = position.cost_minor = 0
    position.transact_ns = ts_ns
    _remargin(account, instrument, position)
