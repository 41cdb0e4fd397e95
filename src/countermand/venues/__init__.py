"""
The registry of venues: the one line outside its folder that a venue needs.

A venue is imported when it is first asked for, so that who serves one does not load them all.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from countermand.wire.venue import Venue

# The place of a venue's line is that of its port, served or not; so a new venue comes last.
_FOLDERS = {
    "deltadefi": "deltadefi",
    "autoshares": "autoshares",
    "coinbase-intx": "coinbase_intx",
    "loopring": "loopring",
    "polymarket-us": "polymarket_us",
}

PORT_OFFSETS: dict[str, int] = {name: offset for offset, name in enumerate(_FOLDERS, 1)}


class _Venues(Mapping[str, Venue]):
    """Venues by name, in order."""

    def __getitem__(self, name: str) -> Venue:
        return _load(_FOLDERS[name])

    def __contains__(self, name: object) -> bool:
        return name in _FOLDERS

    def __iter__(self) -> Iterator[str]:
        return iter(_FOLDERS)

    def __len__(self) -> int:
        return len(_FOLDERS)


@cache
def _load(folder: str) -> Venue:
    venue: Venue = import_module(f"{__name__}.{folder}").VENUE
    return venue


VENUES: Mapping[str, Venue] = _Venues()
