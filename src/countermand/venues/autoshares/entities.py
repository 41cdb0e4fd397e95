"""
Entities: what a subscription is told, each a function that says what there is and follows it.

Source: ETNA manual, "Streaming Data", and goetna, which subscribes to each.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from countermand.venues.autoshares import account, frames, ids, positions, show
from countermand.venues.autoshares.paging import LOOKED_AT_MAX
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.valuation import info
from countermand.vocabulary.events import OrderRested, OrderStaged
from countermand.vocabulary.ids import AccountId, InstrumentId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import GetQuote, ListOpenOrders, ListOrders, ListTrades
from countermand.vocabulary.reports import OrderReport
from countermand.wire import asks
from countermand.wire.candles import DAY_NS, MINUTE_NS, Candle, candles, every, formed
from countermand.wire.conversation import seen
from countermand.wire.credential import Principal
from countermand.wire.stream import Following, Source, Told, trade_of

_MINUTE, _DAY = every(MINUTE_NS), every(DAY_NS)

# Events whose news another event of the same moment shows too.
_UNTOLD = (OrderRested, OrderStaged)


class Subscription(Struct, frozen=True):
    """One key of an entity: its user, its view of the exchange, and how frames are sent."""

    key: int
    asker: Principal
    source: Source
    tell: Callable[[Mapping[str, str]], None]

    def now(self) -> Ctx:
        """Return the context of this moment, in the asker's name."""
        return replace(self.source.context, principal=self.asker)

    def account(self) -> AccountId | None:
        """Return the account the key names, None where it is not the asker's."""
        account_id = AccountId(self.key)
        return account_id if asks.is_own(account_id, self.now()) else None

    def security(self) -> Instrument | None:
        """Return the security the key names, or None."""
        known: Instrument | None = self.now().directory.instruments.get(InstrumentId(self.key))
        return known


# Returns what it follows, None for a key that is none of the asker's.
Entity = Callable[[Subscription], Callable[[], list[Following]] | None]


def orders(subscription: Subscription) -> Callable[[], list[Following]] | None:
    """
    Tell the account's orders, the oldest first, then each after a change: what came of a request,
    and not that it is pending.

    Shape:  told at first are those that are open, and of the others the `LOOKED_AT_MAX` placed
            last.
    """
    if (account_id := subscription.account()) is None:
        return None
    source = subscription.source

    def tell_order(report: OrderReport) -> None:
        shown = seen(show.with_last_fill(report, subscription.now(), is_settled=True), source)
        subscription.tell(frames.order(shown))

    def tell(more: Sequence[Told]) -> None:
        for event in (each.event for each in more):
            for report in event.orders:
                if report.account_id == account_id and not isinstance(event, _UNTOLD):
                    tell_order(report)

    def start() -> list[Following]:
        last = source.view(ListOrders((account_id,), limit=LOOKED_AT_MAX)).orders
        there = {now.order_id: now for now in source.view(ListOpenOrders((account_id,)))}
        there |= {now.order_id: now for now in last}
        for report in sorted(there.values(), key=lambda now: (now.submit_ns, now.order_id)):
            tell_order(report)
        return [source.follow(tell, [account_id])]

    return start


def held(subscription: Subscription) -> Callable[[], list[Following]] | None:
    """Tell every position of the account, then each that changed."""

    def look(account_id: AccountId) -> list[dict[str, str]]:
        found, ctx = seen(account.summary(account_id), subscription.source), subscription.now()
        return [frames.position(one) for one in positions.traded(found, ctx)]

    return _account_frames(subscription, look)


def account_balance(subscription: Subscription) -> Callable[[], list[Following]] | None:
    """Tell what is in the account, and again when that changed."""

    def look(account_id: AccountId) -> list[dict[str, str]]:
        found = seen(account.summary(account_id), subscription.source)
        key = ("AccountId", str(account_id))
        return [frames.balance("AccountBalance", key, info(found, subscription.now()))]

    return _account_frames(subscription, look)


def user_balance(subscription: Subscription) -> Callable[[], list[Following]] | None:
    """Tell what is in the user's first account, and again when that changed."""
    ctx = subscription.now()
    owned = list(ctx.directory.accounts_of(subscription.asker.owner))
    if subscription.key != ids.user_id(subscription.asker.owner, ctx.directory) or not owned:
        return None
    user_id = str(subscription.key)

    def look(account_id: AccountId) -> list[dict[str, str]]:
        found = seen(account.summary(account_id), subscription.source)
        return [frames.balance("UserBalance", ("UserId", user_id), info(found, subscription.now()))]

    return _account_frames(replace(subscription, key=int(owned[0].account_id)), look)


def quotes(subscription: Subscription) -> Callable[[], list[Following]] | None:
    """Tell the quote of a security, and again when it changed."""
    if (one := subscription.security()) is None:
        return None
    source, told = subscription.source, dict[str, str]()

    def tell(_: object = None) -> None:
        nonlocal told
        now_ns = source.context.now_ns
        tape = source.view(ListTrades(one.instrument_id))
        today = [trade for trade in tape if trade.ts_ns >= _DAY(now_ns)]
        day = next(candles(reversed(today), one, _DAY), None)
        before, told = told, frames.quote(source.view(GetQuote(one.instrument_id)), day, now_ns)
        if told != before:
            subscription.tell(told)

    def start() -> list[Following]:
        tell()
        return [source.follow_book(one.instrument_id, tell, levels_max=1)]

    return start


def minutes(subscription: Subscription) -> Callable[[], list[Following]] | None:
    """Tell the candle of each minute that trades, while it forms and once it is complete."""
    if (one := subscription.security()) is None:
        return None
    source = subscription.source

    def start() -> list[Following]:
        tape = source.view(ListTrades(one.instrument_id))
        known = list(candles(reversed(tape), one, _MINUTE))
        now: Candle | None = known[-1] if known else None

        def tell(more: Sequence[Told]) -> None:
            nonlocal now
            for trade in map(trade_of, more):
                if trade is None:
                    continue
                before, now = now, formed(now, trade, one, _MINUTE)
                if before is not None and before.start_ns != now.start_ns:
                    subscription.tell(frames.candle(before, one, is_completed=True))
                subscription.tell(frames.candle(now, one, is_completed=False))

        return [source.follow(tell, instruments=[one.instrument_id])]

    return start


def watchlists(subscription: Subscription) -> Callable[[], list[Following]] | None:
    """Tell nothing: there are no watchlists here. A key that is not the asker's is refused."""
    own = ids.user_id(subscription.asker.owner, subscription.now().directory)
    return list if subscription.key == own else None


def no_watchlist(subscription: Subscription) -> None:
    """Refuse: there is no watchlist of any number."""


ENTITIES: Mapping[str, Entity] = {
    "Order": orders,
    "Position": held,
    "AccountBalance": account_balance,
    "UserBalance": user_balance,
    "Quote": quotes,
    "Candle": minutes,
    "Watchlist": watchlists,
    "WatchlistContent": no_watchlist,
}


def _account_frames(
    subscription: Subscription, look: Callable[[AccountId], list[dict[str, str]]]
) -> Callable[[], list[Following]] | None:
    # Frames of an account that are told at first, and then each that is not as it was.
    if (account_id := subscription.account()) is None:
        return None
    told: dict[str, dict[str, Any]] = {}

    def tell(_: object = None) -> None:
        nonlocal told
        before, told = told, {frame.get("Id", ""): frame for frame in look(account_id)}
        for key, frame in told.items():
            if before.get(key) != frame:
                subscription.tell(frame)

    def start() -> list[Following]:
        tell()
        return [subscription.source.follow(tell, [account_id])]

    return start
