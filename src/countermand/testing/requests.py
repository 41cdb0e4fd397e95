"""Requests: those that came to an exchange, to be looked at and to be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from countermand.control.requests import Recorded

# A body is told so far.
_TOLD_MAX = 200


class Requests(Sequence[Recorded]):
    """The requests that came, the newest last, as they were when this was asked for."""

    def __init__(self, recorded: Sequence[Recorded]) -> None:
        self._recorded = tuple(recorded)

    @overload
    def __getitem__(self, at: int) -> Recorded: ...
    @overload
    def __getitem__(self, at: slice) -> Requests: ...
    def __getitem__(self, at: int | slice) -> Recorded | Requests:
        found = self._recorded[at]
        return Requests(found) if isinstance(found, tuple) else found

    def __len__(self) -> int:
        return len(self._recorded)

    def __repr__(self) -> str:
        return "\n".join(self.lines()) or "no requests"

    def of(self, *, venue: str = "", account: str = "", operation: str = "") -> Requests:
        """Return those of a venue, of an account's owner, of an operation; empty is any."""
        wanted = {"venue": venue, "account": account, "operation": operation}
        asked = {name: text for name, text in wanted.items() if text}
        return Requests(
            [one for one in self if all(getattr(one, name) == text for name, text in asked.items())]
        )

    def lines(self) -> Iterator[str]:
        """Yield a line or two for each: what was asked, by whom, and what became of it."""
        for one in self:
            query = f"?{one.query}" if one.query else ""
            told = one.account or one.verdict or "anyone"
            faults = f" [{', '.join(one.faults)}]" if one.faults else ""
            status = "no answer" if one.status is None else one.status
            yield f"{one.time} {one.venue} {one.method} {one.path}{query} {told}: {status}{faults}"
            if one.body:
                yield f"    {one.body[:_TOLD_MAX]}"
