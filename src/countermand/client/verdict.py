"""Verdicts: the outcome that a report, a refusal or a deadline comes to."""

from __future__ import annotations

from typing import Any

from countermand.client.outcome import (
    Canceled,
    Closed,
    Filled,
    Open,
    Outcome,
    Witness,
)
from countermand.client.people import told
from countermand.client.session import Session
from countermand.client.trace import Trace
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import OrderReport

_KINDS: dict[OrdStatus, type[Outcome]] = {
    OrdStatus.CANCELED: Canceled,
    OrdStatus.FILLED: Filled,
    OrdStatus.REJECTED: Closed,
    OrdStatus.EXPIRED: Closed,
}


def is_over(report: OrderReport) -> bool:
    """Whether a report shows that an order can trade no more; one that is staged may be placed."""
    return not report.is_open and report.ord_status in _KINDS


def of_report(session: Session, report: OrderReport, trace: Trace, proof: Witness) -> Outcome:
    """Return what a report proves: that the order is over, and how, or that it is open."""
    kind = Open if report.is_open else _KINDS[report.ord_status]
    evidence = trace.evidence(proof)
    return kind(text=why(report), evidence=evidence, **told(session, report))


def of_status(status: OrdStatus, names: dict[str, Any], trace: Trace, proof: Witness) -> Outcome:
    """Return what a refusal proves that names the state the order is in, and no amounts."""
    text = f"it was {status.name.lower()} before; how much it traded is not told"
    return _KINDS[status](text=text, evidence=trace.evidence(proof), **names)


def why(report: OrderReport) -> str:
    """Return why an order ended as it did, where that is told and is not what was asked."""
    if report.reject_reason is not None:
        return RejectReason(report.reject_reason).sentence
    if report.ord_status in (OrdStatus.REJECTED, OrdStatus.EXPIRED):
        return report.ord_status.name.lower()
    return ""
