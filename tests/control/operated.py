"""An exchange in memory with one venue, as an operator sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import msgspec

from countermand import world as worlds
from countermand.engine.clock import SystemClock
from countermand.engine.replay import open_engine
from countermand.server.credentials import KeyRing
from countermand.server.faults import Faults
from countermand.server.operated import Operated
from countermand.server.pipeline import Pipeline
from countermand.venues import VENUES


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
