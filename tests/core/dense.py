"""
Dense traffic: one market, few prices and few accounts, and every second order trades whole or not
at all, so that they meet, wait for one another and lose their cover all the time.
"""

import random
from collections.abc import Sequence
from typing import Any

from tests.core.conftest import CLOSED_MAX, OPEN_MAX, STAGED_MAX, TRADES_MAX
from tests.core.oracle import Oracle
from tests.core.traffic import BTC, MARKETS, TRADERS, USDC, Pick, founding
from tests.core.twin import Twin

from countermand.vocabulary.commands import (
    CancelOrder,
    Command,
    DepositFunds,
    MassCancel,
    NewOrder,
    ReplaceOrder,
)
from countermand.vocabulary.events import Event
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, OrderId
from countermand.vocabulary.order import (
    Cash,
    ExecInst,
    OrderTerms,
    OrdType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)

LEFT_OVER = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
WHOLE, REDUCING = int(ExecInst.ALL_OR_NONE), int(ExecInst.REDUCE_ONLY)
STYLES = [0] * 4 + [WHOLE] * 4 + [WHOLE | int(ExecInst.POST_ONLY)] + [REDUCING] * 3
LIVES = [TimeInForce.GTC] * 8 + [TimeInForce.IOC, TimeInForce.FOK]
PRICES = (100, 99, 101)


def run(seed: int, count: int) -> list[Sequence[Event]]:
    """Run core and oracle side by side; return what each of `count` commands brought about."""
    pick = random.Random(seed).choice
    twin = Twin(Oracle(OPEN_MAX, CLOSED_MAX, TRADES_MAX, STAGED_MAX))
    for command in founding(pick):
        twin.apply(command)
    market, happened = InstrumentId(MARKETS[seed % len(MARKETS)]), []
    for index in range(count):
        account = AccountId(pick(TRADERS[1:]))
        make = pick([_order] * 6 + [_other])
        happened.append(twin.apply(make(pick, twin.seq, account, market)).events)
        if index % 5 == 0:
            twin.compare()
    twin.exchange.check_invariants()
    return happened


def _order(pick: Pick, seq: int, account: AccountId, market: InstrumentId) -> Command:
    what = (pick(list(Side)), OrdType.LIMIT, pick(LIVES), pick(range(1, 9)), pick(PRICES))
    stp = pick([SelfTradePrevention.NONE, *SelfTradePrevention])
    terms = OrderTerms(*what, exec_inst=pick(STYLES), stp=stp)
    return NewOrder(account, market, "", terms)


def _other(pick: Pick, seq: int, account: AccountId, market: InstrumentId) -> Command:
    # Of an order that may be open: a smaller quantity, other instructions, its end; or new money,
    # or an order that has no price.
    order_id, zero, side = OrderId(seq - pick(range(30))), InstrumentId(0), pick(list(Side))
    style: dict[str, Any] = {"exec_inst": pick([None, 0, WHOLE, REDUCING])}
    now, cash = (OrdType.MARKET, TimeInForce.IOC), Cash(3_000)
    later = (LEFT_OVER, TimeInForce.GTC)
    made: Command = pick(
        [
            ReplaceOrder(account, zero, order_id, "", "", 0, pick([0, 1, 2, 5]), **style),
            CancelOrder(account, order_id),
            MassCancel(account),
            DepositFunds(account, AssetId(pick([USDC, BTC])), 20_000),
            NewOrder(account, market, "", OrderTerms(side, *later, 4, pick((0, 100)))),
            NewOrder(account, market, "", OrderTerms(side, *pick([now, later]), 0, cash=cash)),
        ]
    )
    return made
