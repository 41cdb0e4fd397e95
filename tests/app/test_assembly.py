"""What is asked for on the command line reaches what it is for."""

from countermand.app.assembly import assembled
from countermand.app.config import Config


def test_limits_of_streams_and_connections_reach_the_sites() -> None:
    """One venue has all connections, each of two has half."""
    for venues, most in ((("loopring",), 10), (("loopring", "deltadefi"), 5)):
        asked = Config(None, venues=venues, connections_max=10, stream_bytes_max=2048)
        limits = assembled(asked, lambda _: None)._limits
        assert (limits.connections_max, limits.queued_bytes_max) == (most, 2048)
