"""The world that an exchange starts with: its shape, its founding, its keeping."""

from countermand.world.check import credentials, settings
from countermand.world.files import files_of, from_files, remove_files
from countermand.world.found import found, founding, listed
from countermand.world.keep import Record, changed, choose, kept_in
from countermand.world.place import WorldError
from countermand.world.spec import VenueWorld, World, demo, located, read

__all__ = [
    "Record",
    "VenueWorld",
    "World",
    "WorldError",
    "changed",
    "choose",
    "credentials",
    "demo",
    "files_of",
    "found",
    "founding",
    "from_files",
    "kept_in",
    "listed",
    "located",
    "read",
    "remove_files",
    "settings",
]
