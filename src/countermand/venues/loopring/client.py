"""
The client's end: tokens, markets and the account as this venue tells them, and what is known of it.

Source: DEX API v3, "General info" (hosts, limits), "Get user's ApiKey", "Time"; protocol 3.6.
"""

from collections.abc import Generator, Mapping
from typing import Any

from msgspec.structs import replace

from countermand.venues.loopring import (
    account,
    fills,
    listen,
    markets,
    read_orders,
    resolve,
    tickers,
)
from countermand.venues.loopring.credential import LoopringCredential
from countermand.venues.loopring.messages import accounts as am
from countermand.venues.loopring.messages import markets as mm
from countermand.venues.loopring.messages import session as sm
from countermand.venues.loopring.place import place_flow
from countermand.venues.loopring.presentation import Display, Owner
from countermand.venues.loopring.settings import NAME, Ctx, LoopringSettings
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.instrument import Asset
from countermand.vocabulary.order import SelfTradePrevention
from countermand.vocabulary.queries import GetOrder, GetQuote, ListFills
from countermand.vocabulary.reports import Fill, OrderReport, QuoteReport, ReferenceData
from countermand.wire import asks, times
from countermand.wire.client_end import ClientEnd, Learned, Limit, Prompt
from countermand.wire.context import Allowance
from countermand.wire.conversation import AnyContext, Flow, Nothing, Step
from countermand.wire.credential import Credential
from countermand.wire.directory import Directory
from countermand.wire.errors import NotExpressible
from countermand.wire.flows import paged, sifted
from countermand.wire.operation import Operation
from countermand.wire.order_kinds import OrderKind

_NAMES = {"accountId": "account_id", "apiKey": "key", "base_url": "base_url"}
# What a key is called that is yet to be asked for.
_NO_KEY = "0"


def learn(credential: Credential, ctx: Ctx) -> Generator[Step, Any, Learned]:
    """Ask for the contract orders are signed for, tokens, markets, and the account of the key."""
    info = yield Step(Operation.GET_STATUS, Nothing())
    tokens = yield Step(Operation.LIST_ASSETS, Nothing())
    listed = yield Step(Operation.LIST_INSTRUMENTS, Nothing())
    asked = am.GetAccount(account_id=str(ctx.principal.held.account_id))
    told = yield Step(Operation.GET_ACCOUNT, asked)
    settings = _settings(info, tokens, listed, told, ctx)
    assets = _assets(tokens, listed, ctx)
    named = replace(
        ctx, settings=settings, directory=Directory(NAME, ReferenceData(assets, (), ()))
    )
    quotes = markets.read_markets(listed, Nothing(), named)
    mine = account.read_account(told, asked, ctx)
    instruments = tuple(quote.instrument for quote in quotes)
    return Learned(ReferenceData(assets, instruments, (mine,)), settings)


def _assets(tokens: list[mm.Token], listed: mm.Markets, ctx: Ctx) -> tuple[Asset, ...]:
    # What is quoted in is kept finer than its token, so that a lot at a tick is exact.
    digits = {one.token_id: one.decimals for one in tokens}
    finest: dict[int, int] = {}
    for one in listed.markets:
        steps = sum(markets.scales(one.precision_for_price, digits.get(one.base_token_id, 0)))
        finest[one.quote_token_id] = max(finest.get(one.quote_token_id, 0), steps)
    return tuple(
        replace(asset, scale=max(asset.scale, finest.get(one.token_id, 0)))
        for asset, one in zip(markets.read_tokens(tokens, Nothing(), ctx), tokens, strict=True)
    )


def _settings(
    info: mm.Info, tokens: list[mm.Token], listed: mm.Markets, told: am.Account, ctx: Ctx
) -> LoopringSettings:
    levels = {
        one.market: Display(one.precision_for_price, getattr(one, "orderbook_agg_levels", 1))
        for one in listed.markets
    }
    return replace(
        ctx.settings,
        exchange_address=info.exchange_address,
        chain_id=getattr(info, "chain_id", ctx.settings.chain_id),
        tokens={one.symbol: markets.read_token(one) for one in tokens},
        markets=levels,
        owners={str(told.account_id): Owner(told.owner)},
    )


