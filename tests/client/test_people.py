"""How orders are told to people: a stop with its price, asleep and awake."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace
from tests.client.stage import Scene

from countermand.client.people import order_of
from countermand.vocabulary.order import OrdStatus, Standing, Trigger, TriggerDirection

TICKS = 7
ASLEEP, AWAKE = (Trigger(TICKS, TriggerDirection.UP, is_met=met) for met in (False, True))


@pytest.mark.parametrize(
    ("trigger", "standing", "is_asleep"),
    [
        (None, Standing.RESTING, False),
        (ASLEEP, Standing.ARMED, True),
        (ASLEEP, Standing.HELD, True),
        (ASLEEP, Standing.CLOSED, False),
        (AWAKE, Standing.RESTING, False),
        (AWAKE, Standing.CLOSED, False),
    ],
)
def test_a_stop_is_told_with_its_price(
    scene: Scene, trigger: Trigger | None, standing: Standing, is_asleep: bool
) -> None:
    """For ever; it sleeps while it is open and was not met."""
    report = scene.truth(scene.placed())
    one = next(iter(scene.session.directory.instruments.values()))
    status = OrdStatus.NEW if standing.is_open else OrdStatus.CANCELED
    stop = replace(
        report, terms=replace(report.terms, trigger=trigger), standing=standing, ord_status=status,
        instrument_id=one.instrument_id,
    )  # fmt: skip
    told = order_of(scene.session, stop)
    step = Decimal(one.tick_units).scaleb(-one.price_scale)

    assert (None if trigger is None else TICKS * step) == told.stop_px
    assert is_asleep is told.is_asleep
