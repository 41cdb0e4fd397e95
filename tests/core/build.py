"""
A small exchange to test against: two markets, three accounts with money, short verbs to ask of it.

    BTC-USDC  SPOT  one lot at one tick costs 10 units of USDC, one lot is 100 units of BTC
    BTC-PERP  PERP  one lot at one tick is worth 10 units of USDC, initial margin 10%
    ACME      EQUITY  the same as shares, listed on demand instead; carol may borrow half of them
    RAIN      BINARY  listed on demand: one lot pays 100 ticks of 10 units of USDC if it rains

No fees, no bands and no limits unless a test sets some. What happened to orders is told in lines,
in which orders go by the client id they were placed with.
"""

from collections.abc import Iterable
from typing import Any

from tests.core.columns import tell

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import (
    AdvanceTime,
    CancelOrder,
    Command,
    ConfigureAccount,
    DepositFunds,
    Entry,
    ListInstrument,
    MassCancel,
    NewOrder,
    OpenAccount,
    RegisterAsset,
    ReplaceOrder,
    SetReferencePrice,
    SettleInstrument,
    SetTradingState,
    WithdrawFunds,
)
from countermand.vocabulary.events import Event, OrderAccepted
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, OrderId
from countermand.vocabulary.instrument import FeeBasis, Instrument, InstrumentKind, TradingState
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import GetAccount, GetDepth, GetOrder
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import AccountSummary, OrderReport, PositionReport
from countermand.vocabulary.units import PPB

USDC, BTC = AssetId(1), AssetId(2)
SPOT, PERP = InstrumentId(3), InstrumentId(4)
ALICE, BOB, CAROL = AccountId(5), AccountId(6), AccountId(7)
RAIN = SHARES = InstrumentId(14)
NOBODY = AccountId(999)
MONEY, COINS = 100_000, 10_000
PERCENT = PPB // 100


def instrument(**rules: Any) -> Instrument:
    """Return the spot instrument, with some rules different."""
    settings: dict[str, Any] = {
        "instrument_id": SPOT,
        "venue": "acme",
        "symbol": "BTC-USDC",
        "kind": InstrumentKind.SPOT,
        "base_asset_id": BTC,
        "quote_asset_id": USDC,
        "tick_units": 1,
        "price_scale": 2,
        "lot_units": 1,
        "qty_scale": 3,
        "notional_minor": 10,
        "lot_minor": 100,
        "reference_price_ticks": 100,
    }
    return Instrument(**(settings | rules))


def perpetual(**rules: Any) -> Instrument:
    """Return the perpetual instrument, with some rules different."""
    settings: dict[str, Any] = {
        "instrument_id": PERP,
        "symbol": "BTC-PERP",
        "kind": InstrumentKind.PERPETUAL,
        "initial_margin_ppb": 10 * PERCENT,
    }
    return instrument(**(settings | rules))


def binary(**rules: Any) -> Instrument:
    """Return the binary instrument, with some rules different."""
    settings: dict[str, Any] = {
        "instrument_id": RAIN,
        "symbol": "RAIN",
        "kind": InstrumentKind.BINARY,
        "payout_ticks": 100,
        "reference_price_ticks": 0,
        "fee_basis": FeeBasis(rules.pop("fee_basis", FeeBasis.VARIANCE)),
    }
    return instrument(**(settings | rules))


def _shares(**rules: Any) -> Instrument:
    """Return the market in shares, with some rules different."""
    settings: dict[str, Any] = {
        "instrument_id": SHARES,
        "symbol": "ACME",
        "kind": InstrumentKind.EQUITY,
        "initial_margin_ppb": 50 * PERCENT,
    }
    return instrument(**(settings | rules))


def new_order(account: AccountId, side: Side, qty: int, price: int, **more: Any) -> NewOrder:
    """Return a command for an order, a market order when the price is 0; most can be chosen."""
    terms: dict[str, Any] = {
        "side": side,
        "ord_type": OrdType.LIMIT if price else OrdType.MARKET,
        "time_in_force": TimeInForce.GTC if price else TimeInForce.IOC,
        "order_qty_lots": qty,
        "price_ticks": price,
    }
    rest: dict[str, Any] = {"account_id": account, "instrument_id": SPOT, "cl_ord_id": ""}
    for name, value in more.items():
        (terms if name in OrderTerms.__struct_fields__ else rest)[name] = value
    return NewOrder(terms=OrderTerms(**terms), **rest)


