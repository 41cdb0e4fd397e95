"""
Frames: what streams tell, every value a text.

Shape:  one JSON object on one line, a space after each colon and comma, `EntityType` or `Cmd`
        first: published clients look for exactly these bytes at its beginning.
Units:  amounts with five decimals, dates in milliseconds since the Unix epoch as text, those of
        quotes as `MM/dd/yyyy HH:mm:ss` in UTC.
Source: ETNA manual, "Streaming Data"; goetna, `ws*.go`. Which fields stay empty: README.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from countermand.venues.autoshares import dates
from countermand.venues.autoshares.messages import accounts as a
from countermand.venues.autoshares.messages import orders as o
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.reports import QuoteReport
from countermand.wire import codec, numbers, times
from countermand.wire.candles import Candle

_PLACES = Decimal("0.00001")
_NO_UNDERLYING = {
    "UnderlyingSymbol": "", "UnderlyingId": "-1", "UnderlyingStrike": "0",
    "UnderlyingOptionType": "Undefined", "UnderlyingExpirationDate": "-62135596800000",
    "UnderlyingExpirationType": "Undefined",
}  # fmt: skip
# The offset of the venue's dates, which are in UTC here.
_NO_OFFSET = "0"
_UNTOLD_QUOTE = (
    "AskMarket", "AskTime", "AskUpdate", "BidMarket", "BidTime", "BidUpdate", "LastMarket",
    "Change", "ChangePc", "Week52Low", "Week52High", "Dividend", "DividendShare", "DividendYield",
    "MarketCap", "Eps", "PeRatio", "TradeCondition", "Beta", "Sector", "AverageVolume3Month",
    "PreviousClose", "DontAffectCandle",
)  # fmt: skip


def text(fields: Mapping[str, str]) -> str:
    """Return a frame."""
    return msgspec.json.format(codec.encode(fields), indent=0).decode()


def order(shown: o.Order) -> dict[str, str]:
    """Return the frame of an order; its client's name for it is not told."""
    created, changed = _ms(shown.create_date), _ms(shown.date)
    return {
        "EntityType": "Order", "Id": str(shown.id), "SecurityId": str(shown.security_id),
        "Quantity": amount(shown.quantity), "Price": amount(shown.price),
        "ExecutedQuantity": amount(shown.executed_quantity),
        "LastPrice": amount(shown.last_price), "LastQuantity": amount(shown.last_quantity),
        "LeavesQuantity": amount(shown.leaves_quantity),
        "AveragePrice": amount(shown.average_price), "Side": shown.side, "CreateDate": created,
        "Date": changed, "DateOffset": _NO_OFFSET, "DateText": "", "TransactionDate": changed,
        "TransactionDateText": changed, "Status": shown.status,
        "ExecutionStatus": shown.execution_status, "Type": shown.type, "Description": "",
        "Comment": shown.comment, "TimeInForce": shown.time_in_force,
        "AccountId": str(shown.account_id), "StopPrice": amount(shown.stop_price),
        "ExecInst": str(shown.exec_inst_num), "ExpireDate": _ms(shown.expire_date),
        "SecurityType": shown.security_type, "Symbol": shown.symbol, "Exchange": shown.exchange,
        "Currency": shown.currency, "Name": shown.name, **_NO_UNDERLYING,
        "TrailingStopAmountType": shown.trailing_stop_amount_type,
        "TrailingStopAmount": amount(shown.trailing_stop_amount),
        "TrailingLimitAmountType": shown.trailing_limit_amount_type,
        "TrailingLimitAmount": amount(shown.trailing_limit_amount),
        "RejectReason": shown.description, "ParentId": str(shown.parent_id),
        "InitialType": shown.initial_type,
    }  # fmt: skip


