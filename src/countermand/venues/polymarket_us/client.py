"""
The client's end: markets and the account as this venue tells them, and what it says of itself.

Source: Polymarket US documentation, "Authentication", "Rate limits"; Markets API schema. Markets
        are public and have a host of their own. A key has one account, which has no name; the time
        is told by the `Date` of every answer alone.
"""

from collections.abc import Generator, Mapping
from typing import Any

from msgspec.structs import replace

from countermand.venues.polymarket_us import depth, ids, listen, markets, positions, resolve
from countermand.venues.polymarket_us.messages import markets as m
from countermand.venues.polymarket_us.messages.shared import CURRENCY
from countermand.venues.polymarket_us.settings import NAME, Ctx
from countermand.vocabulary.ids import AccountId, AssetId, OrderId
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.order import ReplacePolicy, SelfTradePrevention
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import AccountReport, OrderReport, ReferenceData
from countermand.wire.client_end import ClientEnd, Learned, Limit
from countermand.wire.context import Allowance
from countermand.wire.conversation import Flow, Step
from countermand.wire.credential import Credential
from countermand.wire.directory import Directory
from countermand.wire.errors import Malformed
from countermand.wire.flows import paged
from countermand.wire.ids import foreign
from countermand.wire.operation import Operation

# Digits of a dollar that our client keeps: more than prices and quantities have together.
SCALE = 10

_DOLLARS = Asset(AssetId(foreign(CURRENCY)), NAME, CURRENCY, SCALE)


def learn(credential: Credential, ctx: Ctx) -> Generator[Step, Any, Learned]:
    """
    Ask for the first markets; others are learned by their slugs. The account is the key's one.
    """
    named = replace(ctx, directory=Directory(NAME, ReferenceData((_DOLLARS,), (), ())))
    page = yield Step(Operation.LIST_INSTRUMENTS, markets.ALL)
    instruments = tuple(_readable(page.markets, named))
    number, owner = AccountId(foreign(credential.key)), ctx.principal.owner
    account = AccountReport(number, NAME, owner, "main", is_default=True)
    return Learned(ReferenceData((_DOLLARS,), instruments, (account,)), ctx.settings)


def _readable(told: Any, ctx: Ctx) -> Generator[Instrument, None, None]:
    for one in told:
        try:
            yield markets.read_market(one, markets.ALL, ctx).instrument
        except Malformed:
            continue


def learn_market(
    symbol: str, credential: Credential | None, ctx: Ctx
) -> Generator[Step, Any, ReferenceData]:
    """Ask for a market by its slug. Raises NotFound for none; Malformed."""
    told = yield Step(Operation.GET_INSTRUMENT, m.BySlug(symbol))
    one = markets.read_market(told.market, markets.ALL, ctx).instrument
    return ReferenceData((), (one,), ())


def find(text: str, ctx: Ctx) -> GetOrder:
    """Return the query for an order, which is called by its id alone."""
    return GetOrder(resolve.account(ctx), OrderId(ctx.read_id(ids.ORDER_ID, text) or 0))


def spell(report: OrderReport, ctx: Ctx) -> str:
    """Return the venue's text for an order."""
    return ids.order_text(report.order_id)


def key_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a key out of what the official SDKs take."""
    return {name: given[name] for name in ("key_id", "secret_key") if name in given}


FLOWS: dict[Operation, Flow] = {
    # A book comes with its traded volume, which is asked for first.
    Operation.GET_DEPTH: paged(
        Operation.GET_DEPTH, depth.BOOK, lambda *_: None, learn_market, checked=False
    ),
    Operation.LIST_POSITIONS: paged(
        Operation.LIST_POSITIONS, positions.LIST, positions.follow, learn_market
    ),
}

CLIENT = ClientEnd(
    learn,
    find,
    spell,
    key_fields,
    learn_market=learn_market,
    # An order has no name of its owner's, and does not trade with its account's own; its executed
    # quantity cannot be taken away, so a replacement to less ends it.
    given={
        "cl_ord_id": "",
        "stp": SelfTradePrevention.REJECT,
        "keep_rejected": True,
        "needs_liquidity": True,
    },
    lacks={
        Operation.LIST_FILLS: (
            f"{NAME} lists no fills: its trades name neither their order nor their side; "
            "an order tells what it traded, and positions what is held"
        ),
    },
    replacing={"policy": ReplacePolicy.CANCEL_EXECUTED},
    config={"apiKey": "key_id", "secret": "secret_key"},
    listen=listen.listen,
    listen_book=listen.listen_book,
    homes={"production": "https://api.polymarket.us"},
    public_homes={"production": "https://gateway.polymarket.us"},
    limits=(Limit(Allowance("", 20)),),
    unproven=(
        "nothing here was tried on the real venue",
        "orders, markets, portfolio: shapes of the official OpenAPI files and SDKs",
        "states and ids: as clients report them",
        "how many markets a page may have: not documented; a thousand are asked for",
        "answers to a cancel of an order that is unknown or over: no source, our proposal",
        "fills: a trade of this venue names neither its order nor its side, so none are told",
    ),
)
