"""Recorder: the newest requests, for operators and tests. Secrets are never kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from countermand.control.requests import BODY_BYTES_MAX, Recorded
from countermand.faults.armed import Asked
from countermand.server.plans import Plan
from countermand.server.ports import Cut
from countermand.server.request_log import masked_headers, masked_query
from countermand.wire import times
from countermand.wire.http import Request, Response


class Record:
    """One request, and what is known of it so far."""

    def __init__(
        self, number: int, now_ns: int, request: Request, asked: Asked, plan: Plan
    ) -> None:
        self._number, self._now_ns = number, now_ns
        self._request, self._asked, self._plan = request, asked, plan
        self.signed = b""
        self.status: int | None = None

    def answered(self, response: Response) -> None:
        """Note what the client was told."""
        self.status = None if isinstance(response, Cut) else response.status

    def shown(self) -> Recorded:
        """Return it as it is told."""
        request, operation = self._request, self._asked.operation
        return Recorded(
            number=self._number,
            time=times.iso_ns(self._now_ns),
            venue=self._asked.venue,
            method=request.method,
            path=_text(request.path),
            query=masked_query(request.query),
            headers=tuple(masked_headers(request)),
            body=_text(request.body[:BODY_BYTES_MAX]),
            signed=_text(self.signed),
            verdict=self._plan.verdict,
            account=self._plan.owner,
            operation="" if operation is None else operation.value,
            status=self.status,
            faults=tuple(self._plan.struck),
        )


class Recorder:
    """The newest requests, as many as an operator keeps: none, to begin with."""

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self._records: deque[Record] = deque(maxlen=0)
        self._last = 0

    @property
    def is_on(self) -> bool:
        """Whether anything is recorded."""
        return bool(self._records.maxlen)

    def keep(self, most: int) -> None:
        """Keep this many from now on; of the present ones, the newest."""
        self._records = deque(self._records, maxlen=most)
        self.on_change()

    def kept(self) -> tuple[Recorded, ...]:
        """Return what is kept, in the order it came."""
        return tuple([record.shown() for record in self._records])

    def open(self, now_ns: int, request: Request, asked: Asked, plan: Plan) -> Record:
        """Record a request that came."""
        self._last += 1
        record = Record(self._last, now_ns, request, asked, plan)
        self._records.append(record)
        return record


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")
