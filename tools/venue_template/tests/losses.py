"""What this dialect has no words for, as the conformance suite is told."""

from tests.venues.conformance.losses import Losses

LOSSES = Losses()
