"""
History: the records of an exchange, in a table on the disk and, before they are there, in memory.

What was handed over and is not written yet is looked at one by one; it is a few hundred records,
unless the disk refuses them, or a command has just ended very many. The rest is read from the
table, each list as far as it is asked for.
"""

from __future__ import annotations

import logging
import operator
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from heapq import merge
from itertools import chain, dropwhile, islice
from pathlib import Path

import msgspec

from countermand.core.history import is_asked_for, is_wanted, listed
from countermand.engine.history_places import place_of
from countermand.engine.history_rows import Batch, OrderKey, decode_fill, decode_order
from countermand.engine.history_table import FillRow, NotTrusted, OrderRow, Table
from countermand.engine.history_writer import HistoryWriter
from countermand.engine.intake import IntakeStopped
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.queries import ListFills, ListOrders
from countermand.vocabulary.reports import Fill, OrderReport

log = logging.getLogger(__name__)

FILE_NAME = "history.sqlite"

# Records that are written at once, to the disk and in memory. An exchange in memory has no table
# before it has more than so many: most are of a test, and are over soon.
BATCH, BATCH_IN_MEMORY, NO_TABLE_MAX = 256, 64, 512

# What is written at once of many records in memory, orders and fills, while the loop waits.
PART_IN_MEMORY = 500

# Batches that a replay may be ahead of the disk.
BATCHES_AHEAD_MAX = 64

# Under which name it is noted that the file turned out damaged.
DAMAGED = "damaged"

# What a table that cannot be read is met by, and which of SQLite's codes say that it is damaged.
READ_ERRORS = (sqlite3.Error, msgspec.DecodeError)
DAMAGES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


class HistoryUnreadable(IntakeStopped):
    """The files of what is over cannot be read, so the question is not answered."""


