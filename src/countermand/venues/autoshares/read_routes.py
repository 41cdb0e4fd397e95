"""Routes that only show something: users, accounts, what is in them, securities, streamers."""

from typing import Any

from countermand.venues.autoshares.messages import accounts as a
from countermand.venues.autoshares.messages import instruments as i
from countermand.venues.autoshares.paging import Page
from countermand.venues.autoshares.translate import (
    accounts,
    holdings,
    instruments,
    limits,
    options,
    streamers,
    transactions,
    users,
)
from countermand.wire.bridge import Square, old_route
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Route

_MANUAL = "ETNA manual: "
_SWAGGER = "Autoshares swagger file: "
_USERS = "/v1.0/users/{userId}"
_ACCOUNT = "/v1.0/accounts/{accountId}"
_EQUITIES = "/v1.0/equities"
_OPTIONS = "/v1.0/options"


def _shown(
    operation: Operation, path: str, messages: tuple[Any, Any], square: Square, source: str
) -> Route:
    # What only shows something is asked for with GET.
    request, reply = messages
    return old_route(operation, "GET", path, Access.VIEW, request, reply, square, source)


_USER_ROWS = (
    _shown(
        Operation.LIST_ACCOUNTS,
        f"{_USERS}/accounts",
        (a.OfUser, list[a.Account]),
        Square(
            users.user_from_wire,
            users.accounts_reply_to_wire,
            users.accounts_to_wire,
            users.accounts_reply_from_wire,
        ),
        _MANUAL + "List user's accounts",
    ),
    _shown(
        Operation.GET_ACCOUNT,
        f"{_USERS}/info",
        (a.OfUser, a.User),
        Square(users.user_from_wire, users.user_reply_to_wire),
        _MANUAL + "Get user's info",
    ),
)

_ACCOUNT_ROWS = (
    _shown(
        Operation.GET_ACCOUNT,
        _ACCOUNT,
        (a.OfAccount, a.Account),
        Square(accounts.account_or_none_from_path, accounts.one_reply_to_wire),
        _SWAGGER + "GET /accounts/{accountId}",
    ),
    _shown(
        Operation.LIST_BALANCES,
        f"{_ACCOUNT}/info",
        (a.OfAccount, a.Info),
        Square(
            accounts.account_from_path,
            accounts.info_reply_to_wire,
            accounts.info_to_wire,
            accounts.info_reply_from_wire,
        ),
        _MANUAL + "Get account's balance info",
    ),
    _shown(
        Operation.GET_ACCOUNT_DETAIL,
        f"{_ACCOUNT}/details",
        (a.OfAccount, a.AccountDetails),
        Square(accounts.account_from_path, accounts.details_reply_to_wire),
        _SWAGGER + "GET /accounts/{accountId}/details",
    ),
    _shown(
        Operation.LIST_FILLS,
        f"{_ACCOUNT}/transactions",
        (a.ListTransactions, Page[a.Transaction]),
        Square(transactions.transactions_from_wire, transactions.transactions_reply_to_wire),
        _MANUAL + "Get transactions",
    ),
    old_route(
        Operation.PREVIEW_ORDER,
        "GET",
        f"{_ACCOUNT}/preview/limits/{{symbol}}",
        Access.VIEW,
        a.GetLimits,
        a.Limits,
        Square(limits.limits_from_wire, limits.limits_reply_to_wire),
        _SWAGGER + "GET /accounts/{accountId}/preview/limits/{symbol}",
        find=limits.quoted,
    ),
)

