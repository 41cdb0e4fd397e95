"""
Assembly: the parts of an exchange put together, before anything is bound or changed.
"""

from __future__ import annotations

from countermand import world as worlds
from countermand.app.config import Config, hosts, venues_of
from countermand.app.disk import DiskLives
from countermand.app.generation import Clocks
from countermand.app.host import Host
from countermand.app.lives import Lives, OnFatal
from countermand.app.memory import MemoryLives
from countermand.engine.clock import ClientClock, ExchangeClock, Reading
from countermand.engine.intake import Limits as IntakeLimits
from countermand.server.limits import Limits, venues_room
from countermand.world import World


def assembled(
    config: Config, on_fatal: OnFatal, world: World | None = None, reading: Reading | None = None
) -> Host:
    """
    Return the host of an exchange that has looked at everything and changed nothing.

    In memory it may be of a `world` that was read already. Its clock begins as `reading` says.
    Raises: ConfigError, WorldError, JournalError.
    """
    exchange = ExchangeClock()
    exchange.show(reading or Reading())
    clocks, venues = Clocks(exchange, ClientClock(exchange)), venues_of(config)
    intake = IntakeLimits(audit_orders=config.audit_orders)
    lives: Lives
    if config.data is None:
        chosen = world or worlds.choose({}, config.world, venues)
        lives = MemoryLives(chosen, clocks, on_fatal, intake)
    else:
        lives = DiskLives(
            config.data,
            venues,
            config.world,
            clocks,
            on_fatal,
            config.progress,
            is_compacting=config.compact,
            limits=intake,
        )
    room = venues_room(config.connections_max).connections_max
    # One venue's clients may not keep those of all others out.
    most = room if len(venues) == 1 else room // 2
    limits = Limits(connections_max=most, queued_bytes_max=config.stream_bytes_max)
    return Host(lives, clocks, limits, hosts(config))
