"""
Firing: a kill at every place at once. No place's failure keeps the others from being finished.

Every ledger is blocked before any connection is made. Where a ledger cannot be written orders are
canceled all the same, and the report says that nothing is blocked there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from countermand.cli.exits import Code, Stop, worst
from countermand.cli.places import Place
from countermand.client import stops
from countermand.client.errors import LedgerError, Unanswered
from countermand.client.killing import Killed, State
from countermand.client.ledger import Ledger
from countermand.client.outcome import Outcome
from countermand.client.people import Order
from countermand.wire.errors import Internal, NotExpressible, Unavailable, WireError

if TYPE_CHECKING:
    from countermand.client.asynchronous import Client

# A venue that cannot be reached is tried again after so long.
AGAIN_S = 0.25

NOT_REACHED, REFUSED, WRONG, FAILED = "not reached", "refused", "not configured", "failed"

_CODES = {
    State.EMPTY: Code.DONE,
    State.OTHERS_PLACE: Code.UNKNOWN,
    State.UNDER_WAY: Code.UNKNOWN,
    State.UNPROVEN: Code.UNKNOWN,
}

Tell = Callable[[str, int, int], None]


class Kill(NamedTuple):
    """
    The options of a kill.

    Shape:  `venues` are those that are blocked, all for none.
    Units:  seconds.
    """

    venues: tuple[str, ...] = ()
    mine: bool = False
    keep_protective: bool = False
    quiet_s: float = 2.0
    timeout_s: float = 30.0


class Row(Struct, frozen=True, kw_only=True):
    """
    The result of a kill at one place.

    Shape:  `state` is a `killing.State`, or why there is none; `notes` are what else must be known.
    Units:  nanoseconds.
    """

    venue: str
    said_by: str
    base_url: str = ""
    account: str = ""
    state: str
    code: Code
    text: str = ""
    notes: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    spared: tuple[Order, ...] = ()
    came: int = 0
    took_ns: int = 0

    def count(self, *names: str) -> int:
        """Return how many orders came to one of these outcomes."""
        return sum(one.name in names for one in self.outcomes)


class Report(Struct, frozen=True):
    """
    The result of a kill at all places. Units: `took_ns` nanoseconds, from the block to the last
    answer.
    """

    rows: tuple[Row, ...]
    took_ns: int

    @property
    def is_empty(self) -> bool:
        """Whether every place is proven empty, and blocked."""
        return self.code is Code.DONE

    @property
    def code(self) -> Code:
        """The exit code."""
        return worst(row.code for row in self.rows)


def block(paths: Iterable[Path], venues: Sequence[str] = ()) -> dict[Path, str]:
    """Block each ledger; return why not, of those that cannot be."""
    failed: dict[Path, str] = {}
    for path in dict.fromkeys(paths):
        try:
            _with(path, lambda ledger: ledger.block(venues))
        except LedgerError as error:
            failed[path] = str(error)
    return failed


def fire(places: Sequence[Place], kill: Kill, tell: Tell | None = None) -> Report:
    """Block, and cancel at all places at once until each is proven empty, or the time is over."""
    begun_ns = time.monotonic_ns()
    failed = block([place.ledger for place in places], kill.venues)

    async def every() -> list[Row]:
        return await asyncio.gather(*[_row(place, kill, failed, tell) for place in places])

    rows = asyncio.run(every())
    return Report(tuple(rows), time.monotonic_ns() - begun_ns)


async def _row(place: Place, kill: Kill, failed: dict[Path, str], tell: Tell | None) -> Row:
    ledger = None if place.ledger in failed else place.ledger
    try:
        row = await _tried(place, kill, ledger, tell)
    except LedgerError as error:
        # It could be blocked, and cannot be written any more.
        failed = failed | {place.ledger: str(error)}
        row = await _tried(place, kill, None, tell)
    if place.ledger not in failed:
        return row
    note = f"not blocked: {failed[place.ledger]}"
    return replace(row, notes=(*row.notes, note), code=worst((row.code, Code.UNKNOWN)))


async def _tried(place: Place, kill: Kill, ledger: Path | None, tell: Tell | None) -> Row:
    try:
        return await _killed(place, kill, ledger, tell)
    except Stop as stop:
        state = NOT_REACHED if stop.code is Code.NOT_SENT else WRONG
        return _failed(place, state, stop.code, stop.text)
    except (Unanswered, Internal, Unavailable) as error:
        return _failed(place, NOT_REACHED, Code.NOT_SENT, str(error))
    except WireError as error:
        return _failed(place, REFUSED, Code.REFUSED, error.text)
    except NotExpressible as error:
        return _failed(place, WRONG, Code.ASKED_WRONGLY, str(error))
    except LedgerError:
        raise
    except Exception as error:  # noqa: BLE001  (a bug at one place must not stop the others)
        return _failed(place, FAILED, Code.UNKNOWN, f"a bug: {type(error).__name__}")


def _failed(place: Place, state: str, code: Code, text: str) -> Row:
    return Row(venue=place.venue, said_by=place.called, state=state, code=code, text=text)


async def _killed(place: Place, kill: Kill, ledger: Path | None, tell: Tell | None) -> Row:
    if kill.mine and ledger is None:
        raise Stop(Code.UNKNOWN, "without its ledger it is not known which orders are its own")
    asked = place.asked()
    at = await asyncio.to_thread(asked.found)
    until_s = time.monotonic() + kill.timeout_s

    def make() -> Client:
        return asked.waiting(tell and (lambda done, of: tell(place.venue, done, of)), ledger)

    client = await _let_in(make, until_s)
    try:
        killed = await client.kill(
            mine=kill.mine,
            keep_protective=kill.keep_protective,
            quiet_s=kill.quiet_s,
            timeout_s=max(until_s - time.monotonic(), 1.0),
        )
        where = {"said_by": at.said_by, "base_url": at.base_url}
        return _told(client, place.venue, where, killed, kill)
    finally:
        await client.close()


async def _let_in(make: Callable[[], Client], until_s: float) -> Client:
    # A venue without an answer may answer in a moment; a refusal will be repeated.
    while True:
        client = make()
        try:
            await client
        except BaseException as error:
            with suppress(Exception):
                await client.close()
            passes = isinstance(error, Unanswered | Internal | Unavailable)
            if not passes or time.monotonic() + AGAIN_S >= until_s:
                raise
        else:
            return client
        await asyncio.sleep(AGAIN_S)


def _told(client: Client, venue: str, where: dict[str, Any], killed: Killed, kill: Kill) -> Row:
    session = client.session
    notes: tuple[str, ...] = ()
    if kill.keep_protective and not stops.can_tell(session):
        notes = ("no stop can be told from other orders here: none is spared",)
    if killed.doubtful:
        text = f"orders sent and not proven to have come or not: {killed.doubtful}"
        notes += (f"{text}; countermand resume looks for them",)
    return Row(
        venue=venue,
        account=session.account().name,
        state=killed.state.value,
        code=_CODES[killed.state],
        text=killed.text,
        notes=notes,
        outcomes=killed.outcomes,
        spared=killed.spared,
        came=killed.came,
        took_ns=killed.took_ns,
        **where,
    )


def _with(path: Path, act: Callable[[Ledger], Any]) -> Any:
    ledger = Ledger(path)
    try:
        return act(ledger)
    finally:
        ledger.close()
