"""Every venue behind exchanges of ccxt's, of either shell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.ccxt.seats import SHELLS, Seat, config
from tests.faults.operator import Operator
from tests.served import Served

from countermand.venues import VENUES


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The demo world, on free ports."""
    with Served(None) as running:
        yield running


@pytest.fixture(scope="module")
def operator(served: Served) -> Iterator[Operator]:
    """The operator, who sets the faults."""
    one = Operator(served.ready["control"])
    yield one
    one.close()


@pytest.fixture(params=VENUES, scope="module")
def venue(request: pytest.FixtureRequest) -> str:
    """One venue after the other."""
    return str(request.param)


@pytest.fixture(params=SHELLS, scope="module")
def shell(request: pytest.FixtureRequest) -> str:
    """One shell after the other."""
    return str(request.param)


def _seat(shell: str, served: Served, venue: str, user: str) -> Iterator[Seat]:
    seat = Seat(shell, venue.replace("-", "_"), config(served, venue, user))
    yield seat
    seat.close()


@pytest.fixture(scope="module")
def alice(shell: str, served: Served, venue: str) -> Iterator[Seat]:
    """Alice, at an exchange of either shell."""
    yield from _seat(shell, served, venue, "alice")


@pytest.fixture(scope="module")
def bob(served: Served, venue: str) -> Iterator[Seat]:
    """Bob, who trades with her."""
    yield from _seat("synchronous", served, venue, "bob")