class Archive:
    """
    The history of one exchange, in a data directory, or in memory where there is none.

    All but `wait` is called by one thread at a time; the table is written by another one.
    """

    def __init__(self, directory: Path | None = None) -> None:
        """
        Open the history of a directory, making it where there is none.

        Raises: NotTrusted; sqlite3.Error; Unreadable.
        """
        self._writer: HistoryWriter | None = None
        self._table: Table | None = None
        # Whether there was no file to go on with.
        self.is_new = directory is None or not (directory / FILE_NAME).exists()
        if directory is not None:
            self._open_file(directory / FILE_NAME)
        self._taken = self._table.seq if self._table else 0
        self._may_straddle = self._taken > 0
        # What may not be in the table yet; the last one is still being filled.
        self._pending = deque([Batch(self._taken)])
        self._readers = 0

    def _open_file(self, path: Path) -> None:
        self._table = Table(path)
        try:
            if self._table.meta(DAMAGED):
                raise NotTrusted("it was found damaged")  # noqa: TRY301 -- closed like any other
            self._writer = HistoryWriter(Table(path))
        except BaseException:
            self._table.close()
            raise

    @property
    def seq(self) -> int:
        """The entry up to which all records are written; in memory, up to which they are here."""
        return self._taken if self._writer is None else self._writer.written

    @property
    def synced(self) -> int:
        """The entry up to which a power cut leaves all records."""
        return self._taken if self._writer is None else self._writer.synced

    def note(self, notes: dict[str, int | bytes]) -> None:
        """Have something noted with what is written next."""
        self._pending[-1].notes |= notes

    def meta(self, name: str) -> int | bytes | None:
        """Return what was noted under a name when it was opened, or None."""
        return None if self._table is None else self._table.meta(name)

    # What the exchange hands over.

    def add(self, seq: int, ended: Sequence[OrderReport], fills: Sequence[Fill]) -> None:
        """
        Take the records of the entries up to `seq`; those that were taken before are passed over.
        """
        if seq <= self._taken:
            return
        if self._may_straddle:
            ended, fills = self._without_known(ended, fills)
        batch = self._pending[-1]
        batch.seq = self._taken = seq
        orders = batch.orders
        for now in ended:
            orders[now.order_id] = now
        batch.fills += fills
        if len(orders) + len(batch.fills) >= self._batch_max:
            self._hand_over()

    @property
    def _batch_max(self) -> int:
        if self._writer is not None:
            return BATCH
        return NO_TABLE_MAX if self._table is None else BATCH_IN_MEMORY

    def _without_known(
        self, ended: Sequence[OrderReport], fills: Sequence[Fill]
    ) -> tuple[Sequence[OrderReport], Sequence[Fill]]:
        # The first records after a crash may begin with some that were written before it.
        self._may_straddle = False
        if self._table is None:
            return ended, fills
        last_match, known = self._table.last_match(), self._table.order
        return (
            [now for now in ended if known(now.order_id) is None],
            [fill for fill in fills if fill.match_id > last_match],
        )

    def _hand_over(self, *, is_synced: bool = False) -> None:
        batch = self._pending[-1]
        if self._writer is None:
            self._table = self._table or Table(None)
            self._table.put(batch.part(PART_IN_MEMORY))
            return
        if is_synced:
            self._writer.sync(batch)
        else:
            self._writer.put(batch)
        self._pending.append(Batch(batch.seq))
        if not self._readers:
            self._retire(self._writer.written)

    def _retire(self, written: int) -> None:
        # What is written is in the table and is not looked for here any more.
        pending, table = self._pending, self._table
        while table is not None and len(pending) > 1 and pending[0].seq <= written:
            table.learn(pending.popleft())

    def sync(self, seq: int, notes: dict[str, int | bytes] | None = None) -> None:
        """
        Have all written and synced soon; there are no more records of the entries up to `seq`.
        """
        batch = self._pending[-1]
        batch.seq = self._taken = max(seq, self._taken)
        self.note(notes or {})
        if self._writer is not None:
            self._hand_over(is_synced=True)

    def catch_up(self) -> bool:
        """
        Write a part of what many records are left, in memory; return whether there is more.

        On the disk another thread does it all.
        """
        last = self._pending[-1]
        if self._writer is None and len(last) >= self._batch_max:
            self._hand_over()
        return self._writer is None and len(last) >= self._batch_max

    def wait(self, batches_max: int = 0) -> bool:
        """
        Wait until no more than so many batches are unwritten, or with none, all is synced.

        Returns whether that is so: a write that fails is not waited for. Any thread may wait for a
        disk.
        """
        while self.catch_up():
            pass
        return self._writer is None or self._writer.wait(batches_max)

    def close(self) -> None:
        """Write what can be written, and close the files. Idempotent."""
        last = self._pending[-1]
        if self._writer is not None:
            if last or last.notes or last.seq > self._writer.written:
                self._hand_over()
            self._writer.close()
        if self._table is not None:
            self._table.close()

    def copy(self) -> Archive:
        """Return a history in memory of its own, as this one in memory is now."""
        other = Archive()
        other._taken = self._taken
        last = self._pending[-1]
        other._pending = deque([Batch(last.seq, dict(last.orders), list(last.fills))])
        if self._table is not None:
            other._table = Table(None)
            self._table.copy_to(other._table)
        return other

    # What queries ask.

    def order(self, order_id: OrderId) -> OrderReport | None:
        """Return a closed order as it ended, or None."""
        for batch in self._pending:
            if (now := batch.orders.get(order_id)) is not None:
                return now
        # What has left memory is in the table, so one look at each is enough.
        try:
            return None if self._table is None else self._table.order(order_id)
        except READ_ERRORS as error:
            raise self._unreadable(error) from error

    def count(self, query: ListOrders) -> int:
        """Return how many closed orders a query asks for, on all its pages."""
        if query.since_ns is None and query.until_ns is None:
            written = sum(count for _, count in self._order_groups(query))
            return written + sum(1 for _ in self._fresh_orders(query))
        with self._read() as table:
            span = query.since_ns, query.until_ns
            groups = [group_id for group_id, _ in self._order_groups(query)]
            written = sum(table.count_placed(at, *span) for at in groups) if table else 0
            return written + sum(1 for _ in self._fresh_orders(query))

    def orders(self, query: ListOrders, passed: int = 0) -> Iterator[OrderReport]:
        """
        Yield the closed orders a query asks for in order, without the first `passed`.

        No record is read further than is asked, nor one of those that are passed over.
        """
        is_descending = not query.ascending
        with self._read() as table:
            fresh: list[tuple[int, int, OrderReport | bytes]] = [
                (now.submit_ns, now.order_id, now) for now in self._fresh_orders(query)
            ]
            # No two have the same id, so no report is ever compared.
            fresh.sort(key=_place, reverse=is_descending)
            # As many as these are at most among the first.
            skipped = max(0, passed - len(fresh))
            written = self._order_rows(table, query, skipped) if table else ()
            rows = merge(fresh, *written, key=_place, reverse=is_descending)
            for _, _, found in islice(rows, passed - skipped, None):
                yield found if isinstance(found, OrderReport) else decode_order(found)

    def _order_rows(
        self, table: Table, query: ListOrders, skipped: int
    ) -> list[Iterator[OrderRow]]:
        # Of each group the rows that come after the first so many of all.
        groups = [group_id for group_id, _ in self._order_groups(query)]
        span, ascending = (query.since_ns, query.until_ns), query.ascending
        if not skipped:
            return [table.orders_of(at, *span, ascending=ascending) for at in groups]
        first = place_of(table, groups, query, skipped)
        if first is None:
            return []
        span = (first[0], query.until_ns) if ascending else (query.since_ns, first[0])
        each = [table.orders_of(at, *span, ascending=ascending) for at in groups]
        is_before = operator.lt if ascending else operator.gt
        return [dropwhile(lambda row: is_before(row[:2], first), rows) for rows in each]

    def fills(self, query: ListFills) -> Iterator[Fill]:
        """Yield the fills a query asks for in order, reading no further than is asked."""
        with self._read() as table:
            rows = merge(*self._fill_rows(table, query), reverse=not query.ascending)
            written = (decode_fill(record) for _, record in rows)
            fresh = self._fresh_fills()
            if query.ascending:
                yield from listed(chain(written, fresh), query)
            else:
                yield from listed(chain(reversed([*fresh]), written), query)

    def count_fills(self, query: ListFills) -> int:
        """Return how many fills a query asks for, on all its pages."""
        if query.order_id is not None or query.cl_ord_id is not None:
            return sum(1 for _ in self.fills(query))
        bounds = (query.since_ns, query.until_ns, query.until_match_id)
        with self._read() as table:
            groups = self._fill_groups(query)
            if bounds == (None, None, None):
                written = sum(count for _, count in groups)
            else:
                written = sum(table.count_done(at, query) for at, _ in groups) if table else 0
            return written + sum(is_wanted(fill, query) for fill in self._fresh_fills())

    def _fresh_fills(self) -> Iterator[Fill]:
        return (fill for batch in self._pending for fill in batch.fills)

    def _fill_rows(self, table: Table | None, query: ListFills) -> list[Iterator[FillRow]]:
        if table is None:
            return []
        if query.order_id is not None:
            return [table.fills_of_order(query)]
        named = table.fills_named if query.cl_ord_id else table.fills_of
        return [named(group_id, query) for group_id, _ in self._fill_groups(query)]

    def _fill_groups(self, query: ListFills) -> Iterator[tuple[int, int]]:
        for account_id in dict.fromkeys(query.account_ids):
            groups = self._table.fill_groups.get(account_id, {}) if self._table else {}
            yield from (at for key, at in groups.items() if _is_among(key[1], query))

    def _order_groups(self, query: ListOrders) -> Iterator[tuple[int, int]]:
        for account_id in dict.fromkeys(query.account_ids):
            groups = self._table.order_groups.get(account_id, {}) if self._table else {}
            for key, (group_id, count) in groups.items():
                if _is_group_asked_for(key, query):
                    yield group_id, count

    def _fresh_orders(self, query: ListOrders) -> Iterator[OrderReport]:
        for batch in self._pending:
            for now in batch.orders.values():
                if now.account_id in query.account_ids and is_asked_for(now, query):
                    yield now

    @contextmanager
    def _read(self) -> Iterator[Table | None]:
        """
        Look at the table as it is now, while the other thread writes.

        What it has by then is no longer looked for in memory, so nothing is found twice.
        Raises: HistoryUnreadable.
        """
        table = self._table
        is_first = self._writer is not None and not self._readers
        self._readers += 1
        try:
            if table is not None and is_first:
                self._retire(table.begin())
            yield table
        except READ_ERRORS as error:
            raise self._unreadable(error) from error
        finally:
            self._readers -= 1
            if table is not None and is_first:
                table.end()

    def _unreadable(self, error: Exception) -> HistoryUnreadable:
        # The disk may have its moments; what is damaged stays so until the next start.
        code = getattr(error, "sqlite_errorcode", None)
        notes, extra = self._pending[-1].notes, {"reason": str(error)}
        is_damage = isinstance(error, msgspec.DecodeError) or (code or 0) & 0xFF in DAMAGES
        if not is_damage:
            log.warning("the history cannot be read", extra=extra)
        elif DAMAGED not in notes:
            notes[DAMAGED] = 1
            log.error("the history is damaged: the next start makes it anew", extra=extra)
        return HistoryUnreadable("the exchange cannot read its history")


def _place(row: tuple[int, int, object]) -> tuple[int, int]:
    return row[0], row[1]


def _is_among(instrument_id: int, query: ListFills) -> bool:
    return query.instrument_ids is None or instrument_id in query.instrument_ids


def _is_group_asked_for(key: OrderKey, query: ListOrders) -> bool:
    _, instrument_id, side, ord_status = key
    return (
        (query.side is None or side is query.side)
        and (query.instrument_ids is None or instrument_id in query.instrument_ids)
        and (query.ord_statuses is None or ord_status in query.ord_statuses)
    )