class World:
    """
    The exchange as founded, and verbs; `spot` and `perp` hold rules that differ, and with `rain`
    there is a binary market too, or with `shares` one in shares.
    """

    def __init__(
        self,
        spot: dict[str, Any] | None = None,
        perp: dict[str, Any] | None = None,
        rain: dict[str, Any] | None = None,
        shares: dict[str, Any] | None = None,
    ) -> None:
        self.exchange = Exchange()
        self.receipt = Receipt(0, 0, (), ())
        self.names: dict[int, str] = {}
        self.run(
            RegisterAsset("acme", "USDC", 6),
            RegisterAsset("acme", "BTC", 8),
            ListInstrument(instrument(**(spot or {}))),
            ListInstrument(perpetual(**(perp or {}))),
            *[OpenAccount("acme", "owner", name) for name in ("alice", "bob")],
            OpenAccount("acme", "owner", "carol", may_borrow=True),
            *[DepositFunds(account, USDC, MONEY) for account in (ALICE, BOB, CAROL)],
            *[DepositFunds(account, BTC, COINS) for account in (ALICE, BOB, CAROL)],
        )
        if rain is not None:
            self.run(ListInstrument(binary(**rain)))
        if shares is not None:
            self.run(ListInstrument(_shares(**shares)))

    @property
    def seq(self) -> int:
        """The number of the last entry, and so the id of the order it made."""
        return self.exchange.seq

    @property
    def events(self) -> tuple[Event, ...]:
        """What the last command brought about."""
        return self.receipt.events

    @property
    def story(self) -> list[str]:
        """What the last command brought about, in lines."""
        return [line for event in self.events for line in tell(event, self.names)]

    def run(self, *commands: Command, at_ns: int = 0) -> tuple[Event, ...]:
        """Apply the commands, one nanosecond after another unless a time is given."""
        for command in commands:
            exchange = self.exchange
            entry = Entry(exchange.seq + 1, at_ns or exchange.ts_ns + 1, command)
            self.receipt = exchange.apply(entry)
            self._learn(self.receipt.events)
        return self.events

    def _learn(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, OrderAccepted):
                now = event.order
                self.names[now.order_id] = now.cl_ord_id or str(now.order_id)

    def order(self, account: AccountId, side: Side, qty: int, price: int, **more: Any) -> OrderId:
        """Ask for an order, a market order when the price is 0; return its id."""
        self.run(new_order(account, side, qty, price, **more))
        return OrderId(self.seq)

    def buy(
        self, account: AccountId, qty: int, price: int = 0, name: str = "", **more: Any
    ) -> OrderId:
        """Ask for a buy order; return its id."""
        return self.order(account, Side.BUY, qty, price, **({"cl_ord_id": name} | more))

    def sell(
        self, account: AccountId, qty: int, price: int = 0, name: str = "", **more: Any
    ) -> OrderId:
        """Ask for a sell order; return its id."""
        return self.order(account, Side.SELL, qty, price, **({"cl_ord_id": name} | more))

    def cancel(self, account: AccountId, order_id: int = 0, name: str = "", **how: Any) -> None:
        """Ask for an order to be canceled, by id, by client id or by both."""
        self.run(CancelOrder(account, OrderId(order_id), name, **how))

    def replace(
        self,
        account: AccountId,
        order_id: int = 0,
        *,
        name: str = "",
        new_name: str = "",
        price: int = 0,
        qty: int = 0,
        **how: Any,
    ) -> None:
        """Ask for an order to get other terms; what is not given stays."""
        zero = InstrumentId(0)
        named = (OrderId(order_id), name, new_name)
        self.run(ReplaceOrder(account, zero, *named, price, qty, **how))

    def withdraw(self, account: AccountId, amount: int, asset: AssetId = USDC) -> None:
        """Ask for money to go out."""
        self.run(WithdrawFunds(account, asset, amount))

    def settle(self, price: int, market: InstrumentId = RAIN) -> None:
        """Pay a binary market out."""
        self.run(SettleInstrument(market, price))

    def mass_cancel(self, account: int = 0, **which: Any) -> None:
        """Ask for all orders that match to be canceled."""
        self.run(MassCancel(AccountId(account), **which))

    def advance(self, at_ns: int) -> None:
        """Let what is due by a time happen."""
        self.run(AdvanceTime(), at_ns=at_ns)

    def configure(self, account: AccountId, **settings: Any) -> None:
        """Change what an account may do."""
        self.run(ConfigureAccount(account, **settings))

    def set_state(self, state: TradingState, market: InstrumentId = SPOT) -> None:
        """Change what a market accepts."""
        self.run(SetTradingState(market, state))

    def set_reference(self, price: int, market: InstrumentId = SPOT) -> None:
        """Move the reference price of a market."""
        self.run(SetReferencePrice(market, price))

    def trade(self, buyer: AccountId, seller: AccountId, qty: int, price: int, **more: Any) -> None:
        """Let one account buy from another."""
        self.sell(seller, qty, price, **more)
        self.buy(buyer, qty, price, **more)

    def money(self, account: int, asset: AssetId = USDC) -> tuple[int, int]:
        """Return what an account has of an asset, and what of it is held."""
        for balance in self.exchange.query(GetAccount(AccountId(account))).balances:
            if balance.asset_id == asset:
                return balance.total_minor, balance.hold_minor
        return 0, 0

    def position(self, account: AccountId, market: InstrumentId = PERP) -> PositionReport:
        """Return a position. Raises StopIteration when there never was one."""
        summary: AccountSummary | None = self.exchange.query(GetAccount(account))
        assert summary is not None
        return next(p for p in summary.positions if p.instrument_id == market)

    def report(self, account: AccountId, order_id: int) -> OrderReport:
        """Return an order as it stands."""
        report: OrderReport | None = self.exchange.query(GetOrder(account, OrderId(order_id)))
        assert report is not None
        return report

    def depth(
        self, market: InstrumentId = SPOT
    ) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
        """Return the price levels, bids and asks."""
        depth = self.exchange.query(GetDepth(market))
        return depth.bids, depth.asks
