"""
Outcomes: what is proven about an order, and by what.

    cancel      Canceled, Filled, Closed, NotFound, Refused, NotSent, Unknown
    place       Open, Filled, Canceled, Closed, Refused, NotSent, Unknown
    replace     Replaced, Filled, Canceled, Closed, NotFound, Refused, NotSent, Unknown

None of them is ever concluded from time that passed. At its deadline what is not proven is Unknown.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct


class Witness(Struct, frozen=True):
    """
    One request and its answer.

    Shape:  `said` is what was asked, `answer` what came: a status and what it means, or how it was
            lost; `reason` why it was refused, in a word of `reasons`, empty where it was not.
    Units:  nanoseconds since the Unix epoch, on this machine's clock.
    """

    said: str
    sent_ns: int
    answered_ns: int
    answer: str
    reason: str = ""


class Evidence(Struct, frozen=True):
    """What was sent and answered, in order; `proof` is the one that proves the outcome, if any."""

    witnesses: tuple[Witness, ...] = ()
    proof: Witness | None = None
    intent_id: int = 0

    def __str__(self) -> str:
        if self.proof is None:
            return f"nothing proves it, of {len(self.witnesses)} requests"
        return f"{self.proof.said}: {self.proof.answer}"


class Outcome(Struct, frozen=True, kw_only=True):
    """
    What became of an order.

    Shape:  `order_id` is the venue's own text, empty where it gave none; amounts are None where
            nothing told them. `cum_qty` traded, `leaves_qty` can still trade, `avg_px` is None
            before any trade. `text` says why, in a plain clause.
    Units:  quantities and prices as people write them, exact.
    """

    order_id: str = ""
    cl_ord_id: str = ""
    symbol: str = ""
    cum_qty: Decimal | None = None
    leaves_qty: Decimal | None = None
    avg_px: Decimal | None = None
    text: str = ""
    evidence: Evidence = Evidence()

    @property
    def name(self) -> str:
        """The kind of the outcome, as it is written: `Canceled`."""
        return type(self).__name__

    @property
    def is_proven(self) -> bool:
        """Whether it is known what became of the order."""
        return not isinstance(self, Unknown)

    def __str__(self) -> str:
        order = " ".join(part for part in (self.order_id or self.cl_ord_id, self.symbol) if part)
        told = "" if self.cum_qty is None else f", {self.cum_qty} traded"
        told += "" if self.avg_px is None else f" at {self.avg_px}"
        why = f", {self.text}" if self.text else ""
        return f"{self.name}: {order}{told}{why} ({self.evidence})"


class Canceled(Outcome, frozen=True, kw_only=True):
    """The order is canceled, and no fill can follow; the request that did it is not told."""


class Filled(Outcome, frozen=True, kw_only=True):
    """The order traded whole."""


class Closed(Outcome, frozen=True, kw_only=True):
    """The order is over for another reason: it was rejected, or it expired."""


class Open(Outcome, frozen=True, kw_only=True):
    """The order is at the venue and can trade."""


class Replaced(Outcome, frozen=True, kw_only=True):
    """The order stands as it was to be changed, or has traded so since."""


class NotFound(Outcome, frozen=True, kw_only=True):
    """The venue knows no such order, or has forgotten it since it ended. It is not open."""


class Refused(Outcome, frozen=True, kw_only=True):
    """The venue refused, and nothing was done."""


class NotSent(Outcome, frozen=True, kw_only=True):
    """Nothing was sent that could have done anything."""


class Unknown(Outcome, frozen=True, kw_only=True):
    """It may have been done or not; nothing that came before the deadline proves either."""


KINDS: dict[str, type[Outcome]] = {
    kind.__name__: kind
    for kind in (
        Canceled,
        Filled,
        Closed,
        Open,
        Replaced,
        NotFound,
        Refused,
        NotSent,
        Unknown,
    )
}
