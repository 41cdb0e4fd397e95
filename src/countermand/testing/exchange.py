"""
Exchange: one in this process, on a thread of its own. Its venues are reached without a socket, and
over one that is bound when it is first asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from countermand import world as worlds
from countermand.app.config import Config, venues_of
from countermand.app.local import Local
from countermand.app.sockets import CONTROL
from countermand.control.call import call
from countermand.control.row import ControlError
from countermand.engine import layout
from countermand.engine.clock import Reading
from countermand.engine.memory import MemoryJournal
from countermand.server.site import Site
from countermand.testing.acts import REQUESTS_MAX, Acts
from countermand.testing.clock import iso
from countermand.testing.home import home
from countermand.venues import VENUES
from countermand.wire import times
from countermand.world import World

if TYPE_CHECKING:
    from countermand.testing.delivery import Transport

T = TypeVar("T")


class Exchange(Acts):
    """
    An exchange with the demo world of the venues that are named, of all where none is, or with the
    world in a file. It begins at once; leave it, or `close` it, and it is gone.

    With `now` its clock stands still there from the start. With a `seed` the ids of orders and what
    is drawn for keys are the same in every run. `data` is a directory that keeps everything.
    Raises: ConfigError, WorldError, JournalError, each with one line.
    """

    def __init__(
        self,
        *venues: str,
        world: Path | None = None,
        now: datetime | str | None = None,
        seed: int | None = None,
        data: Path | None = None,
    ) -> None:
        self._home, self._data = home(), data
        config = Config(data, venues=venues, world=world)
        reading = None if now is None else Reading(stands_at_ns=times.parse_iso(iso(now)))
        self._local = self._run(_begun(config, reading))
        self._is_open = True
        super().__init__(tuple(self._local.host.generation.world))
        if seed is not None:
            self.reset(seed)

    def close(self) -> None:
        """End the exchange and cut its connections. Idempotent."""
        if self._is_open:
            self._is_open = False
            self._run(self._local.end())

    def call(self, name: str, /, **fields: Any) -> Any:
        """Do any act of the control table by its name, and return its reply."""
        try:
            return self._run(self._call(name, fields))
        except ControlError as refused:
            # It says it all: where in the exchange it was raised is no matter to a test.
            raise refused.with_traceback(None) from None

    def url(self, venue: str | None = None) -> str:
        """Return where a venue is reached over a socket, bound when it is first asked for."""
        return self._run(self._local.url(self._served(venue)))

    def control_url(self) -> str:
        """Return where the control port is reached, bound when it is first asked for."""
        return self._run(self._local.url(CONTROL))

    def transport(self, venue: str | None = None) -> Transport:
        """
        Return a transport for httpx, waiting or not, that reaches a venue without a socket.

        It can be used on any loop. Streams need a socket.
        """
        # It takes httpx, which not every test has.
        from countermand.testing.delivery import Transport  # noqa: PLC0415  (loaded when it is needed)

        return Transport(self._home, self._run(self._site(self._served(venue))))

    def journal(self, last: int = 50) -> list[str]:
        """Return the last entries of the journal and what came of each, in people's words."""
        return self._run(self._told(last))

    def _served(self, venue: str | None) -> str:
        name = self.named(venue)
        if name not in self.venues:
            raise ValueError(f"venue: {name!r} is not one of {', '.join(self.venues)}")
        return name

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._home.run(work)

    async def _call(self, name: str, fields: dict[str, Any]) -> Any:
        if name == "add-fault":
            # A fault is for sites that there are.
            for venue in self.venues:
                self._local.site(venue)
        return await call(self._local.host.operated, name, fields)

    async def _site(self, venue: str) -> Site:
        return self._local.site(venue)

    async def _told(self, last: int) -> list[str]:
        from countermand.testing.story import told_in, told_of  # noqa: PLC0415  (a failed test's)

        journal = self._local.host.generation.engine.journal
        if isinstance(journal, MemoryJournal):
            return told_of(journal, last)
        assert self._data is not None  # noqa: S101  (it keeps what it does)
        return await asyncio.to_thread(told_in, layout.current(self._data), last)


async def _begun(config: Config, reading: Reading | None) -> Local:
    world = None
    if config.data is None and config.world is None:
        world = _demo(tuple(venue.name for venue in venues_of(config)))
    local = Local(config, _on_fatal, world, reading)
    await local.begin()
    local.host.faults.requests.keep(REQUESTS_MAX)
    return local


@cache
def _demo(names: tuple[str, ...]) -> World:
    # The same parts each time, so that the founded accounts are found again.
    return worlds.demo(VENUES[name] for name in names)


def _on_fatal() -> None:
    # The engine has logged it and takes no more commands; the test goes on and fails.
    return
