"""Names that a venue cannot have given: said so at once, and nothing is tried for ever."""

import time

import pytest
from tests.client.test_watching import Floor

from countermand import connect_sync
from countermand.client.outcome import NotFound, Refused, Unknown
from countermand.testing import Exchange
from countermand.wire.errors import NotExpressible
from countermand.wire.venue import Venue

TIMEOUT_S = 5.0


@pytest.mark.parametrize("name", ["nope", "x" * 100_000])
def test_cancel_of_no_order_is_never_not_sent(venue: Venue, name: str) -> None:
    """Refused where the venue says what is wrong with the name; a script must not try it again."""
    with Exchange(venue.name) as exchange:
        floor = Floor(exchange, venue.name)
        with connect_sync(venue.name, floor.base_url, floor.alice.credentials) as client:
            started = time.monotonic()
            try:
                outcome = client.cancel(name, floor.symbol, timeout_s=TIMEOUT_S)
            except NotExpressible:
                return
    assert isinstance(outcome, Refused | NotFound | Unknown), outcome
    if isinstance(outcome, Refused):
        assert time.monotonic() - started < TIMEOUT_S


def test_an_option_that_is_none_is_refused(venue: Venue) -> None:
    """A word that is misspelled is not passed over."""
    with pytest.raises(TypeError, match="no option is called 'time_out'"):
        connect_sync(venue.name, "http://127.0.0.1:9", {}, time_out=3)  # type: ignore[call-arg]
