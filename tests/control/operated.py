"""An exchange in memory with some venues, as an operator sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import msgspec
import pytest

from countermand import world as worlds
from countermand.control.call import call
from countermand.control.row import ControlError
from countermand.engine.clock import SystemClock
from countermand.engine.replay import open_engine
from countermand.server.credentials import KeyRing
from countermand.server.faults import Faults
from countermand.server.operated import Operated
from countermand.server.pipeline import Pipeline
from countermand.venues import VENUES

# Does the act of a name with fields, and returns its reply as JSON says it.
Act = Callable[..., Awaitable[Any]]


def _never() -> None:
    raise AssertionError("the engine met a bug")


@asynccontextmanager
async def operated(*names: str) -> AsyncIterator[Operated]:
    """Yield the demo world of the named venues, served by an exchange that keeps nothing."""
    clock = SystemClock()
    engine = await open_engine(None, clock, _never)
    pipelines = {}
    for name, part in worlds.demo(VENUES[name] for name in names).items():
        await engine.submit_all(partial(worlds.found, name, part))
        venue = VENUES[name]
        held = [venue.auth.credential(user.name, key) for user in part.users for key in user.keys]
        settings = msgspec.convert(part.settings, venue.settings)
        pipelines[name] = Pipeline(venue, engine, KeyRing(venue.auth, held), clock, settings)
    try:
        yield Operated(engine, clock, pipelines, Faults())
    finally:
        for pipeline in pipelines.values():
            pipeline.close()
        await engine.stop()


def operate(venue: str, story: Callable[[Act, Operated], Awaitable[None]]) -> None:
    """Run a story on a new exchange; its acts are of the venue unless they say otherwise."""

    async def run() -> None:
        async with operated(venue) as host:

            async def act(name: str, /, **fields: Any) -> Any:
                reply = await call(host, name, {"venue": venue} | fields)
                return msgspec.json.decode(msgspec.json.encode(reply))

            await story(act, host)

    asyncio.run(run())


async def refused(doing: Awaitable[Any]) -> ControlError:
    """Return how an act is refused: in one line."""
    with pytest.raises(ControlError) as caught:
        await doing
    assert "\n" not in caught.value.text
    return caught.value
