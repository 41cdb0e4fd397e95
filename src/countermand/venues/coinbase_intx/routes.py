"""Routes: what this venue answers, and where each row is written down."""

from countermand.venues.coinbase_intx.messages import markets as m
from countermand.venues.coinbase_intx.messages import orders as o
from countermand.venues.coinbase_intx.messages import portfolios as p
from countermand.venues.coinbase_intx.translate import (
    fills,
    holdings,
    markets,
    order_reports,
    orders,
    placing,
    portfolios,
)
from countermand.wire.bridge import Square, rows_at
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Routes

_row = rows_at("/api/v1", "INTX REST reference: ")

_ORDERS = (
    _row(
        Operation.PLACE_ORDER,
        Access.TRADE,
        "POST /orders",
        (o.PlaceOrder, o.Order),
        Square(
            placing.place_from_wire,
            order_reports.receipt_to_wire,
            placing.place_to_wire,
            order_reports.order_from_wire,
        ),
        "Create order",
    ),
    _row(
        Operation.PREVIEW_ORDER,
        Access.VIEW,
        "POST /orders/preview",
        (o.PreviewOrder, o.Preview),
        Square(placing.preview_from_wire, placing.preview_reply_to_wire),
        "specification file, previewOrder",
    ),
    _row(
        Operation.GET_ORDER,
        Access.VIEW,
        "GET /orders/{id}",
        (o.GetOrder, o.Order),
        Square(
            orders.get_from_wire,
            order_reports.found_to_wire,
            orders.get_to_wire,
            order_reports.order_from_wire,
        ),
        "Get order details",
    ),
    _row(
        Operation.LIST_ORDERS,
        Access.VIEW,
        "GET /orders",
        (o.ListOrders, o.OrderPage),
        Square(
            orders.list_from_wire,
            orders.list_reply_to_wire,
            orders.list_to_wire,
            orders.list_reply_from_wire,
        ),
        "List open orders",
    ),
    _row(
        Operation.REPLACE_ORDER,
        Access.TRADE,
        "PUT /orders/{id}",
        (o.ModifyOrder, o.Order),
        Square(
            orders.replace_from_wire,
            order_reports.receipt_to_wire,
            orders.replace_to_wire,
            order_reports.order_from_wire,
        ),
        "Modify open order",
        find=orders.get_from_wire,
    ),
    _row(
        Operation.CANCEL_ORDER,
        Access.TRADE,
        "DELETE /orders/{id}",
        (o.CancelOrder, o.Order),
        Square(
            orders.cancel_from_wire,
            order_reports.receipt_to_wire,
            orders.cancel_to_wire,
            order_reports.order_from_wire,
        ),
        "Cancel order",
    ),
    _row(
        Operation.MASS_CANCEL,
        Access.TRADE,
        "DELETE /orders",
        (o.CancelAllOrders, list[o.Order]),
        Square(
            orders.cancel_all_from_wire,
            order_reports.receipts_to_wire,
            orders.cancel_all_to_wire,
            order_reports.orders_from_wire,
        ),
        "Cancel orders",
    ),
)

_MARKETS = (
    _row(
        Operation.LIST_INSTRUMENTS,
        Access.PUBLIC,
        "GET /instruments",
        (m.ListInstruments, list[m.Instrument]),
        Square(
            markets.list_from_wire,
            markets.list_reply_to_wire,
            markets.list_to_wire,
            markets.list_reply_from_wire,
        ),
        "List instruments",
    ),
    _row(
        Operation.GET_INSTRUMENT,
        Access.PUBLIC,
        "GET /instruments/{instrument}",
        (m.GetInstrument, m.Instrument),
        Square(markets.get_from_wire, markets.get_reply_to_wire),
        "Get instrument details",
    ),
    _row(
        Operation.GET_QUOTE,
        Access.PUBLIC,
        "GET /instruments/{instrument}/quote",
        (m.GetQuote, m.Quote),
        Square(
            markets.get_from_wire,
            markets.quote_reply_to_wire,
            markets.quote_to_wire,
            markets.quote_reply_from_wire,
        ),
        "Get quote per instrument",
    ),
    _row(
        Operation.LIST_ASSETS,
        Access.PUBLIC,
        "GET /assets",
        (m.ListAssets, list[m.Asset]),
        Square(markets.assets_from_wire, markets.assets_reply_to_wire),
        "List assets",
    ),
    _row(
        Operation.GET_ASSET,
        Access.PUBLIC,
        "GET /assets/{asset}",
        (m.GetAsset, m.Asset),
        Square(markets.assets_from_wire, markets.asset_reply_to_wire),
        "Get asset details",
    ),
    _row(
        Operation.GET_ASSET,
        Access.PUBLIC,
        "GET /assets/{asset}/networks",
        (m.ListNetworks, list[m.Asset]),
        Square(markets.assets_from_wire, markets.networks_reply_to_wire),
        "Get supported networks per asset",
    ),
    _row(
        Operation.LIST_FEE_TIERS,
        Access.PUBLIC,
        "GET /fee-rate-tiers",
        (m.ListFeeTiers, list[m.FeeTier]),
        Square(portfolios.fee_rates_from_wire, portfolios.fee_tiers_reply_to_wire),
        "List fee rate tiers",
    ),
)