def log_in(credential: Credential, ctx: AnyContext) -> Generator[Step | Prompt, Any, Credential]:
    """
    Get the API key of an account, which its private key asks for.

    Raises: NotExpressible without a private key; Unproven for one that is not the account's.
    """
    assert isinstance(credential, LoopringCredential)  # noqa: S101  (of the venue's own)
    if not credential.private_key:
        if credential.key == _NO_KEY:
            raise NotExpressible("a key that is neither given nor can be asked for")
        return credential
    asked = sm.GetApiKey(account_id=str(credential.account_id))
    told = yield Step(Operation.GET_KEY, asked)
    return replace(credential, key=told.api_key)


def addressed(credential: Credential, base_url: str) -> Credential:
    """Return a key that signs for a base URL, which is part of what is signed."""
    assert isinstance(credential, LoopringCredential)  # noqa: S101  (of the venue's own)
    return replace(credential, base_url=base_url.rstrip("/"))


def tell_time(ctx: AnyContext) -> Generator[Step, Any, int]:
    """Return the venue's time. Units: nanoseconds since the Unix epoch, in whole milliseconds."""
    told = yield Step(Operation.GET_TIME, Nothing())
    moment_ns: int = told.timestamp * times.MS
    return moment_ns


def quote(
    asked: GetQuote, credential: Credential | None, ctx: Ctx
) -> Generator[Step, Any, QuoteReport]:
    """Return the prices of a market. Raises as `read_ticker` does."""
    message = tickers.ask_ticker(asked, ctx)
    return tickers.read_ticker((yield Step(Operation.GET_QUOTE, message)), message, ctx)


def list_fills(
    asked: ListFills, credential: Credential | None, ctx: Ctx
) -> Generator[Step, Any, tuple[Fill, ...]]:
    """Return an account's trades, newest first. Raises as `read_row` does."""
    if asked.order_id:
        raise NotExpressible("the fills of an order by an id: it is called by its hash")
    wire = ListFills(asked.account_ids, None, asked.cl_ord_id, asked.instrument_ids)
    found: tuple[Fill, ...] = yield from _OF_ACCOUNT(wire, credential, ctx)
    return sifted(found, asked)


_OF_ACCOUNT = paged(Operation.LIST_FILLS, fills.LIST, fills.follow)


def find(text: str, ctx: Ctx) -> GetOrder:
    """Return the query for an order that is called by its hash, else by its client's name."""
    owned = asks.default_account(ctx)
    account_id = AccountId(0) if owned is None else owned.account_id
    if resolve.is_hash(text):
        return GetOrder(account_id, OrderId(0), text)
    return GetOrder(account_id, OrderId(0), secondary_cl_ord_id=text)


def spell(report: OrderReport, ctx: Ctx) -> str:
    """Return the venue's text for an order: its hash."""
    return report.cl_ord_id


def key_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the fields of a key out of the account that the venue's web page exports.

    Shape:  without `apiKey` the key is asked for; `base_url` is what requests are signed for;
            `accountId` may be text, as an environment has it.
    """
    fields = {"key": _NO_KEY} | {
        name: given[said] for said, name in _NAMES.items() if given.get(said) is not None
    }
    if str(fields.get("account_id", "")).isdecimal():
        fields["account_id"] = int(fields["account_id"])
    if given.get("privateKey"):
        return fields | {"private_key": given["privateKey"]}
    return fields | {"public_key_x": given["publicX"], "public_key_y": given["publicY"]}


FLOWS: dict[Operation, Flow] = {
    Operation.PLACE_ORDER: place_flow,
    Operation.LIST_ORDERS: read_orders.list_flow,
    Operation.LIST_FILLS: list_fills,
    Operation.GET_QUOTE: quote,
}

CLIENT = ClientEnd(
    learn,
    find,
    spell,
    key_fields,
    log_in=log_in,
    tell_time=tell_time,
    addressed=addressed,
    given={"stp": SelfTradePrevention.NONE},
    kinds=frozenset({OrderKind.STOP_LIMIT, OrderKind.TAKE_PROFIT_LIMIT}),
    config={"accountId": "accountId", "privateKey": "privateKey"},
    listen=listen.listen,
    listen_book=listen.listen_book,
    stream_homes={"production": "wss://ws.api3.loopring.io"},
    homes={"production": "https://api3.loopring.io", "test": "https://uat2.loopring.io"},
    limits=(Limit(Allowance("", 5)),),
    unproven=(
        "nothing here was tried on the real venue",
        "signatures and hashes: vectors of the venue's own samples and SDKs",
        "orders, lists, balances, tokens, markets, depth: samples of the documents",
        "cancel: its page; what a refused one says is of one report and our proposals",
        "trades: of three row shapes the documents' sample has the shortest",
    ),
)
