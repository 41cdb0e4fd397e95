"""
Attached: an exchange that runs elsewhere, in another process or another language's test run, by its
control port.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from countermand.control import archive
from countermand.control.client import Control
from countermand.testing.acts import Acts


class AttachedExchange(Acts):
    """
    A running server, as a test acts on it. Leaving it ends nothing there.

    `token` is needed beyond loopback. Raises: ControlError, with the code `unreachable` when
    nothing answers; ValueError for what is no URL.
    """

    def __init__(self, control_url: str, token: str | None = None) -> None:
        self._control = Control(control_url, token)
        super().__init__(tuple(one.venue for one in self._control.status().venues))
        self.record()

    def close(self) -> None:
        """Do nothing: the server is another one's."""

    def call(self, name: str, /, **fields: Any) -> Any:
        """Do any act of the control table by its name, and return its reply."""
        return self._control.call(name, **fields)

    def url(self, venue: str | None = None) -> str:
        """Return where a venue is reached. Raises: ValueError for one not served."""
        name = self.named(venue)
        urls = {one.venue: one.base_url for one in self._control.status().venues}
        if name not in urls:
            raise ValueError(f"venue: {name!r} is not one of {', '.join(urls)}")
        return str(urls[name])

    def control_url(self) -> str:
        """Return where the control port is reached."""
        return self._control.url

    def journal(self, last: int = 50) -> list[str]:
        """Return the last entries of the journal and what came of each, in people's words."""
        from countermand.testing.story import told_in  # noqa: PLC0415  (a failed test's affair)

        with tempfile.TemporaryDirectory(prefix="countermand-") as folder:
            packed = Path(folder, "journal.tar")
            with packed.open("wb") as file:
                self._control.download("journal", file)
            archive.unpack(packed, Path(folder, archive.NAME))
            return told_in(Path(folder, archive.NAME), last)


def attach(control_url: str, token: str | None = None) -> AttachedExchange:
    """Return a running server as a test acts on it, by the URL of its control port."""
    return AttachedExchange(control_url, token)
