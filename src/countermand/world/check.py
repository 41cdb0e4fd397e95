"""Check: a world's settings and keys, which only their venue can read. Faults name their place."""

from __future__ import annotations

from collections.abc import Iterator

from countermand.wire.context import Settings
from countermand.wire.credential import Credential
from countermand.wire.venue import Venue
from countermand.world.place import Place
from countermand.world.shape import shaped
from countermand.world.spec import VenueWorld


def settings(venue: Venue, part: VenueWorld) -> Settings:
    """Return a venue's settings. Raises: WorldError."""
    where = (f"{venue.name}: settings", (venue.name, "settings"))
    return shaped(part.settings, venue.settings, *where)


def credentials(venue: Venue, part: VenueWorld) -> Iterator[Credential]:
    """Yield the keys of all users. Raises: WorldError for one of the wrong shape, and a second."""
    seen: set[str] = set()
    for place, owner, fields in _keys(venue, part):
        try:
            credential = venue.auth.credential(owner, fields)
        except ValueError as error:
            # It begins with the name of the field.
            field = str(error).partition(":")[0]
            path = (*place.path, field) if field in fields else place.path
            raise Place(place.name, path).refuse(str(error)) from None
        if credential.key in seen:
            raise place.refuse("another key is called the same")
        seen.add(credential.key)
        yield credential


def _keys(venue: Venue, part: VenueWorld) -> Iterator[tuple[Place, str, dict[str, object]]]:
    for at, user in enumerate(part.users):
        where = Place(f"{venue.name}: user {user.name}", (venue.name, "users", at))
        for number, fields in enumerate(user.keys):
            yield where.inner(f"key {number + 1}", "keys", number), user.name, fields
