"""What an exchange starts with: the shape of a world, how it is founded, how it is kept."""

from countermand.world.files import files_of, from_files, remove_files
from countermand.world.found import described, found
from countermand.world.keep import Record, changed, choose, kept_in
from countermand.world.spec import VenueWorld, World, WorldError, demo, read

__all__ = [
    "Record",
    "VenueWorld",
    "World",
    "WorldError",
    "changed",
    "choose",
    "demo",
    "described",
    "files_of",
    "found",
    "from_files",
    "kept_in",
    "read",
    "remove_files",
]
