"""
The client's end: accounts, securities and logins as this venue has them, and what is known of it.

Source: ETNA manual, "Token", "Two-factor authentication"; Autoshares API, "Environments", "Rate
        limits". The time is told by the `Date` of every answer alone.
"""

from collections.abc import Generator, Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from countermand.venues.autoshares import (
    account,
    fills,
    ids,
    listen,
    logins,
    markets,
    paging,
    positions,
    preview,
    read_orders,
)
from countermand.venues.autoshares.credential import AutosharesCredential, digest
from countermand.venues.autoshares.errors import LoginFailed, LoginState
from countermand.venues.autoshares.messages import accounts as am
from countermand.venues.autoshares.messages import markets as mm
from countermand.venues.autoshares.messages import orders as om
from countermand.venues.autoshares.settings import LOOKUPS, NAME, QUERIES, TRADING, Ctx
from countermand.venues.autoshares.valuation import CURRENCY
from countermand.vocabulary.ids import AccountId, AssetId, OrderId
from countermand.vocabulary.instrument import Asset
from countermand.vocabulary.order import SelfTradePrevention
from countermand.vocabulary.queries import GetOrder, GetQuote, ListFills, ListQuotes
from countermand.vocabulary.reports import Fill, OrderReport, QuoteReport, ReferenceData
from countermand.wire import asks, numbers, times
from countermand.wire.client_end import ClientEnd, Learned, Limit, Prompt
from countermand.wire.context import Allowance
from countermand.wire.conversation import AnyContext, Flow, Nothing, Step
from countermand.wire.credential import Credential
from countermand.wire.directory import Directory
from countermand.wire.errors import NotExpressible, NotFound
from countermand.wire.flows import paged, sifted
from countermand.wire.ids import foreign
from countermand.wire.operation import Operation
from countermand.wire.order_kinds import OrderKind

# Digits of a dollar that our client keeps: more than prices and shares have together.
SCALE = 10

_DOLLARS = Asset(AssetId(foreign(CURRENCY)), NAME, CURRENCY, SCALE)
_LIFE_NS = 24 * 60 * 60 * times.S
_MINUTE_S = 60
_FIELDS = ("app_key", "login", "password", "verification_code", "pin", "token")


def learn(credential: Credential, ctx: Ctx) -> Generator[Step, Any, Learned]:
    """
    Ask for accounts and the first securities; others are learned by their symbols.
    """
    asked = am.OfUser(ids.ME)
    told = yield Step(Operation.LIST_ACCOUNTS, asked)
    accounts = account.read_list(told, asked, ctx)
    named = replace(ctx, directory=Directory(NAME, ReferenceData((_DOLLARS,), (), ())))
    page = yield Step(Operation.LIST_INSTRUMENTS, markets.ask_list(ListQuotes(NAME), named))
    instruments = tuple(markets.read_equity(one, named) for one in page.result)
    return Learned(ReferenceData((_DOLLARS,), instruments, accounts), ctx.settings)


def learn_market(
    symbol: str, credential: Credential | None, ctx: Ctx
) -> Generator[Step, Any, ReferenceData]:
    """Ask for a security by its symbol. Raises NotFound for none."""
    told = yield Step(Operation.GET_INSTRUMENT, mm.GetEquity(symbol))
    return ReferenceData((), (markets.read_equity(told, ctx),), ())


def log_in(credential: Credential, ctx: AnyContext) -> Generator[Step | Prompt, Any, Credential]:
    """
    Get a token, asking the person for a code or a pin where the venue wants one that is not known.

    A key that was given a token is believed to have one that stands, the first time; one without a
    login keeps it.
    Raises: LoginFailed, UnknownAppKey.
    """
    assert isinstance(credential, AutosharesCredential)  # noqa: S101  (of the venue's own)
    held, expire_ns = credential.held, ctx.now_ns + _LIFE_NS
    if held.token and not (held.login and held.expire_ns):
        return replace(credential, held=replace(held, expire_ns=expire_ns))
    said = replace(held, token="")
    state: LoginState = yield Step(
        Operation.LOG_IN, Nothing(), credential=replace(credential, held=said)
    )
    while state.state == "Expecting":
        prompt = Prompt(f"{NAME}: {state.reason or state.step}")
        if state.step == logins.PIN:
            said = replace(said, pin=(yield prompt))
        elif state.step == logins.CODE:
            code = held.verification_code or (yield prompt)
            said = replace(said, verification_code=code, token=state.token)
        else:
            raise LoginFailed(state.step, state.reason)
        mine = replace(credential, held=said)
        state = yield Step(Operation.LOG_IN, Nothing(), credential=mine)
    kept = replace(held, token=state.token, expire_ns=expire_ns)
    return replace(credential, key=digest(state.token), held=kept)


