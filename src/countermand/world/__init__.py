"""What an exchange starts with: the shape of a world, how it is founded, how it is kept."""

from countermand.world.found import described, found
from countermand.world.keep import choose, remember
from countermand.world.spec import VenueWorld, World, WorldError, demo, read

__all__ = [
    "VenueWorld",
    "World",
    "WorldError",
    "choose",
    "demo",
    "described",
    "found",
    "read",
    "remember",
]
