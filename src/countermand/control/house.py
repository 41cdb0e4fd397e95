"""
House: the accounts with which an operator makes trades and quotes, and orders of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from countermand.control import names
from countermand.control.accounts import opened
from countermand.control.acts import act, refused
from countermand.control.host import Host, Served
from countermand.vocabulary.commands import CancelOrder, Command, DepositFunds, NewOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import GetAccount, GetOrder, GetQuote, PreviewOrder
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import (
    AccountReport,
    AccountSummary,
    OrderReport,
    PreviewReport,
    QuoteReport,
)

# The owners of the house's accounts: two that meet, and one that stands with quotes.
ONE, TWO, QUOTES = "house-one", "house-two", "house-quotes"

# The reasons of a preview that the deposit and the trade make untrue.
_PASSING = (None, RejectReason.INSUFFICIENT_FUNDS, RejectReason.POST_ONLY_WOULD_CROSS)


async def account(host: Host, at: Served, owner: str) -> AccountReport:
    """Return an account of the house, opened if it is not there yet. Raises ControlError."""
    if not tuple(at.directory.accounts_of(owner)):
        await act(host, opened(at, owner, margin=True))
    return names.account(at, owner)


async def pair(
    host: Host, at: Served, on: Instrument, side: Side
) -> tuple[AccountReport, AccountReport]:
    """
    Return the maker and the taker of a trade whose incoming order is of `side`.

    The one that is longer sells, so that trades do not add up to positions beyond a limit.
    """
    one, two = await account(host, at, ONE), await account(host, at, TWO)
    shorter, longer = sorted((one, two), key=lambda known: _net_lots(host, known, on))
    return (longer, shorter) if side is Side.BUY else (shorter, longer)


def limit(
    by: AccountReport,
    on: Instrument,
    side: Side,
    lots: int,
    ticks: int,
    time_in_force: TimeInForce = TimeInForce.GTC,
    exec_inst: int = 0,
) -> NewOrder:
    """Return a limit order of an account of the house."""
    terms = OrderTerms(side, OrdType.LIMIT, time_in_force, lots, ticks, exec_inst=exec_inst)
    # Without the venue's delays, which are for its clients.
    return NewOrder(by.account_id, on.instrument_id, "", terms, delay_ns=0)


async def place(
    host: Host, orders: Sequence[NewOrder], first: Sequence[Command] = ()
) -> tuple[Receipt, ...]:
    """
    Return the receipts of orders that are one group behind `first` and the money they need.

    Raises: ControlError where it is known before that an order would be refused; then nothing is
            done.
    """
    money = [paid for order in orders if (paid := _missing(host, order)) is not None]
    receipts = await host.exchange.submit([*money, *first, *orders])
    return receipts[len(receipts) - len(orders) :]


async def take_back(host: Host, by: AccountReport, receipts: Sequence[Receipt]) -> None:
    """Cancel what is open of an account's orders that these receipts are about."""
    touched = {order.order_id for receipt in receipts for order in _orders(receipt, by)}
    for order_id in sorted(touched):
        found = host.exchange.view(GetOrder(by.account_id, order_id))
        if found is not None and found.is_open:
            await act(host, CancelOrder(by.account_id, order_id, delay_ns=0))


def _orders(receipt: Receipt, by: AccountReport) -> list[OrderReport]:
    return [order for order in receipt.orders if order.account_id == by.account_id]


def _missing(host: Host, order: NewOrder) -> DepositFunds | None:
    # Twice the need: of two orders of one account each is previewed alone.
    seen: PreviewReport = host.exchange.view(PreviewOrder(order, host.clock.now_ns()))
    if seen.reason not in _PASSING:
        raise refused(seen.reason)
    missing = 2 * max(0, seen.required_minor) - seen.available_minor
    if missing <= 0:
        return None
    on = _instrument(host, order)
    is_spot_sell = not on.has_positions and order.terms.side is Side.SELL
    asset_id = on.base_asset_id if is_spot_sell else on.quote_asset_id
    return DepositFunds(order.account_id, asset_id, missing)


def _instrument(host: Host, order: NewOrder) -> Instrument:
    quote: QuoteReport = host.exchange.view(GetQuote(order.instrument_id))
    return quote.instrument


def _net_lots(host: Host, known: AccountReport, on: Instrument) -> int:
    summary: AccountSummary = host.exchange.view(GetAccount(known.account_id))
    held = (one.net_lots for one in summary.positions if one.instrument_id == on.instrument_id)
    return next(held, 0)
