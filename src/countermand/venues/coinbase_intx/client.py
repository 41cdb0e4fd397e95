"""
The client's end: names and accounts as this venue tells them, and what it says of itself.

Source: INTX REST reference, "Introduction" (hosts), "Rate limits overview"; the time is told by the
        `Date` of every answer alone.
"""

import re
from collections.abc import Generator, Mapping
from typing import Any

from msgspec.structs import replace

from countermand.venues.coinbase_intx import account, ids, listen, markets, resolve, tables
from countermand.venues.coinbase_intx.messages import markets as m
from countermand.venues.coinbase_intx.settings import NAME, Ctx
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import OrderReport, ReferenceData
from countermand.wire import times
from countermand.wire.client_end import ClientEnd, Learned, Limit
from countermand.wire.context import Allowance
from countermand.wire.conversation import Nothing, Step
from countermand.wire.credential import Credential
from countermand.wire.directory import Directory
from countermand.wire.errors import Malformed
from countermand.wire.operation import Operation
from countermand.wire.order_kinds import OrderKind

# The form of an order's id in the seed's page. A client id of so many digits is unlikely.
_DIGITS = re.compile(r"[0-9]{15,20}")

_NAMES = {"access_key": "key", "passphrase": "passphrase", "signing_key": "secret"}


def learn(credential: Credential, ctx: Ctx) -> Generator[Step, Any, Learned]:
    """Ask for assets, markets and portfolios; a market of a kind not known here is left out."""
    told = yield Step(Operation.LIST_ASSETS, Nothing())
    assets = tuple(markets.read_asset(one, None, ctx) for one in told)
    named = replace(ctx, directory=Directory(NAME, ReferenceData(assets, (), ())))
    told = yield Step(Operation.LIST_INSTRUMENTS, Nothing())
    instruments = tuple(_readable(told, named))
    told = yield Step(Operation.LIST_ACCOUNTS, Nothing())
    accounts = tuple(account.read_portfolio(one, None, ctx) for one in told)
    return Learned(ReferenceData(assets, instruments, accounts), ctx.settings)


def learn_market(
    symbol: str, credential: Credential | None, ctx: Ctx
) -> Generator[Step, Any, ReferenceData]:
    """Ask for a market by its name. Raises NotFound for none; Malformed."""
    told = yield Step(Operation.GET_INSTRUMENT, m.GetInstrument(symbol))
    assets = markets.assets_of(told, ctx)
    named = replace(ctx, directory=Directory(NAME, ReferenceData(assets, (), ())))
    one = markets.read_instrument(told, None, named).instrument
    return ReferenceData(assets, (one,), ())


def _readable(told: Any, ctx: Ctx) -> Generator[Instrument, None, None]:
    for one in told:
        try:
            yield markets.read_instrument(one, None, ctx).instrument
        except Malformed:
            continue


def find(text: str, ctx: Ctx) -> GetOrder:
    """Return the query for an order that is called by its id, a triplet or digits, or its name."""
    account_id = resolve.portfolio_or_default(None, ctx)
    if ids.ORDER.parse_triplet(text) or _DIGITS.fullmatch(text):
        return GetOrder(account_id, OrderId(ctx.read_id(ids.ORDER_ID, text) or 0))
    return GetOrder(account_id, OrderId(0), text)


def spell(report: OrderReport, ctx: Ctx) -> str:
    """Return the venue's text for an order."""
    return ids.order_text(report.order_id, report.cl_ord_id)


def key_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a key out of what the official Python SDK takes."""
    return {name: given[said] for said, name in _NAMES.items() if said in given}


CLIENT = ClientEnd(
    learn,
    find,
    spell,
    key_fields,
    learn_market=learn_market,
    kinds=frozenset({OrderKind.STOP, OrderKind.STOP_LIMIT, OrderKind.TWAP, OrderKind.OCO}),
    order_life_s_max=tables.LIFE_NS_MAX // times.S,
    config={"apiKey": "access_key", "secret": "signing_key", "password": "passphrase"},
    listen_book=listen.listen_book,
    stream_homes={
        "production": "wss://ws-md.international.coinbase.com",
        "sandbox": "wss://ws-md.n5e2.coinbase.com",
    },
    homes={
        "production": "https://api.international.coinbase.com",
        "sandbox": "https://api-n5e1.coinbase.com",
    },
    limits=(Limit(Allowance("", 40)),),
    unproven=(
        "nothing here was tried on the real venue, which is closed for trading since 2026-10-01",
        "orders, portfolios, instruments, balances, positions: as others captured their answers",
        "fills, replace, mass cancel: shapes of the specification file alone",
        "answers to a cancel of an order that is unknown or over: no source, our proposal",
    ),
)
