"""C05, C07 and C08: routes match what they build, and a venue does what it declares."""

from __future__ import annotations

from tests.venues.desk import Desk

from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.ids import OrderId
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Capability, Operation

DECLARED = {
    Capability.MASS_CANCEL: Operation.MASS_CANCEL,
    Capability.REPLACE: Operation.REPLACE_ORDER,
    Capability.PREVIEW: Operation.PREVIEW_ORDER,
    Capability.POSITIONS: Operation.LIST_POSITIONS,
}


def test_c05_every_row_matches_what_it_builds(desk: Desk) -> None:
    """Whatever is filled in."""
    for row in desk.venue.routes.rows:
        params = dict.fromkeys(row.param_names, "a/ü b%")

        assert (row, params) == desk.venue.routes.match(row.method, row.build(params))


def test_c05_every_row_names_its_source(desk: Desk) -> None:
    """A section someone can look up."""
    for row in desk.venue.routes.rows:
        assert len(row.source) > 10


def test_c05_client_corners_come_in_pairs(desk: Desk) -> None:
    """A request nobody can send needs no reply anyone can read."""
    for row in desk.venue.routes.rows:
        assert (row.square.request_to_wire is None) is (row.square.reply_from_wire is None)


def test_c07_streams_are_declared_absent(desk: Desk) -> None:
    """No venue has streams yet, and none says so."""
    assert Capability.STREAMS not in desk.venue.capabilities


def test_c08_what_is_declared_is_there_and_the_reverse(desk: Desk) -> None:
    """By the route table."""
    offered = {row.operation for row in desk.venue.routes.rows}
    for capability, operation in DECLARED.items():
        assert (capability in desk.venue.capabilities) is (operation in offered)


def test_c08_cancel_by_client_id(desk: Desk) -> None:
    """By what the client can say."""
    to_wire = desk.venue.routes.of(Operation.CANCEL_ORDER).square.request_to_wire
    assert to_wire is not None
    command = CancelOrder(desk.accounts()[0].account_id, OrderId(0), "mine")
    try:
        to_wire(command, desk.context())
        expressible = True
    except NotExpressible:
        expressible = False

    assert expressible is (Capability.CANCEL_BY_CL_ORD_ID in desk.venue.capabilities)
