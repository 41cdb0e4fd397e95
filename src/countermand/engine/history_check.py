"""
History check: a history compared, row by row, with what its journal brings about.

It is read only, beside a server that writes it. What the journal cannot bring about any more, since
its entries were dropped, is taken as it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from countermand.core.history import Dropped
from countermand.engine.errors import Unreadable
from countermand.engine.history import FILE_NAME
from countermand.engine.history_rows import (
    decode_fill,
    encode_fill,
    encode_order,
    order_key,
)
from countermand.engine.peek import open_tables
from countermand.vocabulary.order import OrdStatus, Side
from countermand.vocabulary.reports import Fill, OrderReport

# What a table that is not what it should be is met by.
_ERRORS = (sqlite3.Error, ValueError, TypeError)


_EVER = -(2**63)


class Differs(Exception):
    """The history is not what the journal brings about; the text says where."""


class Compared(Dropped):
    """
    A history that keeps nothing, and compares what it is handed with a table.

    `seq` is how far the table goes: an exchange is to settle there, and what comes later is not
    looked at.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._orders = self._fills = self._total = 0
        self._began_ns = 0
        self._difference = ""
        self._unread: Iterator[tuple[int, bytes]] | None = None
        self.seq = self._one("SELECT value FROM meta WHERE name = 'seq'")
        self._groups = {
            group_id: (account_id, instrument_id, Side(side), OrdStatus(status))
            for group_id, account_id, instrument_id, side, status, _ in self._rows(
                "SELECT * FROM groups"
            )
        }

    def begin(self, ts_ns: int) -> None:
        """Compare what happened after a time: an exchange begins at its snapshot."""
        self._began_ns = ts_ns
        statement = "SELECT fill_id, record FROM fills WHERE ts_ns > ? ORDER BY fill_id"
        try:
            self._unread = self._rows(statement, ts_ns or _EVER)
        except _ERRORS as error:
            self._difference = f"it cannot be read: {error}"

    def add(self, seq: int, ended: Sequence[OrderReport], fills: Sequence[Fill]) -> None:
        """Compare records with the rows there are, until one differs."""
        if seq > self.seq or self._difference:
            return
        try:
            for now in ended:
                self._look_for(now)
            for fill in fills:
                self._look_at_next(fill)
        except Differs as error:
            self._difference = str(error)
        except _ERRORS as error:
            self._difference = f"it cannot be read: {error}"

    def outcome(self) -> str:
        """Return what was compared. Raises: Differs."""
        try:
            self._end()
        except _ERRORS as error:
            raise Differs(f"it cannot be read: {error}") from None
        compared = f"{self._orders} orders, {self._fills} fills, up to record {self.seq}"
        before = self._total - self._orders
        return f"{compared}; {before} orders ended before what is replayed" if before else compared

    def _end(self) -> None:
        if self._difference:
            raise Differs(self._difference)
        if (unread := next(self._unread or iter(()), None)) is not None:
            match_id = decode_fill(unread[1]).match_id
            raise Differs(f"a fill of match {match_id} is not what the journal brings about")
        self._total = self._one("SELECT count(*) FROM orders")
        if not self._began_ns and self._total != self._orders:
            raise Differs(f"it has {self._total} orders, and the journal ends {self._orders}")
        self._check_counts("orders", "groups")
        self._check_counts("fills", "fill_groups")

    def _check_counts(self, rows: str, groups: str) -> None:
        having = f"(SELECT count(*) FROM {rows} WHERE group_id = {groups}.group_id)"  # noqa: S608 -- our own words
        for group_id, count, found in self._rows(f"SELECT group_id, n, {having} FROM {groups}"):  # noqa: S608 -- as above
            if count != found:
                raise Differs(f"it counts {count} {rows} of group {group_id}, and has {found}")

    def _look_for(self, now: OrderReport) -> None:
        statement = "SELECT group_id, submit_ns, record FROM orders WHERE order_id = ?"
        row = next(self._rows(statement, now.order_id), None)
        if row is None:
            raise Differs(f"order {now.order_id} is missing")
        group_id, submit_ns, record = row
        told = (self._groups.get(group_id), submit_ns, record)
        if told != (order_key(now), now.submit_ns, encode_order(now)):
            raise Differs(f"order {now.order_id} is not as it ended")
        self._orders += 1

    def _look_at_next(self, fill: Fill) -> None:
        _, record = next(self._unread or iter(()), (0, b""))
        if record != encode_fill(fill):
            raise Differs(f"a fill of match {fill.match_id} is missing or is another")
        self._fills += 1

    def _one(self, statement: str) -> int:
        [(value,)] = self._rows(statement)
        return int(value)

    def _rows(self, statement: str, *values: object) -> sqlite3.Cursor:
        return self._connection.execute(statement, values)


@contextmanager
def compared(directory: Path) -> Iterator[Compared | str | None]:
    """
    Open a directory's history to compare it; nothing where there is none, else why it cannot be.

    It is to be opened before the journal, which it is never ahead of.
    """
    path = directory / FILE_NAME
    if directory.is_file() or not path.is_file():
        yield None
        return
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(open_tables(path))
        except Unreadable as error:
            yield str(error)
            return
        yield _made(connection)


def _made(connection: sqlite3.Connection) -> Compared | str:
    try:
        ((result,),) = connection.execute("PRAGMA quick_check(1)")
        return Compared(connection) if result == "ok" else f"it is damaged: {result}"
    except _ERRORS as error:
        return f"it cannot be read: {error}"
