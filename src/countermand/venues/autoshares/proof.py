"""Proof: what this venue's answers prove about an order."""

from countermand.wire.operation import Operation
from countermand.wire.proof import Proof, Proofs

# A conflict has an empty body: it names no state, and is the same for an unknown order as for a
# filled one. Only the order itself tells what became of it.
PROOFS = Proofs(
    success={
        Operation.PLACE_ORDER: Proof.TAKEN,
        Operation.REPLACE_ORDER: Proof.TAKEN,
        Operation.CANCEL_ORDER: Proof.TAKEN,
    },
    names_state=False,
    refusal_is_final=False,
)
