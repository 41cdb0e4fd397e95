"""Our errors are ccxt's own where it is installed, and their like where it is not."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from ccxt.base.errors import error_hierarchy

import ccxt
import countermand.ccxt as ours
from countermand.ccxt import refusals
from countermand.client.outcome import (
    Canceled,
    Closed,
    Evidence,
    Filled,
    NotFound,
    NotSent,
    Outcome,
    Refused,
    Unknown,
    Witness,
)
from countermand.client.reasons import of_error
from countermand.vocabulary.reasons import CxlRejReason, RejectReason
from countermand.wire import errors as wire

# What runs where ccxt is not installed: nothing of that name can be imported.
WITHOUT = """
import sys

class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "ccxt":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Gone())
from countermand.ccxt import errors
import countermand.ccxt, countermand.ccxt.async_support, countermand.ccxt.sandbox
for name in errors.__all__:
    print(name, *[one.__name__ for one in getattr(errors, name).__mro__[1:]])
"""

LOST = Witness("place-order: POST /orders", 1, 2, "no answer: ReadTimeout")


def _parents(tree: dict[str, Any], above: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, below in tree.items():
        found[name] = above
        found |= _parents(below, (name, *above))
    return found


def test_ccxts_own_are_raised() -> None:
    """The error classes are ccxt's, so `except ccxt.InvalidOrder` catches them."""
    for name in _parents(error_hierarchy):
        assert getattr(ours, name) is getattr(ccxt, name)


def test_without_ccxt_there_are_the_same() -> None:
    """Without ccxt the classes have the same names and the same bases, and ours besides."""
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, timeout=60, check=True
    )
    above = {name: tuple(rest) for name, *rest in map(str.split, run.stdout.splitlines())}
    root = ("Exception", "BaseException", "object")
    expected = {name: (*over, *root) for name, over in _parents(error_hierarchy).items()}

    assert ("OperationFailed", "BaseError", *root) == above.pop("OutcomeUnknown")
    assert expected == above


def test_every_reason_has_an_error() -> None:
    """A word of the table is a reason that there is; what is not in it is an order at fault."""
    words = {reason.name.lower() for reason in (*RejectReason, *CxlRejReason)}
    kinds = [kind for kind in vars(wire).values() if isinstance(kind, type)]
    words |= {
        of_error(kind.__new__(kind))
        for kind in kinds
        if issubclass(kind, wire.WireError)
        and kind not in (wire.WireError, wire.OrderRefused, wire.CancelRefused)
    }

    assert set(refusals.REASONS) - words == set()


@pytest.mark.parametrize(
    ("outcome", "placing", "canceling"),
    [
        (Unknown(evidence=Evidence((LOST,))), ours.OutcomeUnknown, ours.RequestTimeout),
        (NotSent(evidence=Evidence((LOST,))), ours.ExchangeNotAvailable, ours.ExchangeNotAvailable),
        (NotSent(), ours.OperationRejected, ours.OperationRejected),
        (NotFound(), ours.OrderNotFound, ours.OrderNotFound),
        (Filled(), ours.OrderNotFound, ours.OrderNotFound),
        (Closed(), ours.InvalidOrder, ours.OrderNotFound),
        (Refused(), ours.InvalidOrder, ours.InvalidOrder),
    ],
)
def test_outcomes(outcome: Outcome, placing: type, canceling: type) -> None:
    """Each is an error of its own, which has the outcome."""
    errors = refusals.of_outcome("x", outcome), refusals.of_outcome("x", outcome, of_cancel=True)

    assert (placing, canceling) == tuple(map(type, errors))
    assert all(error.outcome is outcome for error in errors)
    assert all(str(outcome) in str(error) for error in errors)


def test_unknown_outcome_is_no_network_error() -> None:
    """An unknown outcome is no NetworkError, after which bots place again."""
    assert not issubclass(ours.OutcomeUnknown, ccxt.NetworkError | ccxt.ExchangeError)
    assert issubclass(ours.OutcomeUnknown, ccxt.OperationFailed)


@pytest.mark.parametrize("reason", RejectReason)
def test_refused_for_a_reason(reason: RejectReason) -> None:
    """The error's class is that of the venue's reason, also where the order was read afterwards."""
    refused = Witness("place-order: POST /orders", 1, 2, "400", reason.name.lower())
    read = Witness("get-order: GET /orders/1", 3, 4, "404")
    kind = refusals.REASONS.get(reason.name.lower(), ours.InvalidOrder)

    for evidence in (Evidence((refused,), refused), Evidence((refused, read), read)):
        error = refusals.of_outcome("x", Refused(evidence=evidence))
        assert type(error) is kind


def test_canceled_is_no_error() -> None:
    """The table has none for what was wanted."""
    assert Canceled not in refusals._STATES
    assert Canceled not in refusals._OF_CANCELS
