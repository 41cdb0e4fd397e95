"""
Fault: which requests something happens to, how often, and what.

Everything is named in the words of people: a venue by its name, an operation as in
`wire.operation`, an account by its owner as the ready line has it, an order by the text its venue
calls it by or by its client's own name for it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from countermand.faults.kinds import DELAYS, Kind, suits
from countermand.wire.operation import Operation

AtLeast0 = Annotated[int, Meta(ge=0)]
AtLeast1 = Annotated[int, Meta(ge=1)]
Milliseconds = Annotated[float, Meta(ge=0, le=3_600_000)]


class FaultRefused(ValueError):
    """A fault that names what there is not, or could do nothing; the text is one plain line."""


class Unknown(FaultRefused):
    """A fault that names a venue, an account, an operation, an order or a fault there is not."""


class Latency(StrEnum):
    """
    How a delay is spread.

    Units: `constant` takes `delay_ms`; `uniform` from `delay_ms` to `delay_ms_max`; `lognormal` has
    the median `delay_ms` and the standard deviation `sigma` of its logarithm, and is cut off at
    `delay_ms_max` where that is given.
    """

    CONSTANT = "constant"
    UNIFORM = "uniform"
    LOGNORMAL = "lognormal"


class Fault(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """
    What happens to the requests that all of `venue`, `operation`, `account` and `order` fit; an
    empty one fits any.

    Units:  it ends after `count` strikes and after `ttl_ms` milliseconds of the wall's clock,
            without either when it is cleared. Each request that it fits is struck with
            `probability`, from a chance that `seed` makes repeatable. The rest is for one kind
            each: `delay_ms`, `delay_ms_max`, `sigma` and `latency` for delays, of the wall's clock
            or, for what is pending, the exchange's; `retry_after_s`
            for rate limits, `skew_ms` for a wrong clock, above 0 where it is fast; and of the
            exchange's clock `lag_ms`, how old an entry or order is when reads show it, which
            `lag_entries` make later by so many entries.
    """

    kind: Kind
    venue: str = ""
    operation: str = ""
    account: str = ""
    order: str = ""
    count: AtLeast1 | None = None
    ttl_ms: AtLeast1 | None = None
    probability: Annotated[float, Meta(gt=0, le=1)] = 1.0
    seed: int = 0
    latency: Latency = Latency.CONSTANT
    delay_ms: Milliseconds = 0
    delay_ms_max: Milliseconds = 0
    sigma: Annotated[float, Meta(ge=0, le=10)] = 0
    retry_after_s: AtLeast0 = 1
    skew_ms: int = 0
    lag_ms: AtLeast0 = 0
    lag_entries: AtLeast0 = 0


class Report(Struct, frozen=True):
    """A fault that was set, under the number it was given: how often it struck, what is left."""

    number: int
    fault: Fault
    struck: int
    is_over: bool


_DEFAULT = Fault(kind=Kind.LOST_BEFORE)

# The fields that mean something for some kinds only.
_OWN = {
    "latency": DELAYS,
    "delay_ms": DELAYS,
    "delay_ms_max": DELAYS,
    "sigma": DELAYS,
    "retry_after_s": {Kind.RATE_LIMITED},
    "skew_ms": {Kind.CLOCK_SKEW},
    "lag_ms": {Kind.STALE, Kind.UNSEEN},
    "lag_entries": {Kind.STALE},
}


def check(fault: Fault) -> None:
    """See that a fault makes sense in itself. Raises FaultRefused."""
    for name, kinds in _OWN.items():
        if getattr(fault, name) != getattr(_DEFAULT, name) and fault.kind not in kinds:
            raise FaultRefused(f"{name} means nothing for {fault.kind}")
    known = {each.value: each for each in Operation}
    if fault.operation in known and not suits(fault.kind, known[fault.operation]):
        raise FaultRefused(f"{fault.kind} does not happen to {fault.operation}")
    if fault.kind in DELAYS:
        _check_latency(fault)
    if fault.kind is Kind.CLOCK_SKEW and not fault.skew_ms:
        raise FaultRefused(f"{fault.kind} needs skew_ms")
    if fault.kind in (Kind.STALE, Kind.UNSEEN) and not (fault.lag_ms or fault.lag_entries):
        named = "lag_ms or lag_entries" if fault.kind is Kind.STALE else "lag_ms"
        raise FaultRefused(f"{fault.kind} needs {named}")


def _check_latency(fault: Fault) -> None:
    if not fault.delay_ms and fault.latency is not Latency.UNIFORM:
        raise FaultRefused(f"{fault.kind} needs delay_ms")
    if fault.latency is Latency.UNIFORM and fault.delay_ms_max <= fault.delay_ms:
        raise FaultRefused("a uniform latency needs a delay_ms_max above its delay_ms")
    if fault.latency is Latency.LOGNORMAL and not fault.sigma:
        raise FaultRefused("a lognormal latency needs a sigma above 0")
    if fault.latency is Latency.CONSTANT and (fault.delay_ms_max or fault.sigma):
        raise FaultRefused("a constant latency has neither delay_ms_max nor sigma")
