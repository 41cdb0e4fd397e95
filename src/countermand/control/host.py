"""
Host: what a running server offers to the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from countermand.faults.fault import Fault, Report
from countermand.vocabulary.commands import Command
from countermand.vocabulary.queries import Query
from countermand.vocabulary.receipt import Receipt
from countermand.wire.context import Settings
from countermand.wire.conversation import KeyChange
from countermand.wire.credential import Credential
from countermand.wire.directory import Directory
from countermand.wire.venue import Venue


class Exchange(Protocol):
    """The exchange. Everything raises ControlError when it takes nothing."""

    async def submit(self, *commands: Command) -> tuple[Receipt, ...]:
        """Return the receipts of commands that are one group of entries, durable and applied."""

    def view(self, query: Query) -> Any:
        """Return the answer to a query, of applied, durable state."""


class Keys(Protocol):
    """The keys of one venue."""

    def find(self, key: str) -> Any:
        """Return the credential of `key`, or None."""

    def __iter__(self) -> Iterator[Credential]:
        """Yield every credential there is."""

    async def change(self, asked: KeyChange) -> Any:
        """Make a change durable, then true; return the new credential, if it was about one."""


class Clock(Protocol):
    """The exchange's clock."""

    def now_ns(self) -> int:
        """Return nanoseconds since the Unix epoch."""


class Served(Protocol):
    """One venue that is served."""

    @property
    def venue(self) -> Venue:
        """The dialect."""

    @property
    def directory(self) -> Directory:
        """Its assets, instruments and accounts."""

    @property
    def keys(self) -> Keys:
        """Its keys."""

    @property
    def settings(self) -> Settings:
        """Its settings."""


class Faults(Protocol):
    """What goes wrong. Everything raises FaultRefused for what makes no sense here."""

    def add(self, fault: Fault) -> Report:
        """Set a fault, from the next request on."""

    def reports(self) -> tuple[Report, ...]:
        """Return every fault that was set and not cleared, in order."""

    def clear(self, number: int | None = None) -> None:
        """Forget a fault, or all."""


class Host(Protocol):
    """A running server, as an operator sees it."""

    @property
    def exchange(self) -> Exchange:
        """The exchange behind every venue."""

    @property
    def clock(self) -> Clock:
        """The exchange's clock."""

    @property
    def venues(self) -> Mapping[str, Served]:
        """The venues that are served, by name."""

    @property
    def faults(self) -> Faults:
        """What goes wrong between clients and venues."""
