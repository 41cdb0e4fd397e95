"""Lateness: whether a clock is behind the journal. The log is told when that begins and ends."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)

# Small steps of a clock are usual. One that is behind the journal by more than this is reported.
BEHIND_NS_MIN = 1_000_000_000


class Lateness:
    """Whether a clock is behind."""

    def __init__(self) -> None:
        self._is_behind = False

    def look(self, behind_ns: int) -> None:
        """Tell the log when a clock that is behind by so much has fallen behind, or caught up."""
        if (behind_ns >= BEHIND_NS_MIN) is self._is_behind:
            return
        self._is_behind = not self._is_behind
        if self._is_behind:
            extra = {"behind_s": round(behind_ns / 1e9, 3)}
            log.warning("the clock is behind the journal: set it right", extra=extra)
        else:
            log.warning("the clock has caught up with the journal")
