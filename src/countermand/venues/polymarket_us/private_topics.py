"""Private topics: orders, positions and balances of the key's account."""

from collections.abc import Mapping, Sequence

from countermand.venues.polymarket_us import account, ids, read_orders, resolve
from countermand.venues.polymarket_us.executions import show_event
from countermand.venues.polymarket_us.messages import accounts as a
from countermand.venues.polymarket_us.messages import orders as o
from countermand.venues.polymarket_us.messages import streams as m
from countermand.venues.polymarket_us.positions import show_position
from countermand.venues.polymarket_us.settings import Ctx
from countermand.venues.polymarket_us.topics import Subscription, Topic
from countermand.vocabulary.events import (
    FundsDeposited,
    FundsWithdrawn,
    InstrumentSettled,
    Traded,
)
from countermand.vocabulary.ids import AssetId
from countermand.vocabulary.reports import AccountSummary, PositionReport
from countermand.wire import times
from countermand.wire.conversation import seen
from countermand.wire.stream import Following, Told

# The movements of money and contracts, in the words of the venue's ledger. Source: WebSocket
# documentation, "Private", ledger entry types.
_ENTRIES: dict[type, tuple[str, str]] = {
    Traded: ("LEDGER_ENTRY_TYPE_ORDER_EXECUTION", "Order execution"),
    FundsDeposited: ("LEDGER_ENTRY_TYPE_DEPOSIT", "Deposit"),
    FundsWithdrawn: ("LEDGER_ENTRY_TYPE_WITHDRAWAL", "Withdrawal"),
    InstrumentSettled: ("LEDGER_ENTRY_TYPE_RESOLUTION", "Market resolution"),
}


def orders(subscription: Subscription) -> list[Following]:
    """Tell each execution; where the world says so, the open orders before it."""
    ctx, markets = subscription.now(), subscription.markets()
    account_id = resolve.account(ctx)
    if ctx.settings.order_snapshot_first:
        order_snapshot(subscription)

    def tell(more: Sequence[Told]) -> None:
        now = subscription.now()
        for told in more:
            about = told.event.orders
            if about and (markets is None or about[0].instrument_id in markets):
                for execution in show_event(told.event, account_id, now):
                    subscription.tell(order_subscription_update=m.OrderUpdate(execution))

    return [subscription.source.follow(tell, [account_id])]


def order_snapshot(subscription: Subscription) -> list[Following]:
    """Tell the open orders, once."""
    wanted = o.ListOrders(subscription.asked.market_slugs)
    listed = seen(read_orders.serve_list(wanted, subscription.now()), subscription.source)
    subscription.tell(order_subscription_snapshot=m.Orders(listed.orders))
    return []


def positions(subscription: Subscription) -> list[Following]:
    """Tell each position that a trade or a settlement changed, as it was and as it is."""
    markets, held = subscription.markets(), _holdings(subscription)

    def tell(more: Sequence[Told]) -> None:
        nonlocal held
        if (moved := _moving(more)) is None:
            return
        before, held = held, _holdings(subscription)
        were = {one.instrument_id: one for one in before.positions}
        for one in held.positions:
            was = were.get(one.instrument_id)
            is_wanted = markets is None or one.instrument_id in markets
            if is_wanted and _amounts(was) != _amounts(one):
                change = _position_change(was, one, moved, subscription.now())
                subscription.tell(position_subscription=change)

    return [subscription.source.follow(tell, [held.account.account_id])]


def balances(subscription: Subscription) -> list[Following]:
    """Tell the balances, then each that changed, as it was and as it is."""
    held = _holdings(subscription)
    shown = account.show_balances(held, subscription.now())
    subscription.tell(account_balances_snapshot=m.Balances(list(shown.values())))

    def tell(more: Sequence[Told]) -> None:
        nonlocal held, shown
        if (moved := _moving(more)) is None:
            return
        totals, before = _totals(held), shown
        held = _holdings(subscription)
        shown = account.show_balances(held, subscription.now())
        for asset_id, total in _totals(held).items():
            if totals.get(asset_id, 0) != total:
                change = _balance_change(before.get(asset_id), shown[asset_id], moved)
                subscription.tell(account_balances_update=m.BalanceUpdate(change))

    return [subscription.source.follow(tell, [held.account.account_id])]


def quotes_asked(subscription: Subscription) -> list[Following]:
    """Tell nothing: there are no requests for quotes here."""
    return []


TOPICS: Mapping[str, Topic] = {
    "ORDER": orders,
    "ORDER_SNAPSHOT": order_snapshot,
    "POSITION": positions,
    "ACCOUNT_BALANCE": balances,
    "RFQ": quotes_asked,
    # Numbers, as the overview shows them.
    "1": orders,
    "2": order_snapshot,
    "3": positions,
    "4": balances,
}


def _holdings(subscription: Subscription) -> AccountSummary:
    return seen(account.holdings(subscription.now()), subscription.source)


def _moving(more: Sequence[Told]) -> Told | None:
    # The last of what happened that moved money or contracts.
    moving = [told for told in more if type(told.event) in _ENTRIES]
    return moving[-1] if moving else None


def _amounts(one: PositionReport | None) -> tuple[int, ...]:
    if one is None:
        return (0,) * 5
    return one.net_lots, one.bought_lots, one.sold_lots, one.cost_minor, one.realized_minor


def _totals(held: AccountSummary) -> dict[AssetId, int]:
    return {one.asset_id: one.total_minor for one in held.balances}


def _position_change(
    was: PositionReport | None, now: PositionReport, moved: Told, ctx: Ctx
) -> m.PositionChange:
    entry, text = _ENTRIES[type(moved.event)]
    match_id = getattr(moved.event, "match_id", None)
    return m.PositionChange(
        before_position=_shown(was, ctx),
        after_position=_shown(now, ctx),
        update_time=times.iso_ns(moved.ts_ns),
        entry_type=entry,
        trade_id="" if match_id is None else ids.trade_text(match_id),
        description=text,
    )


def _shown(one: PositionReport | None, ctx: Ctx) -> a.UserPosition | None:
    # A flat position is not shown.
    return show_position(one, ctx, expired=False) if one and one.net_lots else None


def _balance_change(was: a.UserBalance | None, now: a.UserBalance, moved: Told) -> m.BalanceChange:
    entry, text = _ENTRIES[type(moved.event)]
    return m.BalanceChange(
        before_balance=was,
        after_balance=now,
        description=text,
        update_time=times.iso_ns(moved.ts_ns),
        entry_type=entry,
        id=str(moved.seq),
    )
