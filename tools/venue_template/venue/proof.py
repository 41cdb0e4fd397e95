"""Proof: what this venue's answers prove about an order."""

from countermand.wire.proof import Proofs

PROOFS = Proofs()