def position(shown: a.Position) -> dict[str, str]:
    """Return the frame of a position; a whole quantity is an integer, which goetna needs."""
    created, changed = _ms(shown.create_date), _ms(shown.modify_date)
    whole = shown.quantity == shown.quantity.to_integral_value()
    return {
        "EntityType": "Position", "Id": str(shown.id), "AccountId": str(shown.account_id),
        "SecurityId": str(shown.security_id), "CostBasis": amount(shown.cost_basis),
        "DailyCostBasis": amount(shown.daily_cost_basis), "CreateDate": created,
        "CreateDateOffset": _NO_OFFSET, "ModifyDate": changed, "ModifyDateOffset": _NO_OFFSET,
        "Quantity": str(int(shown.quantity)) if whole else amount(shown.quantity),
        "RealizedProfitLoss": amount(shown.realized_profit_loss),
        "AverageOpenPrice": amount(shown.average_open_price),
        "AverageClosePrice": amount(shown.average_close_price),
        "SecurityType": shown.security_type, "Symbol": shown.symbol, "Exchange": "",
        "Currency": shown.security_currency, "Name": shown.name,
        "CompanyName": shown.company_name, **_NO_UNDERLYING,
    }  # fmt: skip


def balance(entity: str, key: tuple[str, str], info: a.Info) -> dict[str, str]:
    """Return the frame of a balance: its numbers are JSON in a text."""
    items = [{"Name": name, "Value": value} for name, value in msgspec.to_builtins(info).items()]
    return {
        "EntityType": entity, key[0]: key[1], "CashBalance": amount(info.cash),
        "PendingCash": amount(info.pending_cash),
        "PendingOrdersCount": str(info.pending_orders_count),
        "Items": codec.encode([_item(one) for one in items]).decode(),
    }  # fmt: skip


def quote(report: QuoteReport, day: Candle | None, now_ns: int) -> dict[str, str]:
    """Return the frame of a quote; `day` is what was traded today."""
    one = report.instrument
    opened, high, low = (
        _price(one, ticks)
        for ticks in ((day.open_ticks, day.high_ticks, day.low_ticks) if day else (0, 0, 0))
    )
    last, volume = _price(one, report.last_px_ticks), _shares(one, report.volume_lots)
    return {
        "EntityType": "Quote", "QuoteTypes": "Delayed", "Key": str(one.instrument_id),
        "Date": _us_date(report.transact_ns or now_ns),
        "Ask": _price(one, report.ask_px_ticks), "AskSize": _shares(one, report.ask_qty_lots),
        "Bid": _price(one, report.bid_px_ticks), "BidSize": _shares(one, report.bid_qty_lots),
        "Last": last, "Price": last, "Volume": volume, "TotalDailyVolume": volume,
        "Open": opened, "High": high, "Low": low, "Close": last, "DayHigh": high, "DayLow": low,
        "OpenInterest": "0", **dict.fromkeys(_UNTOLD_QUOTE, ""),
    }  # fmt: skip


def candle(shown: Candle, one: Instrument, *, is_completed: bool) -> dict[str, str]:
    """Return the frame of a minute's candle."""
    return {
        "EntityType": "Candle", "Key": str(one.instrument_id),
        "Open": _price(one, shown.open_ticks), "High": _price(one, shown.high_ticks),
        "Low": _price(one, shown.low_ticks), "Close": _price(one, shown.close_ticks),
        "Volume": _shares(one, shown.qty_lots), "Time": str(shown.start_ns // times.MS),
        "IsCompleted": str(is_completed), "IsMarket": "True",
    }  # fmt: skip


def amount(value: Decimal) -> str:
    """Return a number with five decimals."""
    return str(value.quantize(_PLACES))


def _item(one: dict[str, Any]) -> dict[str, Any]:
    return {"Name": one["Name"], "Value": Decimal(str(one["Value"]))}


def _price(one: Instrument, ticks: int) -> str:
    return amount(Decimal(numbers.price_text(one, ticks)))


def _shares(one: Instrument, lots: int) -> str:
    return numbers.qty_text(one, lots)


def _ms(date: str) -> str:
    return str(dates.date_ns(date) // times.MS)


def _us_date(ns: int) -> str:
    return datetime.fromtimestamp(ns // times.S, UTC).strftime("%m/%d/%Y %H:%M:%S")
