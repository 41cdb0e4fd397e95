"""Routes: what this venue answers, and where each row is written down."""

from typing import Any

from countermand.venues.loopring.base_string import collapsed
from countermand.venues.loopring.messages import exchange as x
from countermand.venues.loopring.messages import orders as o
from countermand.venues.loopring.messages import user as u
from countermand.venues.loopring.translate import (
    canceling,
    exchange,
    keys,
    order_reports,
    placing,
    reading,
    submitted,
    user,
)
from countermand.wire.bridge import Square, rows_at
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Route, Routes

_nothing = exchange.nothing_from_wire


_row = rows_at("/api/v3", "DEX API v3, ", repeats=True)


_ORDERS = (
    _row(
        Operation.PLACE_ORDER,
        Access.TRADE,
        "POST /order",
        (o.SubmitOrder, o.Submitted),
        Square(
            placing.place_from_wire,
            submitted.submitted_to_wire,
            placing.place_to_wire,
            submitted.submitted_from_wire,
        ),
        "Submit order",
        then=submitted.repeated,
    ),
    _row(
        Operation.GET_ORDER,
        Access.VIEW,
        "GET /order",
        (o.GetOrder, o.Order),
        Square(
            reading.get_from_wire,
            order_reports.found_to_wire,
            reading.get_to_wire,
            order_reports.order_from_wire,
        ),
        "Get order",
    ),
    _row(
        Operation.LIST_ORDERS,
        Access.VIEW,
        "GET /orders",
        (o.ListOrders, o.OrderList),
        Square(
            reading.list_from_wire,
            reading.list_reply_to_wire,
            reading.list_to_wire,
            reading.list_reply_from_wire,
        ),
        "Get orders",
    ),
    _row(
        Operation.CANCEL_ORDER,
        Access.TRADE,
        "DELETE /order",
        (o.CancelOrder, o.Submitted),
        Square(
            canceling.cancel_from_wire,
            canceling.canceled_to_wire,
            canceling.cancel_to_wire,
            canceling.canceled_from_wire,
        ),
        "Cancel order",
        find=canceling.find_canceled,
    ),
    _row(
        Operation.CANCEL_ORDER,
        Access.TRADE,
        "DELETE /orders/byHash",
        (o.CancelByHash, list[o.BatchItem]),
        Square(canceling.batch_by_hash_from_wire, canceling.batch_to_wire),
        "Cancel orders by hash",
    ),
    _row(
        Operation.CANCEL_ORDER,
        Access.TRADE,
        "DELETE /orders/byClientOrderId",
        (o.CancelByClientOrderId, list[o.BatchItem]),
        Square(canceling.batch_by_name_from_wire, canceling.batch_to_wire),
        "Cancel orders by client order id",
    ),
)

_USER = (
    _row(
        Operation.GET_KEY,
        Access.VIEW,
        "GET /apiKey",
        (u.GetApiKey, u.ApiKey),
        Square(keys.get_from_wire, keys.get_to_wire),
        "Get user's ApiKey",
    ),
    _row(
        Operation.CHANGE_KEY,
        Access.TRADE,
        "POST /apiKey",
        (u.RotateApiKey, u.ApiKey),
        Square(keys.rotate_from_wire, keys.rotated_to_wire),
        "Update user's ApiKey",
    ),
    _row(
        Operation.GET_SLOT,
        Access.VIEW,
        "GET /storageId",
        (u.GetStorageId, u.StorageId),
        Square(
            user.storage_id_from_wire,
            user.storage_id_to_wire,
            user.storage_id_ask_to_wire,
            user.storage_id_reply_from_wire,
        ),
        "Get next storage id",
    ),
    _row(
        Operation.LIST_BALANCES,
        Access.VIEW,
        "GET /user/balances",
        (u.GetBalances, list[u.Balance]),
        Square(
            user.balances_from_wire,
            user.balances_to_wire,
            user.balances_ask_to_wire,
            user.balances_reply_from_wire,
        ),
        "Get user exchange balances",
    ),
    _row(
        Operation.LIST_FILLS,
        Access.VIEW,
        "GET /user/trades",
        (u.GetUserTrades, x.Trades),
        Square(user.trades_from_wire, user.trades_to_wire),
        "Get user trades",
    ),
    _row(
        Operation.LIST_FEE_RATES,
        Access.VIEW,
        "GET /user/orderUserRateAmount",
        (u.GetRates, u.Rates),
        Square(user.rates_from_wire, user.rates_to_wire),
        "Query current token minimum order amount",
    ),
    _row(
        Operation.LIST_FEE_RATES,
        Access.VIEW,
        "GET /user/orderFee",
        (u.GetFee, u.Fee),
        Square(user.fee_from_wire, user.fee_to_wire),
        "Get order fee rate of a token",
    ),
)


def _public(
    operation: Operation, line: str, messages: tuple[Any, Any], square: Square, section: str
) -> Route:
    return _row(operation, Access.PUBLIC, line, messages, square, section)


_PUBLIC = (
    _public(
        Operation.GET_STATUS,
        "GET /timestamp",
        (x.Nothing, x.Timestamp),
        Square(_nothing, exchange.time_to_wire),
        "Get relayer's current time",
    ),
    _public(
        Operation.GET_STATUS,
        "GET /exchange/info",
        (x.Nothing, x.Info),
        Square(_nothing, exchange.info_to_wire),
        "Get exchange info",
    ),
    _public(
        Operation.LIST_ASSETS,
        "GET /exchange/tokens",
        (x.Nothing, list[x.Token]),
        Square(_nothing, exchange.tokens_to_wire),
        "Get token info",
    ),
    _public(
        Operation.LIST_INSTRUMENTS,
        "GET /exchange/markets",
        (x.Nothing, x.Markets),
        Square(_nothing, exchange.markets_to_wire),
        "Get market info",
    ),
    _public(
        Operation.LIST_INSTRUMENTS,
        "GET /mix/markets",
        (x.Nothing, x.MixMarkets),
        Square(_nothing, exchange.mix_markets_to_wire),
        "Get mix market info",
    ),
    _public(
        Operation.LIST_INSTRUMENTS,
        "GET /amm/pools",
        (x.Nothing, x.Pools),
        Square(_nothing, exchange.pools_to_wire),
        "Get AMM pool configurations",
    ),
    _public(
        Operation.GET_DEPTH,
        "GET /depth",
        (x.GetDepth, x.Depth),
        Square(exchange.depth_from_wire, exchange.depth_to_wire),
        "Get market depth",
    ),
    _public(
        Operation.GET_DEPTH,
        "GET /mix/depth",
        (x.GetDepth, x.Depth),
        Square(exchange.depth_from_wire, exchange.depth_to_wire),
        "Get mix market depth",
    ),
    _public(
        Operation.LIST_TRADES,
        "GET /trade",
        (x.GetTrades, x.Trades),
        Square(exchange.trades_from_wire, exchange.trades_to_wire),
        "Get recent market trades",
    ),
    _public(
        Operation.GET_ACCOUNT,
        "GET /account",
        (x.GetAccount, x.Account),
        Square(_nothing, exchange.account_to_wire),
        "Query user information",
    ),
)

ROUTES = Routes(_ORDERS + _USER + _PUBLIC, normal=collapsed)