_PORTFOLIOS = (
    _row(
        Operation.LIST_ACCOUNTS,
        Access.VIEW,
        "GET /portfolios",
        (p.ListPortfolios, list[p.Portfolio]),
        Square(
            portfolios.list_from_wire,
            portfolios.list_reply_to_wire,
            portfolios.list_to_wire,
            portfolios.list_reply_from_wire,
        ),
        "List all user portfolios",
    ),
    _row(
        Operation.OPEN_ACCOUNT,
        Access.TRADE,
        "POST /portfolios",
        (p.CreatePortfolio, p.Portfolio),
        Square(portfolios.open_from_wire, portfolios.open_reply_to_wire),
        "Create portfolio",
    ),
    _row(
        Operation.GET_ACCOUNT,
        Access.VIEW,
        "GET /portfolios/{portfolio}",
        (p.GetPortfolio, p.Portfolio),
        Square(portfolios.get_from_wire, portfolios.get_reply_to_wire),
        "Get user portfolio",
    ),
    _row(
        Operation.CONFIGURE_ACCOUNT,
        Access.TRADE,
        "PUT /portfolios/{portfolio}",
        (p.UpdatePortfolio, p.Portfolio),
        Square(portfolios.update_from_wire, portfolios.update_reply_to_wire),
        "Update portfolio",
    ),
    _row(
        Operation.CONFIGURE_ACCOUNT,
        Access.TRADE,
        "PATCH /portfolios/{portfolio}",
        (p.UpdatePortfolio, p.Portfolio),
        Square(portfolios.patch_from_wire, portfolios.update_reply_to_wire),
        "Patch portfolio",
    ),
    _row(
        Operation.GET_ACCOUNT_DETAIL,
        Access.VIEW,
        "GET /portfolios/{portfolio}/detail",
        (p.GetPortfolio, p.Detail),
        Square(portfolios.get_from_wire, holdings.detail_reply_to_wire),
        "Get portfolio details",
    ),
    _row(
        Operation.GET_ACCOUNT_SUMMARY,
        Access.VIEW,
        "GET /portfolios/{portfolio}/summary",
        (p.GetPortfolio, p.Summary),
        Square(portfolios.get_from_wire, holdings.summary_reply_to_wire),
        "Get portfolio summary",
    ),
    _row(
        Operation.LIST_FEE_RATES,
        Access.VIEW,
        "GET /portfolios/fee-rates",
        (m.ListFeeRates, list[m.FeeRate]),
        Square(portfolios.fee_rates_from_wire, portfolios.fee_rates_reply_to_wire),
        "List portfolio fee rates",
    ),
)

_HOLDINGS = (
    _row(
        Operation.LIST_BALANCES,
        Access.VIEW,
        "GET /portfolios/{portfolio}/balances",
        (p.GetPortfolio, list[p.Balance]),
        Square(
            portfolios.get_from_wire,
            holdings.balances_reply_to_wire,
            portfolios.get_to_wire,
            holdings.balances_reply_from_wire,
        ),
        "List portfolio balances",
    ),
    _row(
        Operation.GET_BALANCE,
        Access.VIEW,
        "GET /portfolios/{portfolio}/balances/{asset}",
        (p.GetBalance, p.Balance),
        Square(holdings.holding_from_wire, holdings.balance_reply_to_wire),
        "Get balance for portfolio and asset",
    ),
    _row(
        Operation.LIST_POSITIONS,
        Access.VIEW,
        "GET /portfolios/{portfolio}/positions",
        (p.GetPortfolio, list[p.Position]),
        Square(
            portfolios.get_from_wire,
            holdings.positions_reply_to_wire,
            portfolios.get_to_wire,
            holdings.positions_reply_from_wire,
        ),
        "List portfolio positions",
    ),
    _row(
        Operation.GET_POSITION,
        Access.VIEW,
        "GET /portfolios/{portfolio}/positions/{instrument}",
        (p.GetPosition, p.Position),
        Square(holdings.holding_from_wire, holdings.position_reply_to_wire),
        "Get position for portfolio and instrument",
    ),
    # Our client asks the first of the two; it can name any number of portfolios.
    _row(
        Operation.LIST_FILLS,
        Access.VIEW,
        "GET /portfolios/fills",
        (p.ListFills, p.FillPage),
        Square(
            fills.list_from_wire,
            fills.list_reply_to_wire,
            fills.list_to_wire,
            fills.list_reply_from_wire,
        ),
        "List fills by portfolios",
    ),
    _row(
        Operation.LIST_FILLS,
        Access.VIEW,
        "GET /portfolios/{portfolio}/fills",
        (p.ListPortfolioFills, p.FillPage),
        Square(fills.list_from_wire, fills.list_reply_to_wire),
        "List portfolio fills",
    ),
)

ROUTES = Routes(_ORDERS + _MARKETS + _PORTFOLIOS + _HOLDINGS)
