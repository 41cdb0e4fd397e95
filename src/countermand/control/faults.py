"""Faults: what goes wrong from now on, for whom, how often; and how often it did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from countermand.control.host import Host
from countermand.control.row import PREFIX, Asked, ControlError, ControlRow
from countermand.faults.fault import Fault, FaultRefused, Report, Unknown


class AddFault(Fault, Asked, frozen=True):
    """What happens, and to which requests: the fields of a fault."""


class ListFaults(Asked, frozen=True):
    """All of them."""


class ClearFaults(Asked, frozen=True):
    """The fault to forget, None for all."""

    number: int | None = None


class Faults(Struct, frozen=True):
    """The faults that were set and not cleared, in order, with how often each struck."""

    faults: tuple[Report, ...]


async def add_fault(host: Host, asked: AddFault) -> Report:
    """Set a fault and return it under its number."""
    with _refused():
        return host.faults.add(asked)


async def list_faults(host: Host, asked: ListFaults) -> Faults:
    """Return every fault."""
    return Faults(host.faults.reports())


async def clear_faults(host: Host, asked: ClearFaults) -> Faults:
    """Forget a fault, or all, and return those that are left."""
    with _refused():
        host.faults.clear(asked.number)
    return Faults(host.faults.reports())


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except Unknown as error:
        raise ControlError(404, "unknown", str(error)) from None
    except FaultRefused as error:
        raise ControlError(400, "invalid", str(error)) from None


_FAULTS = f"{PREFIX}/faults"

ROWS = (
    ControlRow(
        name="add-fault",
        method="POST",
        path=_FAULTS,
        message=AddFault,
        reply=Report,
        run=add_fault,
        summary="Let something go wrong",
    ),
    ControlRow(
        name="list-faults",
        method="GET",
        path=_FAULTS,
        message=ListFaults,
        reply=Faults,
        run=list_faults,
        summary="List the faults that are set, and how often each struck",
    ),
    ControlRow(
        name="clear-faults",
        method="DELETE",
        path=_FAULTS,
        message=ClearFaults,
        reply=Faults,
        run=clear_faults,
        summary="Forget a fault, or all of them",
    ),
)
