"""C05: routes match what they build."""

from __future__ import annotations

import msgspec
import pytest
from tests.venues.conformance.asking import check_asks
from tests.venues.desk import Desk

from countermand.wire.http import Request
from countermand.wire.operation import Operation

NEEDED = {
    Operation.PLACE_ORDER: "place.py",
    Operation.GET_ORDER: "read_orders.py",
    Operation.CANCEL_ORDER: "cancel.py",
}


@pytest.mark.parametrize("operation", NEEDED, ids=lambda operation: operation.value)
def test_c08_orders_are_placed_read_and_canceled(desk: Desk, operation: Operation) -> None:
    """A venue without these is none; the rest it may lack."""
    rows = [row for row in desk.venue.routes.rows if row.operation is operation]
    name, what = desk.venue.name, operation.value

    assert rows, f"{name} has no {what}: write it in {NEEDED[operation]} and give it a row"
    check_asks(desk, operation)


def test_c05_every_row_matches_what_it_builds(desk: Desk) -> None:
    """A path built with any parameters matches its row."""
    for row in desk.venue.routes.rows:
        params = dict.fromkeys(row.param_names, "a/ü b%")

        found = desk.venue.routes.match(row.method, row.build(params), is_offer=row.is_upgrade)
        assert (row, params) == found


def test_c05_upgrades_are_asked_for_with_get(desk: Desk) -> None:
    """An upgrade's row is GET, as RFC 6455 has it."""
    for row in desk.venue.routes.rows:
        assert not row.is_upgrade or row.method == "GET", f"{desk.venue.name}: {row.path}"


def test_c05_cancel_of_an_empty_id_is_refused_in_the_venues_envelope(desk: Desk) -> None:
    """The status is of a client's error, and the body is JSON."""
    for row in desk.venue.routes.rows:
        if row.operation is not Operation.CANCEL_ORDER or not row.param_names:
            continue
        others = dict.fromkeys(row.param_names, str(desk.accounts()[0].account_id))
        path = row.path.format_map(others | {row.param_names[-1]: ""})
        body = b"{}" if row.method == "POST" else b""
        request = Request(row.method, path.encode(), body=body)
        answer = desk.answer(desk.venue.auth.sign(request, desk.credential(), desk.clock.now_ns()))

        assert 400 <= answer.status < 500, (row.path, answer)
        assert isinstance(msgspec.json.decode(answer.body), dict), (row.path, answer)


def test_c05_every_row_names_its_source(desk: Desk) -> None:
    """A section someone can look up."""
    for row in desk.venue.routes.rows:
        assert len(row.source) > 10, f"{desk.venue.name}: name the section of {row.path}"


def test_c05_client_corners_come_in_pairs(desk: Desk) -> None:
    """Each row has both `ask` and `read`, or neither."""
    for row in desk.venue.routes.rows:
        is_pair = (row.op.ask is None) is (row.op.read is None)
        assert is_pair, f"{desk.venue.name}: the Op of {row.path} has one of ask and read"
