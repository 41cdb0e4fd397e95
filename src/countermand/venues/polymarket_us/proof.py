"""Proof: what this venue's answers prove about an order."""

from countermand.wire import times
from countermand.wire.operation import Operation
from countermand.wire.proof import Proof, Proofs

_TAKEN = (
    Operation.PLACE_ORDER,
    Operation.REPLACE_ORDER,
    Operation.CANCEL_ORDER,
    Operation.MASS_CANCEL,
)

# An order is reported to be a 404 for up to 90 seconds after it was taken.
PROOFS = Proofs(
    success=dict.fromkeys(_TAKEN, Proof.TAKEN), names_state=False, visible_ns=90 * times.S
)
