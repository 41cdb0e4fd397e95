"""An exchange in memory with some venues, as an operator sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from countermand import world as worlds
from countermand.app.generation import Clocks
from countermand.app.host import Host
from countermand.app.memory import MemoryLives
from countermand.control.call import call
from countermand.control.row import ControlError
from countermand.control.table import BY_NAME
from countermand.engine.clock import ClientClock, ExchangeClock
from countermand.server.limits import Limits
from countermand.server.operated import Operated
from countermand.venues import VENUES

# Does the act of a name with fields, and returns its reply as JSON says it.
Act = Callable[..., Awaitable[Any]]


def _never() -> None:
    raise AssertionError("the engine met a bug")


@asynccontextmanager
async def operated(*names: str) -> AsyncIterator[Operated]:
    """Yield the demo world of the named venues, served by an exchange that keeps nothing."""
    clock = ExchangeClock()
    clocks = Clocks(clock, ClientClock(clock))
    world = worlds.demo(VENUES[name] for name in names)
    host = Host(MemoryLives(world, clocks, _never), clocks, Limits())
    await host.begin()
    try:
        yield host.operated
    finally:
        await host.end()


def operate(venue: str, story: Callable[[Act, Operated], Awaitable[None]]) -> None:
    """Run a story on a new exchange; its acts are of the venue unless they say otherwise."""

    async def run() -> None:
        async with operated(venue) as host:

            async def act(name: str, /, **fields: Any) -> Any:
                reply = await call(host, name, _with_venue(name, venue) | fields)
                return msgspec.json.decode(msgspec.json.encode(reply))

            await story(act, host)

    asyncio.run(run())


async def refused(doing: Awaitable[Any]) -> ControlError:
    """Return how an act is refused: in one line."""
    with pytest.raises(ControlError) as caught:
        await doing
    assert "\n" not in caught.value.text
    return caught.value


def _with_venue(name: str, venue: str) -> dict[str, str]:
    takes = "venue" in BY_NAME[name].message.__struct_fields__
    return {"venue": venue} if takes else {}
