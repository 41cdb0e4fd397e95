"""
The terminal: what the vendor's own screens ask for besides trading.

Source: ETNA manual, "Get user's settings", "Get user's exchanges", "Get historical account value",
        "Get all transfers". That there is one day of history and no transfer is ours (README).
"""

from typing import Any

from countermand.venues.autoshares import dates, paging, resolve
from countermand.venues.autoshares.account import no_user, of_account
from countermand.venues.autoshares.messages import accounts as m
from countermand.venues.autoshares.messages.shared import Page
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.valuation import info
from countermand.vocabulary.reports import AccountSummary
from countermand.wire import times
from countermand.wire.conversation import Op, reply
from countermand.wire.http import Response

_DAY_NS = 24 * 60 * 60 * times.S


def show_settings(message: m.OfUser, ctx: Ctx) -> m.TradingSettings | Response:
    """Return the first values of the user's terminal. Raises as `no_user` does."""
    largest = [one.order_qty_lots_max for one in ctx.directory.instruments.values()]
    return no_user(message, ctx) or m.TradingSettings(max(largest, default=0))


SETTINGS = Op(m.OfUser, m.TradingSettings, reply(show_settings))


def show_exchanges(message: m.OfUser, ctx: Ctx) -> list[str] | Response:
    """Return the places that the user's orders can be sent to. Raises as `no_user` does."""
    named = {one.exchange for one in ctx.settings.securities.values() if one.exchange}
    return no_user(message, ctx) or ["Auto", *sorted(named)]


EXCHANGES = Op(m.OfUser, list[str], reply(show_exchanges))


def show_history(found: AccountSummary, message: m.GetHistory, ctx: Ctx) -> list[m.Worth]:
    """Return what an account is worth today, where that is asked for. Raises InvalidField."""
    first_ns = resolve.instant("startDate", message.start_date)
    last_ns = resolve.instant("endDate", message.end_date)
    today_ns = ctx.now_ns - ctx.now_ns % _DAY_NS
    if not first_ns <= today_ns <= last_ns:
        return []
    return [m.Worth(dates.date_text(today_ns), info(found, ctx).equity_total)]


HISTORY = Op(m.GetHistory, list[m.Worth], of_account(show_history))


def show_transfers(found: AccountSummary, message: m.ListTransfers, ctx: Ctx) -> Page[Any]:
    """Return a page without transfers: nothing is moved in or out here."""
    return paging.page([], 0, message, ctx)


TRANSFERS = Op(m.ListTransfers, Page[Any], of_account(show_transfers))
