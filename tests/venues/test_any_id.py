"""Ids of any form, of any venue, are read and sent back letter for letter."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.venues.desk import Desk

from countermand.venues import VENUES
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.ids import InstrumentId
from countermand.vocabulary.order import OrderTerms, OrdType, Side, Standing, TimeInForce
from countermand.vocabulary.reports import OrderReport
from countermand.wire import codec
from countermand.wire.ids import anyones
from countermand.wire.operation import Operation

DESKS = {name: Desk(VENUES[name]) for name in VENUES}
TEXTS = st.one_of(
    st.uuids().map(str),
    st.integers(1, 10**30).map(str),
    st.from_regex(r"[A-Z][0-9A-Z]{11}", fullmatch=True),
    st.from_regex(r"[0-9a-z]{8}-[0-9]-[0-9]", fullmatch=True),
    st.from_regex(r"0x[0-9a-f]{64}", fullmatch=True),
    st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable()),
)
# Ids of this venue are numbers of 32 bits, as its own page says.
NUMBERS = st.integers(1, 2**31 - 1).map(str)


@pytest.mark.parametrize("name", DESKS)
@given(data=st.data())
@settings(deadline=None)
def test_id_is_sent_back_as_it_was_read(name: str, data: st.DataObject) -> None:
    """The same text stands in reads, in cancels and in what the user sees."""
    desk, end = DESKS[name], VENUES[name].client
    assert end is not None
    ctx = replace(desk.context(), read_id=anyones)
    text = data.draw(NUMBERS if name == "autoshares" else TEXTS)
    query = end.find(text, ctx)
    market = next(iter(desk.directory.instruments))
    terms = OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 1, 1)
    report = OrderReport(
        query.order_id, query.account_id, InstrumentId(market), query.cl_ord_id, terms,
        Standing.RESTING,
    )  # fmt: skip
    command = CancelOrder(
        query.account_id, query.order_id, query.cl_ord_id, InstrumentId(market),
        query.secondary_cl_ord_id,
    )  # fmt: skip
    if not query.secondary_cl_ord_id:
        assert end.spell(report, ctx) == text
        assert text in said(name, Operation.GET_ORDER, query, ctx)
    assert text in said(name, Operation.CANCEL_ORDER, command, ctx)


def said(name: str, operation: Operation, asked: object, ctx: object) -> list[str]:
    """Return the parts of a request's path and query, as they are meant."""
    route = VENUES[name].routes.of(operation)
    assert route.op.ask is not None
    request = codec.encode_request(route, route.op.ask(asked, ctx))  # type: ignore[arg-type]
    raw = request.path.split(b"/") + [pair.partition(b"=")[2] for pair in request.query.split(b"&")]
    return [unquote_to_bytes(part).decode() for part in raw]
