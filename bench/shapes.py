"""
The exchange of the checkout that is on the path, fed with the tuples of `workloads`.

All that differs between a checkout and another it is measured against is here. The other shape
there is: at 242eaa8 the words were in `core`, not in a package of their own, and an order had no
terms of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.workloads import ACCOUNTS, CANCEL, MIDDLE_TICKS, NEW, Command
from countermand.core.exchange import RULES_VERSION, Exchange

WORDS = "countermand.vocabulary" if find_spec("countermand.vocabulary") else "countermand.core"
commands = import_module(f"{WORDS}.commands")
instruments = import_module(f"{WORDS}.instrument")
orders = import_module(f"{WORDS}.order")

MONTH_NS = 30 * 86_400 * 1_000_000_000
STEP_NS = 1_000


class Market:
    """An exchange with one market and rich accounts, who are its first commands."""

    def __init__(self, kind: str) -> None:
        self.exchange = Exchange()
        self._founding: list[Any] = []
        quote = self._found(commands.RegisterAsset("bench", "USDC", 8))
        base = self._found(commands.RegisterAsset("bench", "BTC", 8))
        self._market = self._found(commands.ListInstrument(_instrument(kind, base, quote)))
        self._accounts = []
        for index in range(ACCOUNTS):
            account = self._found(commands.OpenAccount("bench", f"user{index}", "main"))
            self._accounts.append(account)
            for asset in (quote, base):
                self._found(commands.DepositFunds(account, asset, 10**24))
        self._number = 0

    @property
    def founding_entries(self) -> list[Any]:
        """The entries that made the market and its accounts."""
        return [self._entry(seq, command) for seq, command in enumerate(self._founding, 1)]

    @property
    def feed(self) -> Callable[[Any], Any]:
        """What takes an entry: the core without the answer to the client."""
        return self.exchange.advance

    def entries(self, tuples: Iterable[Command]) -> Iterator[Any]:
        """Yield the commands as the entries to come."""
        for command in tuples:
            self._number += 1
            yield self._entry(len(self._founding) + self._number, self._command(command))

    def traded_lots(self, results: Iterable[Any]) -> int:
        """Return how much was traded, going by what `feed` returned."""
        return sum(
            event.qty_lots
            for result in results
            for event in getattr(result, "events", result)
            if type(event).__name__ == "Traded"
        )

    def _found(self, command: Any) -> int:
        self._founding.append(command)
        seq = len(self._founding)
        self.exchange.advance(self._entry(seq, command))
        return seq

    def _entry(self, seq: int, command: Any) -> Any:
        return commands.Entry(seq, seq * STEP_NS, command)

    def _command(self, command: Command) -> Any:
        account = self._accounts[command[1]]
        if command[0] == NEW:
            return self._new_order(account, *command[2:])
        # An order's id is the number of its entry.
        order_id = len(self._founding) + command[2]
        if command[0] == CANCEL:
            return commands.CancelOrder(account, order_id)
        return commands.ReplaceOrder(
            account, self._market, order_id, "", "", order_qty_lots=command[3]
        )

    def _new_order(self, account: int, is_buy: int, price: int, qty: int) -> Any:
        names = {
            "account_id": account,
            "instrument_id": self._market,
            "cl_ord_id": f"c{self._number}",
        }
        terms = {
            "side": orders.Side.BUY if is_buy else orders.Side.SELL,
            "ord_type": orders.OrdType.LIMIT,
            "time_in_force": orders.TimeInForce.GTC,
            "order_qty_lots": qty,
            "price_ticks": price,
            "expire_ns": MONTH_NS,
            "stp": orders.SelfTradePrevention.BOTH,
        }
        if hasattr(orders, "OrderTerms"):
            return commands.NewOrder(**names, terms=orders.OrderTerms(**terms))
        return commands.NewOrder(**names, **terms)


def _instrument(kind: str, base: int, quote: int) -> Any:
    return instruments.Instrument(
        instrument_id=0,
        venue="bench",
        symbol="BTC",
        kind=instruments.InstrumentKind[kind.upper()],
        base_asset_id=base,
        quote_asset_id=quote,
        tick_units=1,
        price_scale=1,
        lot_units=1,
        qty_scale=4,
        notional_minor=1_000,
        lot_minor=10_000,
        maker_fee_ppb=200_000,
        taker_fee_ppb=400_000,
        initial_margin_ppb=100_000_000,
        reference_price_ticks=MIDDLE_TICKS,
    )


class History:
    """A journal on this disk."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def append(self, entries: list[Any], group: int) -> None:
        """Make the entries durable, so many with one sync."""
        encode_entry = import_module("countermand.engine.chain").encode_entry
        writer = import_module("countermand.engine.ports").Writer
        journal = self._open()
        journal.fence(writer(journal.epoch + 1, entries[0].seq, RULES_VERSION, "bench", 0))
        for at in range(0, len(entries), group):
            payloads = [encode_entry(entry) for entry in entries[at : at + group]]
            journal.append(entries[at].seq - 1, payloads)
        journal.close()

    def replay(self) -> None:
        """Make an exchange of it again, as a start does."""
        recover = import_module("countermand.engine.replay").recover
        journal = self._open()
        recover(journal)
        journal.close()

    def _open(self) -> Any:
        return import_module("countermand.engine.sqlite").SqliteJournal(self._directory)
