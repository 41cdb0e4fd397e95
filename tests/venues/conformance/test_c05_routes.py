"""C05 and C07: routes match what they build."""

from __future__ import annotations

from tests.venues.desk import Desk

from countermand.wire.operation import Capability


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
        assert (row.op.ask is None) is (row.op.read is None)


def test_c07_streams_are_declared_absent(desk: Desk) -> None:
    """No venue has streams yet, and none says so."""
    assert Capability.STREAMS not in desk.venue.capabilities
