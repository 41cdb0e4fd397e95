"""Routes that only show something: markets, which are public, and what an account has."""

from typing import Any

from countermand.venues.polymarket_us.messages import gateway as g
from countermand.venues.polymarket_us.messages import markets as m
from countermand.venues.polymarket_us.messages import portfolio as p
from countermand.venues.polymarket_us.translate import (
    activities,
    books,
    gateway,
    markets,
    portfolio,
)
from countermand.wire.bridge import Square, old_route
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Route

_MARKETS = "Markets API reference: "
_PORTFOLIO = "Portfolio API reference: "
_SDK = "official Python SDK 2.4.1: resources/"


def _public(
    operation: Operation, path: str, messages: tuple[Any, Any], square: Square, source: str
) -> Route:
    # What is public is asked for with GET and without a signature.
    request, reply = messages
    return old_route(operation, "GET", f"/v1{path}", Access.PUBLIC, request, reply, square, source)


def _nothing(path: str, reply: Any, source: str) -> Route:
    # Lists of what is not here stand after the rows of their operation, which clients call.
    square = Square(gateway.none_from_wire, gateway.empty(reply()))
    messages = (g.Everything, reply)
    return _public(Operation.LIST_INSTRUMENTS, path, messages, square, _SDK + source)


def _nobody(path: str, source: str) -> Route:
    square = Square(gateway.missing_from_wire, gateway.empty(None))
    return _public(Operation.GET_INSTRUMENT, path, (g.OneOf, None), square, _SDK + source)


_MARKET_ROWS = (
    _public(
        Operation.LIST_INSTRUMENTS,
        "/markets",
        (m.ListMarkets, m.MarketPage),
        Square(
            markets.list_from_wire,
            markets.list_reply_to_wire,
            markets.list_to_wire,
            markets.list_reply_from_wire,
        ),
        _MARKETS + "Get Markets",
    ),
    _public(
        Operation.GET_INSTRUMENT,
        "/market/slug/{slug}",
        (m.GetMarketBySlug, m.OneMarket),
        Square(markets.by_slug_from_wire, markets.one_reply_to_wire),
        _MARKETS + "Get Market by Slug",
    ),
    _public(
        Operation.GET_INSTRUMENT,
        "/market/id/{id}",
        (m.GetMarketById, m.OneMarket),
        Square(markets.by_id_from_wire, markets.one_reply_to_wire),
        _MARKETS + "Get Market by ID",
    ),
    old_route(
        Operation.GET_QUOTE,
        "GET",
        "/v1/markets/{slug}/bbo",
        Access.PUBLIC,
        m.GetBbo,
        m.BboReply,
        Square(
            books.quote_from_wire,
            books.bbo_reply_to_wire,
            books.quote_to_wire,
            books.bbo_reply_from_wire,
        ),
        _MARKETS + "Get Market BBO",
        find=books.depth_from_wire,
    ),
    old_route(
        Operation.GET_QUOTE,
        "GET",
        "/v1/markets/{slug}/book",
        Access.PUBLIC,
        m.GetBook,
        m.BookReply,
        Square(books.depth_from_wire, books.book_reply_to_wire),
        _MARKETS + "Get Market Book",
        find=books.traded_from_wire,
    ),
    _public(
        Operation.GET_INSTRUMENT,
        "/markets/{slug}/settlement",
        (m.GetSettlement, m.Settlement),
        Square(books.quote_from_wire, books.settlement_reply_to_wire),
        _MARKETS + "Get Market Settlement",
    ),
)

_GATEWAY_ROWS = (
    _nothing("/events", g.Events, "events.py"),
    _nobody("/events/{name}", "events.py"),
    _nobody("/events/slug/{name}", "events.py"),
    _nothing("/series", g.Series, "series.py"),
    _nobody("/series/id/{name}", "series.py"),
    _nothing("/sports", g.Sports, "sports.py"),
    _nothing("/sports/teams/provider", g.Teams, "sports.py"),
    _nothing("/search", g.Events, "search.py"),
)

_ACCOUNT_ROWS = (
    old_route(
        Operation.LIST_BALANCES,
        "GET",
        "/v1/account/balances",
        Access.VIEW,
        p.ListBalances,
        p.BalancePage,
        Square(
            portfolio.holdings_from_wire,
            portfolio.balances_reply_to_wire,
            portfolio.balances_to_wire,
            portfolio.balances_reply_from_wire,
        ),
        _PORTFOLIO + "Get Account Balances",
    ),
    old_route(
        Operation.LIST_POSITIONS,
        "GET",
        "/v1/portfolio/positions",
        Access.VIEW,
        p.ListPositions,
        p.PositionPage,
        Square(
            portfolio.holdings_from_wire,
            portfolio.positions_reply_to_wire,
            portfolio.positions_to_wire,
            portfolio.positions_reply_from_wire,
        ),
        _PORTFOLIO + "Get User Positions",
        find=portfolio.settled_from_wire,
    ),
    old_route(
        Operation.LIST_FILLS,
        "GET",
        "/v1/portfolio/activities",
        Access.VIEW,
        p.ListActivities,
        p.ActivityPage,
        Square(activities.activities_from_wire, activities.activities_reply_to_wire),
        _PORTFOLIO + "Get Activities",
    ),
    old_route(
        Operation.LIST_FILLS,
        "GET",
        "/v1/rfqs/trades",
        Access.VIEW,
        g.Everything,
        g.RfqTrades,
        Square(gateway.none_from_wire, gateway.empty(g.RfqTrades())),
        _SDK + "rfqs.py",
    ),
)

ROWS: tuple[Route, ...] = _MARKET_ROWS + _GATEWAY_ROWS + _ACCOUNT_ROWS
