"""What this dialect has no words for, as the conformance suite is told."""

from tests.venues.conformance.losses import Losses

# For instance `lacks`, `given` and `untold`; every field is told of at its class.
LOSSES = Losses()
