"""Routes that show something, and those that change a key."""

from countermand.venues.deltadefi.messages import accounts as a
from countermand.venues.deltadefi.messages import markets as m
from countermand.venues.deltadefi.messages import orders as o
from countermand.venues.deltadefi.translate import accounts, candles, keys, markets, orders
from countermand.wire.bridge import Square, rows_at
from countermand.wire.operation import Access, Operation

_VIEW, _TRADE, _PUBLIC = Access.VIEW, Access.TRADE, Access.PUBLIC
_REFERENCE = "API reference: "
_SDK = "Python SDK 1.1.1: "


_row = rows_at("", "")

_ONE_ORDER = Square(
    orders.get_from_wire, orders.found_to_wire, orders.get_to_wire, orders.found_from_wire
)

_ORDERS = (
    *(
        _row(
            Operation.GET_ORDER,
            _VIEW,
            line,
            (o.GetOrder, o.Order),
            _ONE_ORDER,
            _REFERENCE + "Get Order",
            then=orders.then_of_one,
        )
        for line in ("GET /accounts/order/{id}", "GET /account/order")
    ),
    _row(
        Operation.LIST_ORDERS,
        _VIEW,
        "GET /accounts/open-orders",
        (o.ListOfSymbol, o.OrderPage),
        Square(
            orders.open_from_wire,
            orders.open_list_to_wire,
            orders.open_to_wire,
            orders.open_list_from_wire,
        ),
        _REFERENCE + "Get Open Orders",
        then=orders.then_of_open,
    ),
    _row(
        Operation.LIST_ORDERS,
        _VIEW,
        "GET /accounts/trade-orders",
        (o.ListOfSymbol, o.OrderPage),
        Square(orders.closed_from_wire, orders.closed_list_to_wire),
        _REFERENCE + "Get Trade Orders",
        then=orders.then_of_closed,
    ),
    _row(
        Operation.LIST_FILLS,
        _VIEW,
        "GET /accounts/trades",
        (o.ListOfSymbol, o.TradePage),
        Square(orders.trades_from_wire, orders.trades_to_wire),
        _REFERENCE + "Get Trades",
    ),
)

_ACCOUNTS = (
    _row(
        Operation.LIST_BALANCES,
        _VIEW,
        "GET /accounts/balance",
        (a.Nothing, list[a.Balance]),
        Square(
            accounts.balances_from_wire,
            accounts.balance_list_to_wire,
            accounts.balances_to_wire,
            accounts.balance_list_from_wire,
        ),
        _REFERENCE + "Get Account Balance",
    ),
    _row(
        Operation.GET_KEY,
        _VIEW,
        "GET /accounts/operation-key",
        (a.Nothing, a.OperationKey),
        Square(keys.account_from_wire, keys.operation_key_to_wire),
        _REFERENCE + "Get Operation Key",
    ),
    _row(
        Operation.GET_ACCOUNT,
        _VIEW,
        "GET /accounts/spot-account",
        (a.Nothing, a.SpotAccount),
        Square(keys.account_from_wire, keys.spot_account_to_wire),
        _REFERENCE + "Get Spot Account",
    ),
    _row(
        Operation.CHANGE_KEY,
        _TRADE,
        "POST /accounts/spot-account",
        (a.CreateSpotAccount, a.SpotAccount),
        Square(keys.create_from_wire, keys.created_to_wire),
        _REFERENCE + "Create Spot Account",
    ),
    *(
        _row(
            Operation.CHANGE_KEY,
            _TRADE,
            f"{method} /accounts/spot-account",
            (a.UpdateSpotAccount, a.SpotAccount),
            Square(keys.update_from_wire, keys.updated_to_wire),
            _REFERENCE + "Update Spot Account",
        )
        for method in ("PATCH", "PUT")
    ),
    _row(
        Operation.GET_KEY,
        _VIEW,
        "GET /accounts/api-key",
        (a.Nothing, a.ApiKey),
        Square(keys.account_from_wire, keys.api_key_to_wire),
        _REFERENCE + "Get API Key",
    ),
    _row(
        Operation.CHANGE_KEY,
        _TRADE,
        "GET /accounts/new-api-key",
        (a.Nothing, a.ApiKey),
        Square(keys.new_key_from_wire, keys.key_to_wire),
        _REFERENCE + "Create New API Key",
    ),
    _row(
        Operation.GET_ACCOUNT_DETAIL,
        _VIEW,
        "GET /accounts/max-deposit",
        (a.Nothing, a.MaxDeposit),
        Square(keys.account_from_wire, accounts.max_deposit_to_wire),
        _SDK + "get_max_deposit",
    ),
    *(
        _row(
            Operation.LIST_TRANSFERS,
            _VIEW,
            f"GET /accounts/{what}-records",
            (a.ListRecords, a.RecordPage),
            Square(accounts.records_from_wire, accounts.records_to_wire),
            f"{_SDK}get_{what}_records",
        )
        for what in ("deposit", "withdrawal", "transferal")
    ),
    _row(
        Operation.LIST_TRANSFERS,
        _VIEW,
        "GET /accounts/transferal-records/{tx_hash}",
        (a.GetRecord, a.RecordPage),
        Square(accounts.record_from_wire, accounts.record_to_wire),
        _SDK + "get_transferal_record_by_tx_hash",
    ),
)

