"""
Traffic: commands for the twin, drawn so that they collide.

One generator serves hypothesis and plain random runs: `pick` chooses one of some options, the first
being the simplest. Of what happened it knows only which orders were taken lately; whether one is
still open, and whose it is, it guesses, and it is often wrong on purpose.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from countermand.vocabulary.commands import (
    AdvanceTime,
    CancelOnDisconnect,
    CancelOrder,
    Command,
    ConfigureAccount,
    DepositFunds,
    ListInstrument,
    MassCancel,
    NewOrder,
    NewOrderList,
    OpenAccount,
    PassNumbers,
    RecordRejected,
    RegisterAsset,
    ReplaceList,
    ReplaceOrder,
    SetDeadMan,
    SetDelays,
    SetKill,
    SetReferencePrice,
    SettleInstrument,
    SetTradingState,
    StageOrder,
    SubmitOrder,
    WithdrawFunds,
)
from countermand.vocabulary.events import (
    Event,
    InstrumentListed,
    InstrumentSettled,
    ListAccepted,
    NumbersPassed,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderStaged,
)
from countermand.vocabulary.ids import NO_INSTRUMENT, AccountId, AssetId, InstrumentId, OrderId
from countermand.vocabulary.instrument import (
    FeeBasis,
    Instrument,
    InstrumentKind,
    TradingState,
    TriggerBasis,
)
from countermand.vocabulary.order import (
    CancelOnly,
    Cash,
    Contingency,
    ExecInst,
    OrderTerms,
    OrdType,
    PositionEffect,
    Schedule,
    SelfTradePrevention,
    Side,
    Slot,
    TimeInForce,
    Trigger,
    TriggerDirection,
)
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.vocabulary.reports import OrderReport

Pick = Callable[[Sequence[Any]], Any]

USDC, BTC, SPOT, PERP, LOOSE_PERP, ELSEWHERE = 1, 2, 3, 4, 5, 6
TRADERS = (7, 8, 9, 10)
STRANGER, NOBODY, HOUSE = 11, 999, -2
SWAP, OUTCOME, SHARES = 12, 13, 14
MARKETS = (SPOT, PERP, LOOSE_PERP, SWAP, SHARES, OUTCOME)
PAYOUT = 200

PERCENT = 10_000_000
BIG = 100 * PERCENT
IDLE_STATES = [s for s in TradingState if s is not TradingState.TRADING]

# How often each kind of command comes, out of their sum.
WEIGHTS = {
    "new_order": 55,
    "stage_order": 3,
    "submit_order": 4,
    "cancel_order": 12,
    "replace_order": 18,
    "mass_cancel": 1,
    "advance_time": 6,
    "deposit_funds": 4,
    "withdraw_funds": 2,
    "settle_instrument": 1,
    "set_trading_state": 3,
    "set_reference_price": 2,
    "configure_account": 3,
    "found": 1,
    "record_rejected": 1,
    "pass_numbers": 1,
    "set_delays": 1,
    "cancel_on_disconnect": 1,
    "set_dead_man": 2,
    "set_kill": 1,
    "new_order_list": 9,
    "replace_list": 5,
}
KINDS = [kind for kind, weight in WEIGHTS.items() for _ in range(weight)]

# The same where lists are given other terms most of the time.
OF_LISTS = [
    *["new_order_list"] * 6 + ["replace_list"] * 6 + ["new_order"] * 4 + ["mass_cancel"] * 2,
    *("advance_time", "deposit_funds", "withdraw_funds", "configure_account", "cancel_order"),
]


def founding(pick: Pick) -> list[Command]:
    """Return the commands that make the exchange the traffic runs on: USDC, BTC, five markets."""
    rates = [0, PERCENT, PERCENT // 3, PERCENT * 2 + 7, -PERCENT // 7]
    fees = {"maker_fee_ppb": pick(rates), "taker_fee_ppb": pick(rates)}
    perpetual = {"kind": InstrumentKind.PERPETUAL, **fees}
    strict = {
        "order_qty_lots_min": 2,
        "order_qty_lots_max": 30,
        "position_lots_max": 20,
        "price_band_ppb": 10 * PERCENT,
        "notional_minor_min": 1410,
    }
    tight = {"initial_margin_ppb": pick([PERCENT * 10, PERCENT * 33 + 1, PERCENT * 100])}
    return [
        RegisterAsset("acme", "USDC", 6),
        RegisterAsset("acme", "BTC", 8),
        _listed("BTC-USDC", market_band_ppb=pick([0, PERCENT]), **fees),
        _listed("BTC-PERP", market_band_ppb=pick([0, 3 * PERCENT]), **perpetual, **strict, **tight),
        _listed("LOOSE-PERP", **perpetual, initial_margin_ppb=PERCENT * 5, **_triggers(pick)),
        _listed("OTHER", venue="elsewhere"),
        *[OpenAccount("acme", "owner", f"trader{n}", may_borrow=n % 2 == 0) for n in TRADERS],
        OpenAccount("elsewhere", "owner", "stranger"),
        _listed("SWAP", **fees, fee_basis=FeeBasis.RECEIVED, fee_step_minor=pick([0, 14, 900])),
        _outcome(pick, "OUTCOME"),
        _listed("SHARES", kind=InstrumentKind.EQUITY, **fees, **tight, **_triggers(pick)),
        *[DepositFunds(AccountId(n), AssetId(USDC), 20_000) for n in TRADERS],
        *[DepositFunds(AccountId(n), AssetId(BTC), 3_000) for n in TRADERS[:2]],
    ]


def _triggers(pick: Pick) -> dict[str, Any]:
    return {"trigger_basis": pick(list(TriggerBasis)), "refuses_met_trigger": pick([True, False])}


def _outcome(pick: Pick, symbol: str) -> ListInstrument:
    rates = [0, PERCENT, PERCENT // 3, PERCENT * 2 + 7, -PERCENT // 7]
    return _listed(
        symbol,
        kind=InstrumentKind.BINARY,
        payout_ticks=PAYOUT,
        fee_basis=FeeBasis.VARIANCE,
        fee_step_minor=pick([0, 14, 60, 900]),
        maker_fee_ppb=pick(rates),
        taker_fee_ppb=pick(rates),
        low_limit_ticks=pick([0, 96]),
        high_limit_ticks=pick([0, 104]),
        price_band_ppb=pick([0, 10 * PERCENT]),
        market_band_ppb=pick([0, PERCENT]),
        reference_price_ticks=pick([100, 100, 0]),
        position_lots_max=pick([0, 0, 15]),
    )


def _listed(symbol: str, **rules: Any) -> ListInstrument:
    grid = {"tick_units": 1, "price_scale": 2, "lot_units": 1, "qty_scale": 3}
    settings = {
        "instrument_id": InstrumentId(0),
        "venue": "acme",
        "symbol": symbol,
        "kind": InstrumentKind.SPOT,
        "base_asset_id": AssetId(BTC),
        "quote_asset_id": AssetId(USDC),
        "notional_minor": 7,
        "lot_minor": 100,
        "reference_price_ticks": 100,
    }
    return ListInstrument(Instrument(**{**grid, **settings, **rules}))


class Traffic:
    """A stream of commands of some kinds; `learn` tells it what came of the last one."""

    def __init__(self, pick: Pick, kinds: Sequence[str] = KINDS) -> None:
        self.pick, self.kinds = pick, kinds
        self.seq = self.ts_ns = self.passed = 0
        # Orders taken lately, and some that have ended since.
        self.taken: deque[OrderReport] = deque(maxlen=25)
        self.ended: deque[OrderReport] = deque(maxlen=5)
        self.staged: deque[OrderReport] = deque(maxlen=12)
        # The binary market that is not yet settled, and whether a new one is due.
        self.outcome, self.is_settled = OUTCOME, False
        # Whether the last command brought a list, which most is asked of before it acts.
        self.is_listed = False

    def learn(self, events: Iterable[Event]) -> None:
        """Remember which orders were taken, and which of them ended other than by trading."""
        self.is_listed = False
        for event in events:
            if isinstance(event, OrderAccepted):
                self.taken.append(event.order)
            elif isinstance(event, OrderCanceled | OrderExpired):
                ended = [o for o in self.taken if o.order_id == event.order.order_id]
                self.ended += ended
                self.taken = deque((o for o in self.taken if o not in ended), maxlen=25)
            elif isinstance(event, OrderStaged):
                self.staged.append(event.order)
            elif isinstance(event, ListAccepted):
                self.is_listed = True
            elif isinstance(event, NumbersPassed):
                self.passed += event.count
            elif isinstance(event, InstrumentSettled):
                self.is_settled = self.is_settled or event.instrument_id == self.outcome
            elif isinstance(event, InstrumentListed) and event.instrument.is_binary:
                self.outcome, self.is_settled = event.instrument.instrument_id, False

    def command(self, seq: int, ts_ns: int) -> Command:
        """Return a command for entry `seq` at `ts_ns`."""
        self.seq, self.ts_ns = seq + self.passed, ts_ns
        if self.is_settled and self.pick([False, False, True]):
            return _outcome(self.pick, f"OUTCOME-{self.seq}")
        if self.is_listed and self.pick([False, True]):
            return self._replace_list()
        made: Command = getattr(self, "_" + self.pick(self.kinds))()
        return made

    def _mostly(self, usual: Any, other: Any) -> Any:
        return self.pick([usual] * 9 + [other])

    def _account(self) -> AccountId:
        return AccountId(self.pick([*TRADERS * 20, STRANGER, NOBODY, HOUSE]))

    def _instrument(self) -> InstrumentId:
        markets = [*MARKETS[:-1], self.outcome, self.outcome]
        return InstrumentId(self.pick([*markets * 20, ELSEWHERE, NOBODY]))

    def _price(self, side: Side | None = None) -> int:
        # Mostly where an order of that side rests, or meets a few others.
        away = {None: 0, Side.BUY: -1, Side.SELL: 1}[side]
        near = [100 + away + n for n in (0, -1, 1, -2, 2)]
        return int(self.pick([*near * 20, 105, 95, 50, 220, 0, -1]))

    def _qty(self) -> int:
        return int(self.pick([*(2, 3, 4, 5, 6, 10) * 20, 1, 1, 1, 1, 12, 12, 35, 0, -1]))

    def _name(self) -> str:
        return str(self.pick([f"c{self.seq}"] * 12 + [""] * 7 + [f"c{self.seq % 9}"] * 2))

    def _expire_ns(self) -> int:
        return int(self.ts_ns + self.pick([40, 9, 80, 160, 300, 300, 600, 600, 0]))

    def _target(self) -> tuple[AccountId, OrderId, str, InstrumentId]:
        # Whose order, its two ids, its instrument: mostly right, named in one of several ways.
        if not self.taken:
            return self._account(), OrderId(self.seq - 1), self._name(), InstrumentId(0)
        order = self._mostly(self.pick(self.taken), self.pick([*self.taken, *self.ended]))
        account = self._mostly(order.account_id, self._account())
        named = [
            (order.order_id, ""),
            (OrderId(0), order.cl_ord_id),
            (order.order_id, self._name()),
            (OrderId(NOBODY), order.cl_ord_id),
            (OrderId(0), ""),
        ]
        order_id, cl_ord_id = self.pick(named[:1] * 5 + named[1:2] * 3 + named[2:])
        zero, right = InstrumentId(0), order.instrument_id
        instrument = self.pick([zero] * 4 + [right] * 3 + [self._instrument()])
        return account, order_id, cl_ord_id, instrument

    def _new_order(self) -> NewOrder:
        pick = self.pick
        left_over = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
        ord_type = pick([OrdType.LIMIT] * 14 + [OrdType.MARKET] * 2 + [left_over])
        tifs = [TimeInForce.GTC] * 14 + [TimeInForce.GTD] * 3 + [TimeInForce.IOC] * 2
        if ord_type is OrdType.MARKET:
            tifs = [TimeInForce.IOC] * 9 + [TimeInForce.GTC]
        time_in_force = pick([*tifs, TimeInForce.FOK, TimeInForce.FOK])
        resting = time_in_force in (TimeInForce.GTC, TimeInForce.GTD)
        expires = pick([time_in_force is TimeInForce.GTD] * 38 + [True, False])
        both = ExecInst.POST_ONLY | ExecInst.REDUCE_ONLY
        insts = (
            [0] * 14 + [ExecInst.REDUCE_ONLY] * 5 + ([ExecInst.POST_ONLY] * 2 + [both]) * resting
        )
        exec_inst = int(pick([pick(insts)] * 59 + [both]))
        exec_inst |= pick([0] * 6 + [int(ExecInst.ALL_OR_NONE)] * (1 + resting))
        side = pick([Side.BUY, Side.SELL])
        cash = 0
        if pick([ord_type is not OrdType.LIMIT] * 59 + [True]):
            cash = pick([0, 0, 700, 1_500, 3_333, 9_000, 300, -7])
        qty = pick([self._qty(), 1, 2, 2]) if exec_inst & ExecInst.REDUCE_ONLY else self._qty()
        named = (self._account(), self._instrument(), self._name())
        terms = OrderTerms(
            side,
            ord_type,
            time_in_force,
            self._mostly(0, qty) if cash else qty,
            self._price(side) if ord_type is OrdType.LIMIT else self._mostly(0, self._price()),
            self._expire_ns() if expires else 0,
            exec_inst,
            pick([*SelfTradePrevention, SelfTradePrevention.REJECT]),
            text=pick(["", "", "note"]),
            secondary_cl_ord_id=self._alias(),
            cash=Cash(cash) if cash else None,
            position_effect=pick([PositionEffect.NONE] * 9 + list(PositionEffect)),
            slot=pick([None] * 20 + [self._slot(n) for n in (self.seq, self.seq, 5)]),
        )
        if pick([False] * 4 + [True]):
            terms = self._asleep(terms)
        elif pick([False] * 14 + [True]):
            terms = self._scheduled(terms)
        return NewOrder(
            *named,
            terms,
            keep_rejected=pick([False, False, False, True]),
            needs_liquidity=self.seq % 2 == 0,
            delay_ns=self._delay_ns(),
        )

    def _asleep(self, terms: OrderTerms) -> OrderTerms:
        # With a trigger that mostly can be, near to where the market is.
        pick = self.pick
        ord_type = pick([OrdType.LIMIT, OrdType.MARKET, OrdType.MARKET, pick(list(OrdType))])
        tif = pick([TimeInForce.GTC] * 4 + [TimeInForce.IOC, terms.time_in_force])
        expires = tif is TimeInForce.GTD or pick([False] * 9 + [True])
        return msgspec.structs.replace(
            terms,
            ord_type=ord_type,
            time_in_force=tif,
            expire_ns=self._expire_ns() if expires else 0,
            price_ticks=terms.price_ticks if ord_type is OrdType.LIMIT else self._mostly(0, 100),
            order_qty_lots=terms.order_qty_lots or self._qty(),
            cash=self._mostly(None, terms.cash),
            trigger=self._trigger(terms.side, ord_type),
        )

    def _scheduled(self, terms: OrderTerms) -> OrderTerms:
        pick = self.pick
        schedule = Schedule(pick([2, 3, 3, 1, 0, 9_999]), pick([5, 12, 40, 0]))
        return msgspec.structs.replace(
            terms, schedule=schedule, cash=None,
            ord_type=self._mostly(OrdType.LIMIT, terms.ord_type),
            time_in_force=self._mostly(TimeInForce.GTC, terms.time_in_force), expire_ns=0,
            exec_inst=self._mostly(terms.exec_inst & int(ExecInst.REDUCE_ONLY), terms.exec_inst),
            order_qty_lots=pick([4, 6, 7, 10]), price_ticks=self._price(terms.side.opposite),
        )  # fmt: skip

    def _cancel_on_disconnect(self) -> CancelOnDisconnect:
        return CancelOnDisconnect(self._account(), self.pick([True, False]))

    def _set_dead_man(self) -> SetDeadMan:
        return SetDeadMan(self._account(), self.pick([20, 60, 60, 0, -1]), self.pick([True, False]))

    def _set_kill(self) -> SetKill:
        is_killed = self.pick([False] * 6 + [True])
        return SetKill(self._account(), is_killed, self.pick([True, False]))

    def _trigger(self, side: Side, ord_type: OrdType) -> Trigger:
        pick = self.pick
        stop = TriggerDirection.UP if side is Side.BUY else TriggerDirection.DOWN
        direction = pick([stop, stop, *TriggerDirection])
        away = 1 if direction is TriggerDirection.UP else -1
        at = pick([100 + away * n for n in (0, 1, 1, 2, 2, 3, 5)] + [0, -1])
        if pick([False, False, True]):
            trail = pick([(2, 0), (1, 0), (3, 0), (0, PERCENT), (0, 2 * PERCENT), (1, 1), (0, BIG)])
            offset = pick([None, None, 1, 0] if ord_type is OrdType.LIMIT else [None] * 9 + [1])
            return Trigger(self.pick([0, 0, at]), direction, *trail, offset)
        return Trigger(at, direction)

    def _delay_ns(self) -> int | None:
        return self.pick([*[None] * 12, 0, 1, 7, 30])

    def _set_delays(self) -> SetDelays:
        times = (self.pick([0, 0, 0, 3, 10, 25]) for _ in range(3))
        return SetDelays(self.pick(["acme", "acme", "elsewhere"]), *times)

    def _new_order_list(self) -> NewOrderList:
        # Mostly a pair that closes, or a first that opens and others that close what it does.
        pick = self.pick
        account, market, side = self._account(), self._instrument(), pick(list(Side))
        lets_in, contingency = pick([True, True, False]), pick([*Contingency, Contingency.OUO])
        pairs = contingency is not Contingency.NONE
        count = pick([2 + (lets_in and pairs)] * 14 + [2, 1, 4])
        orders = []
        for at in range(count):
            is_child = lets_in and at > 0
            facing = self._mostly(side.opposite if is_child else side, pick(list(Side)))
            terms = self._leg(facing, is_child=is_child)
            owner = pick([account] * 30 + [self._account()])
            name = pick([f"c{self.seq}-{at}"] * 8 + ["", "", self._name()])
            orders.append(NewOrder(owner, market, name, terms))
        return NewOrderList(account, tuple(orders), contingency, lets_in)

    def _leg(self, side: Side, *, is_child: bool) -> OrderTerms:
        pick = self.pick
        if pick([False] * 9 + [True]):
            terms = self._unslotted(self._new_order().terms)
            return msgspec.structs.replace(terms, side=side)
        tif = pick([TimeInForce.GTC] * 6 + [TimeInForce.GTD])
        expires = self._expire_ns() if tif is TimeInForce.GTD else 0
        exec_inst = pick([0] * 8 + [int(ExecInst.REDUCE_ONLY), int(ExecInst.ALL_OR_NONE)])
        stp = pick([SelfTradePrevention.NONE] * 3 + list(SelfTradePrevention))
        qty, price = pick([2, 3, 4, 4, 5, 6]), self._price(side)
        terms = OrderTerms(
            side, OrdType.LIMIT, tif, qty, price, expires, exec_inst, stp, text=pick(["", "leg"])
        )
        if is_child and pick([False] * 5 + [True]):
            at_market = {
                "ord_type": OrdType.MARKET,
                "time_in_force": pick([TimeInForce.IOC] * 3 + [TimeInForce.FOK]),
            }
            terms = msgspec.structs.replace(terms, price_ticks=0, expire_ns=0, **at_market)
        return self._asleep(terms) if pick([False, False, True]) else terms

    def _unslotted(self, terms: OrderTerms) -> OrderTerms:
        slot = self.pick([None] * 30 + [terms.slot])
        return msgspec.structs.replace(terms, slot=slot)

    def _record_rejected(self) -> RecordRejected:
        order = self._new_order()
        reasons = [RejectReason.UNKNOWN_INSTRUMENT, RejectReason.INVALID_AMOUNT]
        market = self.pick([NO_INSTRUMENT, order.instrument_id])
        return RecordRejected(order.account_id, order.terms, self.pick(reasons), market)

    def _slot(self, number: int) -> Slot:
        return Slot(self.pick([0, 1, 2]), number)

    def _alias(self) -> str:
        return str(self.pick(["", "", "s1", "s2"]))

    def _stage_order(self) -> StageOrder:
        return StageOrder(self._new_order(), self.pick([30, 60, 400, 400, 400, 0]))

    def _submit_order(self) -> SubmitOrder:
        text = self.pick([None, "signed"])
        if not self.staged:
            return SubmitOrder(self._account(), OrderId(self.seq - 1), text)
        staged = self.pick(self.staged)
        account = self._mostly(staged.account_id, self._account())
        return SubmitOrder(account, staged.order_id, text, self._delay_ns())

    def _replace_order(self) -> ReplaceOrder:
        account, order_id, cl_ord_id, instrument = self._target()
        style: dict[str, Any] = {}
        if self.pick([False, True]):
            style = self._style()
        return ReplaceOrder(
            account,
            instrument,
            order_id,
            cl_ord_id,
            self.pick(["", "", "", self._name()]),
            self.pick([0, 0, self._price()]),
            self.pick([0, 1, 2, self._qty(), self._qty()]),
            delay_ns=self._delay_ns(),
            **style,
        )

    def _replace_list(self) -> ReplaceList:
        # Mostly a whole list that was taken last, each of its orders with another term or two.
        pick = self.pick
        lists = [now.terms.link for now in self.taken if now.terms.link]
        if not lists:
            return ReplaceList(self._account(), pick([(self._replace_order(),), ()]))
        link = pick([*lists[::3], *lists[-1:] * 9])
        ids = [OrderId(link.list_id + 1 + at) for at in range(link.count)]
        ids = self._mostly(ids, pick([ids[1:], ids[::-1], [*ids, OrderId(NOBODY)]]))
        bearers = [now.account_id for now in self.taken if now.order_id in ids]
        account = self._mostly(bearers[0], self._account()) if bearers else self._account()
        orders = tuple(self._leg_replaced(account, order_id) for order_id in ids)
        return ReplaceList(account, orders, self._delay_ns())

    def _leg_replaced(self, account: AccountId, order_id: OrderId) -> ReplaceOrder:
        pick = self.pick
        now = next((now for now in self.taken if now.order_id == order_id), None)
        side = now.terms.side if now else Side.BUY
        by_name = now is not None and now.cl_ord_id and pick([False] * 6 + [True])
        style: dict[str, Any] = pick([{}] * 9 + [self._style()])
        if now is not None and now.terms.trigger:
            trigger = self._trigger(side, now.terms.ord_type)
            style = style | {"trigger": pick([None, trigger, trigger])}
        at_market = now is not None and now.terms.ord_type is not OrdType.LIMIT
        price = self._mostly(0, self._price()) if at_market else self._price(side)
        return ReplaceOrder(
            account,
            NO_INSTRUMENT,
            OrderId(0) if by_name else order_id,
            now.cl_ord_id if now is not None and by_name else "",
            pick(["", "", "", f"c{self.seq}-{order_id}", f"c{self.seq}", self._name()]),
            pick([0, price]),
            pick([0, 2, 3, 4, 4, 5, 6, 8, self._qty()]),
            **style,
        )

    def _style(self) -> dict[str, Any]:
        # Most of what a replacement may change besides, or leave.
        tifs = [None, None, TimeInForce.GTC, TimeInForce.GTD, TimeInForce.IOC, TimeInForce.FOK]
        time_in_force = self.pick(tifs)
        gtd = time_in_force is TimeInForce.GTD
        return {
            "time_in_force": time_in_force,
            "expire_ns": self.pick([self._expire_ns() if gtd else None] * 9 + [None, 0]),
            "exec_inst": self.pick([None, None, 0, *range(8)]),
            "text": self.pick([None, "other"]),
            "trigger": self._retrigger(),
        }

    def _retrigger(self) -> Trigger | None:
        sides = list(Side)
        return self.pick([None] * 9 + [self._trigger(self.pick(sides), OrdType.LIMIT)] * 2)

    def _cancel_order(self) -> CancelOrder:
        account, order_id, cl_ord_id, instrument = self._target()
        if self.pick([False] * 4 + [True]):
            return CancelOrder(account, OrderId(0), "", instrument, self._alias())
        alias = self.pick(["", "", "s1"])
        why = self.pick([CancelReason.REQUESTED] * 4 + [CancelReason.BY_VENUE])
        only = self.pick([CancelOnly.NONE] * 7 + list(CancelOnly))
        how = (alias, self._delay_ns(), why, only)
        return CancelOrder(account, order_id, cl_ord_id, instrument, *how)

    def _mass_cancel(self) -> MassCancel:
        spot, perp, nobody = InstrumentId(SPOT), InstrumentId(PERP), InstrumentId(NOBODY)
        account = self.pick([self._account()] * 4 + [AccountId(0)])
        instruments = self.pick([None, (perp,), (spot, nobody), ()])
        side = self.pick([None, Side.BUY, Side.SELL])
        ids = [OrderId(NOBODY), *(order.order_id for order in self.taken)]
        order_ids = self.pick([None, None, tuple(ids[::2])])
        prices = self.pick([(0, 0), (0, 0), (100, 0), (0, 100), (99, 101)])
        list_id = self.pick([0, 0, *(o.terms.link.list_id for o in self.taken if o.terms.link)])
        how = (order_ids, self.pick([None, None, 9]), *prices, list_id)
        return MassCancel(account, instruments, side, *how)

    def _pass_numbers(self) -> PassNumbers:
        return PassNumbers(self.pick([1, 1, 70, 0, -3]))

    def _advance_time(self) -> AdvanceTime:
        return AdvanceTime()

    def _deposit_funds(self) -> DepositFunds:
        asset = AssetId(self.pick([USDC, USDC, BTC, BTC, NOBODY]))
        return DepositFunds(self._account(), asset, self.pick([1_000, 300, 2_000, 2_000, 0, -5]))

    def _withdraw_funds(self) -> WithdrawFunds:
        asset = AssetId(self.pick([USDC, USDC, USDC, BTC, NOBODY]))
        amount = self.pick([300, 1_000, 3_000, 9_000, 20_000, 0, -5])
        return WithdrawFunds(self._account(), asset, amount)

    def _settle_instrument(self) -> SettleInstrument:
        price = self.pick([0, PAYOUT, PAYOUT // 2, 77, -1, PAYOUT + 1])
        # Mostly the outcome, after which there is another: what is settled stays so.
        instrument = self.pick([self.outcome] * 4 + [InstrumentId(SPOT), InstrumentId(NOBODY)] * 4)
        return SettleInstrument(self.pick([instrument] * 9 + [self._instrument()]), price)

    def _set_trading_state(self) -> SetTradingState:
        return SetTradingState(
            self._instrument(), self.pick([TradingState.TRADING] * 60 + IDLE_STATES)
        )

    def _set_reference_price(self) -> SetReferencePrice:
        return SetReferencePrice(self._instrument(), self.pick([100, 98, 102, 0]))

    def _configure_account(self) -> ConfigureAccount:
        flags = [None] * 2 + [False] * 18 + [True]
        name = self.pick([None, None, f"trader{self.pick(TRADERS)}", "trader"])
        return ConfigureAccount(self._account(), name, self.pick(flags), self.pick(flags))

    def _found(self) -> Command:
        seq = self.seq
        made: Command = self.pick(
            [
                RegisterAsset("acme", self.pick(["USDC", f"A{seq % 3}"]), self.pick([6, 37])),
                _listed(self.pick(["BTC-USDC", f"M{seq % 3}"]), notional_minor=self.pick([1, 0])),
                OpenAccount("acme", "owner", self.pick([f"trader{TRADERS[0]}", f"t{seq % 3}"])),
                OpenAccount("", "", "fees"),
                _listed(f"M{seq}", kind=InstrumentKind.BINARY, payout_ticks=self.pick([0, 1])),
                _listed(f"M{seq}", fee_basis=FeeBasis.VARIANCE, payout_ticks=self.pick([0, 9])),
            ]
        )
        return made
