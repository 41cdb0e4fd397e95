"""
Host: what a running server offers to the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from countermand.faults.fault import Fault, Report
from countermand.vocabulary.commands import Command
from countermand.vocabulary.queries import Query
from countermand.vocabulary.receipt import Receipt
from countermand.wire.context import Settings
from countermand.wire.conversation import KeyChange
from countermand.wire.credential import Credential
from countermand.wire.directory import Directory
from countermand.wire.venue import Venue

# Commands of one group, or what makes them of the first one's number.
Batch = Sequence[Command] | Callable[[int], Sequence[Command]]


class Condition(Struct, frozen=True):
    """
    How the exchange is. `reason` is why it takes no commands, `advice` what to do.

    Units: `clock_behind_ns` is how far the clock is behind the last entry.
    """

    taking_commands: bool
    reason: str | None
    advice: str | None
    clock_behind_ns: int
    seq: int
    open_orders: int


class Exchange(Protocol):
    """The exchange. Everything raises ControlError when it takes nothing."""

    async def submit(self, commands: Batch) -> tuple[Receipt, ...]:
        """Return the receipts of commands that are one group of entries, durable and applied."""

    def view(self, query: Query) -> Any:
        """Return the answer to a query, of applied, durable state."""

    def condition(self) -> Condition:
        """Return how it is. Raises nothing."""


class Keys(Protocol):
    """The keys of one venue."""

    def find(self, key: str) -> Any:
        """Return the credential of `key`, or None."""

    def __iter__(self) -> Iterator[Credential]:
        """Yield every credential there is."""

    def draw(self, count: int) -> bytes:
        """Return random bytes: of a seed the same ones again, where the exchange has one."""

    async def change(self, asked: KeyChange) -> Any:
        """Make a change durable, then true; return the new credential, if it was about one."""


class Clock(Protocol):
    """
    The exchange's clock. Moving it raises ControlError for a time that has passed; when that
    returns, all that was due on the way has happened.

    Units: nanoseconds since the Unix epoch.
    """

    @property
    def now_ns(self) -> Callable[[], int]:
        """The clock, which returns nanoseconds since the Unix epoch."""

    @property
    def stands_still(self) -> bool:
        """Whether time passes only when it is told to."""

    @property
    def leads_clients(self) -> bool:
        """Whether clients' stamps and requests a second go by it, not by the wall."""

    def lead_clients(self, *, leads: bool) -> None:
        """Let clients' stamps and requests a second go by it from now on, or by the wall."""

    async def freeze(self) -> None:
        """Stand still."""

    async def run(self) -> None:
        """Go on from where it stands."""

    async def set(self, to_ns: int) -> None:
        """Move on to a time."""

    async def advance(self, by_ns: int) -> None:
        """Move on by so much."""


class Generations(Protocol):
    """The lives of the exchange. Everything that begins one raises ControlError when it cannot."""

    @property
    def number(self) -> int:
        """Which one it is since the server was started."""

    async def reset(self, seed: int | None = None) -> None:
        """
        Begin anew: the world as it was founded, the clock as it was at the start, no faults.

        Numbers go on beyond those given out, unless a `seed` makes them and all keys repeat.
        """

    async def snapshot(self, name: str) -> None:
        """Save the exchange as it is now, in the place of what had the name."""

    async def restore(self, name: str) -> None:
        """Go on from what was saved; numbers go on beyond those given out."""

    def snapshots(self) -> tuple[str, ...]:
        """Return the names of what was saved."""

    async def copy(self, to: Path) -> None:
        """Fill an empty directory with the life as it is now, as a data directory of its own."""


class Served(Protocol):
    """One venue that is served. `base_url` is where, empty in process."""

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

    @property
    def base_url(self) -> str:
        """Where it is, empty in process."""

    def founded(self, owner: str, name: str) -> Mapping[str, str] | None:
        """Return the money that the world gave an account, by asset; None for one it has not."""


class Open(Struct, frozen=True):
    """
    An open connection. `venue` is empty for the control port.

    Shape: `kind` is "http" or "websocket"; `peer` is the client's address and port.
    Units: `in_flight` counts requests that are not answered yet.
    """

    connection: int
    venue: str
    kind: str
    peer: str
    in_flight: int


class Connections(Protocol):
    """The open connections."""

    def listed(self) -> list[Open]:
        """Return all there are."""

    def close(self, connection: int) -> bool:
        """Close one at once; False when there is none of that number."""


class Faults(Protocol):
    """The faults of all venues. Each method raises FaultRefused for a fault that cannot be here."""

    def add(self, fault: Fault) -> Report:
        """Set a fault, from the next request on."""

    def reports(self) -> tuple[Report, ...]:
        """Return every fault that was set and not cleared, in order."""

    def clear(self, number: int | None = None) -> None:
        """Forget a fault, or all."""


class Requests(Protocol):
    """The requests that came to the venues."""

    def keep(self, most: int) -> None:
        """Keep this many from now on, the newest."""

    def kept(self) -> Sequence[Any]:
        """Return them as they are told, in the order they came."""


class Host(Protocol):
    """A running server, as an operator sees it."""

    @property
    def exchange(self) -> Exchange:
        """The exchange behind every venue."""

    @property
    def clock(self) -> Clock:
        """The exchange's clock."""

    @property
    def generations(self) -> Generations:
        """The lives of the exchange."""

    @property
    def venues(self) -> Mapping[str, Served]:
        """The venues that are served, by name."""

    @property
    def connections(self) -> Connections:
        """The open connections."""

    @property
    def faults(self) -> Faults:
        """The faults between clients and venues."""

    @property
    def requests(self) -> Requests:
        """The requests that came to the venues."""
