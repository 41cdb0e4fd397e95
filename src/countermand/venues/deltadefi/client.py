"""
The client's end: names and the account as this venue tells them, and what it says of itself.

Source: docs pages "Base URL" and "Auth"; API reference, "Get Market Config", "Get Spot Account",
        "Get Trades"; no limit is documented, clients assume 5 orders a second.
"""

from collections.abc import Generator, Mapping
from typing import Any

from msgspec.structs import replace

from countermand.venues.deltadefi import (
    fills,
    ids,
    keys,
    listen,
    markets,
    paging,
    read_orders,
    resolve,
)
from countermand.venues.deltadefi.credential import DeltaDefiCredential
from countermand.venues.deltadefi.errors import Code, Refused
from countermand.venues.deltadefi.settings import NAME, Ctx, Token
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.order import SelfTradePrevention
from countermand.vocabulary.queries import GetOrder, ListFills
from countermand.vocabulary.reports import AccountReport, Fill, OrderReport, ReferenceData
from countermand.wire.client_end import ClientEnd, Learned, Prompt
from countermand.wire.conversation import AnyContext, Flow, Nothing, Step
from countermand.wire.credential import Credential
from countermand.wire.directory import Directory
from countermand.wire.flows import paged, sifted
from countermand.wire.ids import foreign
from countermand.wire.operation import Operation

_FIELDS = ("api_key", "encrypted_operation_key", "operation_key_hash", "passcode", "created_at")
# A key that is not told when it was made was made before any other.
_UNTOLD = "1970-01-01T00:00:00Z"


def learn(credential: Credential, ctx: Ctx) -> Generator[Step, Any, Learned]:
    """Ask for markets with their assets, and the account of the key."""
    config = yield Step(Operation.LIST_INSTRUMENTS, Nothing())
    assets = markets.read_assets(config)
    tokens = {
        token.symbol: Token(token.unit, token.max_qty_dp)
        for pair in config.trading_pairs
        for token in (pair.base_token, pair.quote_token)
    }
    settings = replace(ctx.settings, tokens=tokens)
    named = replace(ctx, directory=Directory(NAME, ReferenceData(assets, (), ())))
    read = (markets.read_pair(pair, Nothing(), named) for pair in config.trading_pairs)
    instruments = tuple(report.instrument for report in read)
    account = yield from _account(ctx)
    return Learned(ReferenceData(assets, instruments, (account,)), settings)


def learn_market(
    symbol: str, credential: Credential | None, ctx: Ctx
) -> Generator[Step, Any, ReferenceData]:
    """Ask for all markets again, for one that was not there before. Raises Malformed."""
    config = yield Step(Operation.LIST_INSTRUMENTS, Nothing())
    assets = markets.read_assets(config)
    named = replace(ctx, directory=Directory(NAME, ReferenceData(assets, (), ())))
    new = (pair for pair in config.trading_pairs if pair.symbol == symbol)
    instruments = tuple(markets.read_pair(pair, Nothing(), named).instrument for pair in new)
    known = ctx.directory.asset_by_symbol
    unknown = tuple(asset for asset in assets if known(asset.symbol) is None)
    return ReferenceData(unknown, instruments, ())


def _account(ctx: Ctx) -> Generator[Step, Any, AccountReport]:
    # A key without an operation key cannot place; it may read and cancel, and has its one account.
    try:
        told = yield Step(Operation.GET_ACCOUNT, Nothing())
    except Refused as refused:
        if refused.code is not Code.NO_OPERATION_KEY:
            raise
        owner = ctx.principal.owner
        return AccountReport(AccountId(foreign("spot")), NAME, owner, "spot", is_default=True)
    return keys.read_spot_account(told, None, ctx)


def log_in(credential: Credential, ctx: AnyContext) -> Generator[Step | Prompt, Any, Credential]:
    """
    Get the encrypted operation key, which a key's passcode opens; one without a passcode, or whose
    account has no operation key, may read and cancel.
    """
    assert isinstance(credential, DeltaDefiCredential)  # noqa: S101  (of the venue's own)
    if credential.encrypted_operation_key or not credential.passcode:
        return credential
    try:
        told = yield Step(Operation.GET_KEY, Nothing())
    except Refused as refused:
        if refused.code is not Code.NO_OPERATION_KEY:
            raise
        return credential
    return replace(
        credential,
        encrypted_operation_key=told.encrypted_operation_key,
        operation_key_hash=told.operation_key_hash,
    )


def list_fills(
    asked: ListFills, credential: Credential | None, ctx: Ctx
) -> Generator[Step, Any, tuple[Fill, ...]]:
    """
    Return fills, newest first: an order's out of the order itself, else those of each market.

    Raises: as `read_fill` does.
    """
    found: list[Fill] = []
    if asked.order_id is not None:
        query = GetOrder(asked.account_ids[0], asked.order_id)
        found = yield from _of_order(query, ctx)
    else:
        for market in asked.instrument_ids or tuple(ctx.directory.instruments):
            of_one = ListFills(asked.account_ids, instrument_ids=(market,))
            found += yield from _OF_MARKET(of_one, credential, ctx)
    return sifted(found, asked)


def _of_order(query: GetOrder, ctx: Ctx) -> Generator[Step, Any, list[Fill]]:
    order = yield Step(Operation.GET_ORDER, read_orders.ask_get(query, ctx), says=query)
    market = resolve.instrument(order.symbol, ctx)
    return [fills.read_fill(one, market, ctx) for one in order.order_execution_records]


_OF_MARKET = paged(Operation.LIST_FILLS, fills.LIST, paging.follow)


def find(text: str, ctx: Ctx) -> GetOrder:
    """Return the query for an order, which is called by its id alone."""
    return GetOrder(resolve.account(ctx), OrderId(ctx.read_id(ids.ORDER_ID, text) or 0))


def spell(report: OrderReport, ctx: Ctx) -> str:
    """Return the venue's text for an order."""
    return ids.order_text(report.order_id)


def key_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the fields of a key out of what the SDKs take: `api_key`, and `passcode` to place orders;
    the operation key that it opens is asked for where it is not given.
    """
    told = {name: given[name] for name in _FIELDS if given.get(name)}
    return {"created_at": _UNTOLD} | told


FLOWS: dict[Operation, Flow] = {
    Operation.LIST_ORDERS: paged(
        Operation.LIST_ORDERS, read_orders.OPEN, paging.follow, learn_market
    ),
    Operation.LIST_FILLS: list_fills,
}

CLIENT = ClientEnd(
    learn,
    find,
    spell,
    key_fields,
    learn_market=learn_market,
    log_in=log_in,
    # An order has no name of its owner's, and meets its account's own.
    given={"cl_ord_id": "", "stp": SelfTradePrevention.NONE, "keep_rejected": True},
    config={"apiKey": "api_key", "password": "passcode"},
    listen=listen.listen,
    listen_book=listen.listen_book,
    stream_homes={
        "production": "wss://stream.deltadefi.io",
        "staging": "wss://stream-staging.deltadefi.io",
    },
    homes={
        "production": "https://api.deltadefi.io",
        "staging": "https://api-staging.deltadefi.io",
    },
    unproven=(
        "nothing here was tried on the real venue",
        "cancel, cancel all, order, lists, balances, markets: shapes of the documents and SDKs",
        "build and submit: the official SDKs' own code ran against our server, not the venue's",
        "depth: an endpoint that the venue had until 2025",
        "the side of a fill: read from what it was charged in, as the documents say",
    ),
)