_MARKETS = (
    _row(
        Operation.LIST_INSTRUMENTS,
        _PUBLIC,
        "GET /app/market-config",
        (a.Nothing, m.MarketConfig),
        Square(
            markets.list_from_wire,
            markets.config_to_wire,
            markets.list_to_wire,
            markets.config_from_wire,
        ),
        _REFERENCE + "Get Market Config",
    ),
    _row(
        Operation.GET_QUOTE,
        _PUBLIC,
        "GET /market/market-price",
        (m.ListPrices, m.Price),
        Square(
            markets.price_from_wire,
            markets.price_reply_to_wire,
            markets.price_to_wire,
            markets.price_reply_from_wire,
        ),
        _REFERENCE + "Get Market Price",
    ),
    _row(
        Operation.GET_QUOTE,
        _PUBLIC,
        "GET /market/market-price/{symbol}",
        (m.GetPrice, m.Price),
        Square(markets.one_price_from_wire, markets.price_reply_to_wire),
        "Hummingbot connector: market price",
    ),
    *(
        _row(
            Operation.LIST_CANDLES,
            _PUBLIC,
            f"GET /market/{word}/{{symbol}}",
            (m.ListCandles, list[m.Candle]),
            Square(candles.candles_from_wire, candles.candles_to_wire),
            _REFERENCE + "Get Aggregated Price",
        )
        for word in ("graph", "aggregate")
    ),
    *(
        _row(
            Operation.GET_DEPTH,
            _PUBLIC,
            f"GET /{word}/depth",
            (m.GetDepth, m.Depth),
            Square(markets.depth_from_wire, markets.depth_to_wire),
            _REFERENCE + "Get Market Depth (August 2025)",
        )
        for word in ("market", "markets")
    ),
    _row(
        Operation.GET_STATUS,
        _PUBLIC,
        "GET /app/terms-and-conditions",
        (a.Nothing, m.Terms),
        Square(markets.reference_from_wire, markets.terms_to_wire),
        _REFERENCE + "Get Terms and Conditions",
    ),
    _row(
        Operation.GET_STATUS,
        _VIEW,
        "GET /app/hydra-cycle",
        (a.Nothing, m.HydraCycle),
        Square(markets.reference_from_wire, markets.hydra_cycle_to_wire),
        _SDK + "get_hydra_cycle",
    ),
    _row(
        Operation.GET_STATUS,
        _PUBLIC,
        "GET /health/trading-lock-status",
        (a.Nothing, m.TradingLock),
        Square(markets.list_from_wire, markets.lock_to_wire),
        _REFERENCE + "Trading Lock Status",
    ),
)

ROWS = _ORDERS + _ACCOUNTS + _MARKETS