def quote(
    asked: GetQuote, credential: Credential | None, ctx: Ctx
) -> Generator[Step, Any, QuoteReport]:
    """
    Return the prices of a security as a preview shows them: there is no other place for them.

    Raises: NotFound where a preview shows none; NotExpressible without an account.
    """
    if (owned := asks.default_account(ctx)) is None:
        raise NotExpressible("a quote without an account")
    market = ctx.directory.instruments[asked.instrument_id]
    form = om.CreateOrder(
        account_id=str(owned.account_id), symbol=market.symbol, type="Market", side="Buy",
        quantity=Decimal(numbers.qty_text(market, 1)), time_inforce="Day",
    )  # fmt: skip
    told = yield Step(Operation.PREVIEW_ORDER, form)
    for one in getattr(told, "quotes", ()):
        if one.symbol == market.symbol:
            return preview.read_quote(one, market)
    raise NotFound(f"no prices are told of {market.symbol}")


def list_fills(
    asked: ListFills, credential: Credential | None, ctx: Ctx
) -> Generator[Step, Any, tuple[Fill, ...]]:
    """Return executions, newest first, of all the accounts asked for. Raises as `read_list`."""
    found: list[Fill] = []
    for account_id in asked.account_ids:
        of_one = ListFills((account_id,), asked.order_id)
        found += yield from _OF_ACCOUNT(of_one, credential, ctx)
    return sifted(found, asked)


_OF_ACCOUNT = paged(Operation.LIST_FILLS, fills.LIST, paging.follow, learn_market, checked=False)


def find(text: str, ctx: Ctx) -> GetOrder:
    """Return the query for an order, which is called by its number alone."""
    owned = asks.default_account(ctx)
    account_id = AccountId(0) if owned is None else owned.account_id
    return GetOrder(account_id, OrderId(ids.int32(text) or 0))


def spell(report: OrderReport, ctx: Ctx) -> str:
    """Return the venue's text for an order."""
    return str(report.order_id)


def key_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a key: a login and its application's key, or a token."""
    return {name: given[name] for name in _FIELDS if given.get(name)}


FLOWS: dict[Operation, Flow] = {
    Operation.LIST_ORDERS: paged(
        Operation.LIST_ORDERS, read_orders.LIST, paging.follow, learn_market
    ),
    Operation.LIST_POSITIONS: paged(
        Operation.LIST_POSITIONS, positions.LIST, paging.follow, learn_market
    ),
    Operation.LIST_INSTRUMENTS: paged(Operation.LIST_INSTRUMENTS, markets.LIST, paging.follow),
    Operation.LIST_FILLS: list_fills,
    Operation.GET_QUOTE: quote,
}

CLIENT = ClientEnd(
    learn,
    find,
    spell,
    key_fields,
    learn_market=learn_market,
    log_in=log_in,
    # An order has no name of its owner's, and does not meet its account's own.
    given={"cl_ord_id": "", "stp": SelfTradePrevention.REJECT, "keep_rejected": True},
    kinds=frozenset(
        {
            OrderKind.STOP,
            OrderKind.STOP_LIMIT,
            OrderKind.TRAILING_STOP,
            OrderKind.TRAILING_STOP_LIMIT,
            OrderKind.OCO,
            OrderKind.OTO,
            OrderKind.OTOCO,
        }
    ),
    config={"apiKey": "app_key", "login": "login", "password": "password"},
    listen=listen.listen,
    listen_book=listen.listen_book,
    homes={
        "production": "https://api.autoshares.com",
        "sandbox": "https://api.autoshares.dev",
    },
    limits=(
        Limit(Allowance("logins", 10, _MINUTE_S), frozenset({Operation.LOG_IN})),
        Limit(Allowance("trading", 50, _MINUTE_S), TRADING),
        Limit(Allowance("queries", 120, _MINUTE_S), QUERIES),
        Limit(Allowance("lookups", 200, _MINUTE_S), LOOKUPS),
    ),
    session_s=24 * 60 * 60,
    unproven=(
        "nothing here was tried on the real venue",
        "orders, accounts, positions, transactions: shapes of the manual and the swagger file",
        "logins and their further factors: the manual's samples",
        "answers to a cancel of an order that is unknown or over: no source, our proposal",
        "quotes: those that a preview shows",
    ),
)