_POSITION_ROWS = (
    _shown(
        Operation.LIST_POSITIONS,
        f"{_ACCOUNT}/positions",
        (a.ListPositions, Page[a.Position]),
        Square(
            holdings.positions_from_wire,
            holdings.positions_reply_to_wire,
            holdings.positions_to_wire,
            holdings.positions_reply_from_wire,
        ),
        _MANUAL + "Get user's positions",
    ),
    _shown(
        Operation.GET_POSITION,
        f"{_ACCOUNT}/positions/{{symbol}}",
        (a.OfSymbol, list[a.Position]),
        Square(holdings.in_security_from_wire, holdings.in_security_reply_to_wire),
        _MANUAL + "Get user's positions in a security",
    ),
    _shown(
        Operation.LIST_POSITIONS,
        f"{_ACCOUNT}/positions/groups",
        (a.OfAccount, list[a.Group]),
        Square(accounts.account_from_path, holdings.groups_reply_to_wire),
        _MANUAL + "Get market value of all security groups",
    ),
    _shown(
        Operation.LIST_POSITIONS,
        f"{_ACCOUNT}/positions/top",
        (a.TopPositions, list[a.Group]),
        Square(holdings.top_from_wire, holdings.top_reply_to_wire),
        _SWAGGER + "GET /accounts/{accountId}/positions/top",
    ),
)

_EQUITY_ROWS = (
    _shown(
        Operation.LIST_INSTRUMENTS,
        _EQUITIES,
        (i.ListEquities, Page[i.Equity]),
        Square(
            instruments.list_from_wire,
            instruments.list_reply_to_wire,
            instruments.list_to_wire,
            instruments.list_reply_from_wire,
        ),
        _MANUAL + "Get filtered equities",
    ),
    _shown(
        Operation.LIST_INSTRUMENTS,
        f"{_EQUITIES}/lookup",
        (i.LookUp, list[i.Equity]),
        Square(instruments.look_up_from_wire, instruments.look_up_reply_to_wire),
        _MANUAL + "Get equity info by mask",
    ),
    _shown(
        Operation.GET_INSTRUMENT,
        f"{_EQUITIES}/{{symbol}}",
        (i.GetEquity, i.Equity),
        Square(instruments.one_from_wire, instruments.one_reply_to_wire),
        _MANUAL + "Get equity info by ticker, by internal ID",
    ),
)

_OPTION_ROWS = (
    _shown(
        Operation.LIST_INSTRUMENTS,
        _OPTIONS,
        (i.ListEquities, Page[Any]),
        Square(options.options_from_wire, options.options_reply_to_wire),
        _MANUAL + "Get filtered options",
    ),
    _shown(
        Operation.LIST_INSTRUMENTS,
        f"{_OPTIONS}/expirations",
        (i.ListExpirations, list[Any]),
        Square(options.expirations_from_wire, options.empty([])),
        _MANUAL + "Get options expiration dates",
    ),
    _shown(
        Operation.LIST_INSTRUMENTS,
        f"{_OPTIONS}/optionChain/{{symbol}}",
        (i.GetOption, i.OptionChain),
        Square(options.chain_from_wire, options.empty(i.OptionChain([]))),
        _MANUAL + "Get an option chain",
    ),
    _shown(
        Operation.GET_INSTRUMENT,
        f"{_OPTIONS}/{{symbol}}",
        (i.GetOption, None),
        Square(options.no_option, options.empty([])),
        _MANUAL + "Get option info by ticker, by internal ID",
    ),
)

_STREAMER_ROWS = (
    _shown(
        Operation.GET_STATUS,
        "/v1.0/streamers",
        (i.GetStreamers, i.Streamers),
        Square(streamers.streamers_from_wire, streamers.streamers_reply_to_wire),
        _MANUAL + "Get streamers' info",
    ),
    old_route(
        Operation.GET_KEY,
        "PUT",
        "/v1.0/streamers/session/recover",
        Access.VIEW,
        i.RecoverSession,
        i.Session,
        Square(streamers.recover_from_wire, streamers.recover_reply_to_wire),
        _MANUAL + "Recover a streamer session",
    ),
)

ROWS: tuple[Route, ...] = (
    *_USER_ROWS,
    *_ACCOUNT_ROWS,
    *_POSITION_ROWS,
    *_EQUITY_ROWS,
    *_OPTION_ROWS,
    *_STREAMER_ROWS,
)
