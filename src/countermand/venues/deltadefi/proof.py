"""
Proof: what this venue's answers prove about an order.

A cancel is answered by ids alone, and a refused one does not name the state that refused it. A
placed order is shown as it is. A finished order is remembered for a time, after which it is
unknown; an open one is never unknown (README, "Known divergences": no reading lags).
"""

from countermand.wire.operation import Operation
from countermand.wire.proof import Proof, Proofs

PROOFS = Proofs(
    success={Operation.CANCEL_ORDER: Proof.TAKEN, Operation.MASS_CANCEL: Proof.TAKEN},
    names_state=False,
)
