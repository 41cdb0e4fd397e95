"""
Credentials: the keys a venue's users have, found by their public part.

They live beside the journal, never in it.
"""

from collections.abc import Iterable, Iterator

from countermand.wire.venue import Credential


class KeyRing:
    """The keys of one venue. Raises ValueError when two share a public part."""

    def __init__(self, credentials: Iterable[Credential]) -> None:
        self._by_key: dict[str, Credential] = {}
        for credential in credentials:
            if credential.key in self._by_key:
                raise ValueError(f"two keys are called {credential.key!r}")
            self._by_key[credential.key] = credential

    def find(self, key: str) -> Credential | None:
        """Return the credential of `key`, or None."""
        return self._by_key.get(key)

    def __iter__(self) -> Iterator[Credential]:
        return iter(self._by_key.values())
