"""What the conformance suite skips, since this dialect has no words for it."""

from tests.venues.conformance.losses import Losses

from countermand.wire.operation import Operation

LOSSES = Losses(
    # The venue shows no book but in its streams.
    lacks=frozenset({Operation.GET_DEPTH}),
    # A fill says of its order neither which type it is nor what it was instructed to.
    # A position's margin is told as a fraction.
    untold={
        Operation.LIST_FILLS: frozenset({"ord_type", "exec_inst"}),
        Operation.LIST_POSITIONS: frozenset({"margin_minor"}),
    },
)
