"""Options of the command line reach the part they are for."""

import asyncio
from pathlib import Path

from countermand.app.assembly import assembled
from countermand.app.config import Config


def test_limits_of_streams_and_connections_reach_the_sites() -> None:
    """One venue gets all connections, and each of two half."""
    for venues, most in ((("loopring",), 10), (("loopring", "deltadefi"), 5)):
        asked = Config(None, venues=venues, connections_max=10, stream_bytes_max=2048)
        limits = assembled(asked, lambda _: None)._limits
        assert (limits.connections_max, limits.queued_bytes_max) == (most, 2048)


def test_the_audit_reaches_the_engine(tmp_path: Path) -> None:
    """The engine in memory and the one on disk."""
    for data in (None, tmp_path / "data"):
        asked = Config(data, venues=("loopring",), audit_orders=5)

        async def is_audited(asked: Config = asked) -> bool:
            generation = assembled(asked, lambda _: None).generation
            await generation.begin()
            try:
                return generation.engine._auditing._auditor is not None
            finally:
                await generation.end()

        assert asyncio.run(is_audited())
