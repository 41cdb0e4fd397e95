"""
History table: the records of what is over, on the disk, in DIR/history.sqlite.

    groups       orders alike in account, instrument, side and status, and how many there are
    orders       one row a closed order; the index is by group, then by when it was placed
    fill_groups  fills of one account on one instrument
    fills        one row a fill, in the order they came about in
    meta         how far in the journal the records go, and whose journal it is

A list is a merge of groups that are each in order, so it costs what is read of it, however much
there is. The records follow from the journal: with this file nothing is lost but time to replay.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from pathlib import Path

from countermand.engine import database
from countermand.engine.history_rows import (
    APPLICATION_ID,
    FORMAT,
    SCHEMA,
    Batch,
    FillKey,
    OrderKey,
    decode_order,
    encode_fill,
    encode_order,
    order_key,
)
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import OrdStatus, Side
from countermand.vocabulary.queries import ListFills
from countermand.vocabulary.reports import OrderReport

# Rows of one INSERT: a statement lets go of the interpreter once, however many rows it has.
ROWS = 128

_ORDERS = "SELECT submit_ns, order_id, record FROM orders WHERE group_id = ? AND"
_ORDERS_ASCENDING = f"{_ORDERS} submit_ns BETWEEN ? AND ? ORDER BY submit_ns, order_id"
_ORDERS_DESCENDING = f"{_ORDERS} submit_ns BETWEEN ? AND ? ORDER BY submit_ns DESC, order_id DESC"

_FILLS_DONE = "group_id = ? AND ts_ns BETWEEN ? AND ? AND match_id <= ?"

# What SQLite can hold.
_INTEGER_MIN, _INTEGER_MAX = -(2**63), 2**63 - 1

# What a list is merged of: where a record stands in it, and the record.
OrderRow = tuple[int, int, bytes]
FillRow = tuple[int, bytes]


class NotTrusted(Exception):
    """The file is no history of this form; the text says what it is."""


class Table:
    """
    One connection to the tables, to read and to write; without a path they are in memory.

    What a write does is there for other connections once it has returned.
    """

    def __init__(self, path: Path | None) -> None:
        """
        Open the tables, making them where there is no file.

        Raises: NotTrusted; sqlite3.Error.
        """
        self._connection = _connect(path)
        try:
            self._prepare(is_file=path is not None)
            self._read_groups()
        except ValueError as error:
            self._connection.close()
            raise NotTrusted(f"it makes no sense: {error}") from None
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the connection; the last one leaves no log. Idempotent."""
        self._connection.close()

    def execute(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """Run a statement of the caller's own. Raises: sqlite3.Error."""
        return self._connection.execute(statement, values)

    def meta(self, name: str) -> int | bytes | None:
        """Return what is noted under a name, or None."""
        row = self.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def note(self, name: str, value: int | bytes) -> None:
        """Note something under a name."""
        self.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    @property
    def seq(self) -> int:
        """The entry up to which all records are there."""
        found = self.meta("seq")
        return found if isinstance(found, int) else 0

    def last_match(self) -> int:
        """Return the number of the last match whose fills are there, or 0."""
        found = self.execute("SELECT match_id FROM fills ORDER BY fill_id DESC LIMIT 1").fetchone()
        return found[0] if found else 0

    # Writing.

    def write(self, batches: Sequence[Batch], *, is_synced: bool = False) -> None:
        """
        Write batches and how far they go, all or none; with `is_synced` a power cut leaves them.

        Raises: sqlite3.Error.
        """
        if is_synced:
            # A commit that is synced takes all of the log before it along.
            self.execute("PRAGMA synchronous = FULL")
        try:
            self.execute("BEGIN IMMEDIATE")
            known_seq = self.seq
            for batch in batches:
                # A commit that failed may have been made all the same.
                if batch.seq > known_seq:
                    self._write(batch)
                for name, value in batch.notes.items():
                    self.note(name, value)
            self.note("seq", batches[-1].seq)
            self.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self.execute("ROLLBACK")
            raise
        finally:
            if is_synced:
                self.execute("PRAGMA synchronous = NORMAL")
        for batch in batches:
            self.learn(batch)

    def put(self, batch: Batch) -> None:
        """Write a part of what there is, in memory, where no start asks how far it goes."""
        self.execute("BEGIN")
        self._write(batch)
        self.execute("COMMIT")
        self.learn(batch)

    def _write(self, batch: Batch) -> None:
        batch.order_groups, batch.fill_groups = {}, {}
        counts = Counter(map(order_key, batch.orders.values()))
        for key, count in counts.items():
            batch.order_groups[key] = self._counted(key, count), count
        fill_counts = Counter((fill.account_id, fill.instrument_id) for fill in batch.fills)
        for fill_key, count in fill_counts.items():
            batch.fill_groups[fill_key] = self._fills_counted(fill_key, count), count
        order_groups, fill_groups = batch.order_groups, batch.fill_groups
        self._insert(
            "orders",
            4,
            (
                (order_id, order_groups[order_key(now)][0], now.submit_ns, encode_order(now))
                for order_id, now in batch.orders.items()
            ),
        )
        self._insert(
            "fills",
            7,
            (
                (
                    None,
                    fill_groups[fill.account_id, fill.instrument_id][0],
                    fill.ts_ns,
                    fill.match_id,
                    fill.order_id,
                    fill.cl_ord_id,
                    encode_fill(fill),
                )
                for fill in batch.fills
            ),
        )

    def _counted(self, key: OrderKey, count: int) -> int:
        # A group may be new in this transaction, and so is not looked for in what was learned.
        found = self.execute(
            "UPDATE groups SET n = n + ? WHERE account_id = ? AND instrument_id = ?"
            " AND side = ? AND ord_status = ? RETURNING group_id",
            (count, *key),
        ).fetchall()
        if found:
            return int(found[0][0])
        row = (*key, count)
        return int(
            self.execute("INSERT INTO groups VALUES (NULL, ?, ?, ?, ?, ?)", row).lastrowid or 0
        )

    def _fills_counted(self, key: FillKey, count: int) -> int:
        found = self.execute(
            "UPDATE fill_groups SET n = n + ? WHERE account_id = ? AND instrument_id = ?"
            " RETURNING group_id",
            (count, *key),
        ).fetchall()
        if found:
            return int(found[0][0])
        made = self.execute("INSERT INTO fill_groups VALUES (NULL, ?, ?, ?)", (*key, count))
        return int(made.lastrowid or 0)

    def _insert(self, table: str, width: int, rows: Iterable[tuple[object, ...]]) -> None:
        waiting = iter(rows)
        while values := list(chain.from_iterable(islice(waiting, ROWS))):
            self.execute(_insert_sql(table, width, len(values) // width), values)

    def learn(self, batch: Batch) -> None:
        """Count what is in a batch that is written, by this connection or another."""
        for key, (group_id, count) in batch.order_groups.items():
            groups = self.order_groups.setdefault(key[0], {})
            known = groups.get(key)
            groups[key] = group_id, count + (known[1] if known else 0)
        for fill_key, (group_id, count) in batch.fill_groups.items():
            fill_groups = self.fill_groups.setdefault(fill_key[0], {})
            known = fill_groups.get(fill_key)
            fill_groups[fill_key] = group_id, count + (known[1] if known else 0)

    # Reading.

    def begin(self) -> int:
        """Look at what is there now, and at nothing that comes, until `end`; return its `seq`."""
        self.execute("BEGIN")
        return self.seq

    def end(self) -> None:
        """Look at what comes again."""
        if self._connection.in_transaction:
            self.execute("COMMIT")

    def order(self, order_id: OrderId) -> OrderReport | None:
        """Return a closed order, or None."""
        found = self.execute("SELECT record FROM orders WHERE order_id = ?", (order_id,)).fetchone()
        return decode_order(found[0]) if found else None

    def count_placed(self, group_id: int, since_ns: int | None, until_ns: int | None) -> int:
        """Return how many orders of a group were placed in a time."""
        statement = "SELECT count(*) FROM orders WHERE group_id = ? AND submit_ns BETWEEN ? AND ?"
        return int(self.execute(statement, (group_id, *span(since_ns, until_ns))).fetchone()[0])

    def orders_of(
        self, group_id: int, since_ns: int | None, until_ns: int | None, *, ascending: bool
    ) -> Iterator[OrderRow]:
        """Yield (submit_ns, order_id, record) of a group, in this order or in the reverse one."""
        statement = _ORDERS_ASCENDING if ascending else _ORDERS_DESCENDING
        return self.execute(statement, (group_id, *span(since_ns, until_ns)))

    def count_done(self, group_id: int, query: ListFills) -> int:
        """Return how many fills of a group came about in a query's time."""
        statement = f"SELECT count(*) FROM fills WHERE {_FILLS_DONE}"  # noqa: S608 -- our own words
        return int(self.execute(statement, (group_id, *_bounds(query))).fetchone()[0])

    def fills_of(self, group_id: int, query: ListFills) -> Iterator[FillRow]:
        """Yield (fill_id, record) of a group in a query's time and order."""
        # Entries have times that advance, so what came later has the higher number.
        order = "ts_ns, fill_id" if query.ascending else "ts_ns DESC, fill_id DESC"
        statement = f"SELECT fill_id, record FROM fills WHERE {_FILLS_DONE} ORDER BY {order}"  # noqa: S608 -- as above
        return self.execute(statement, (group_id, *_bounds(query)))

    def fills_named(self, group_id: int, query: ListFills) -> Iterator[FillRow]:
        """Yield (fill_id, record) of the fills of a group under a query's client id, in order."""
        where = "group_id = ? AND cl_ord_id = ? AND cl_ord_id <> ''"
        return self.execute(_in_order(where, query), (group_id, query.cl_ord_id))

    def fills_of_order(self, query: ListFills) -> Iterator[FillRow]:
        """Yield (fill_id, record) of a query's order, in order."""
        return self.execute(_in_order("order_id = ?", query), (query.order_id,))

    def rows(self, table: str) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the record of each row of `orders` or `fills`, ascending."""
        return self.execute(f"SELECT rowid, record FROM {table} ORDER BY rowid")  # noqa: S608 -- our own word

    def copy_to(self, other: Table) -> None:
        """Make another table what this one is."""
        self._connection.backup(other._connection)
        other._read_groups()

    # Opening.

    def _prepare(self, *, is_file: bool) -> None:
        ((application_id,),) = self.execute("PRAGMA application_id")
        ((form,),) = self.execute("PRAGMA user_version")
        ((tables,),) = self.execute("SELECT count(*) FROM sqlite_master")
        if tables and (application_id, form) != (APPLICATION_ID, FORMAT):
            raise NotTrusted(f"it is of another form ({application_id:#x}, {form})")
        if is_file:
            self.execute("PRAGMA journal_mode = WAL")
            self.execute("PRAGMA synchronous = NORMAL")
            self.execute(f"PRAGMA journal_size_limit = {database.WAL_BYTES_MAX}")
        if not tables:
            self.execute("BEGIN IMMEDIATE")
            for statement in SCHEMA:
                self.execute(statement)
            self.execute("COMMIT")

    def _read_groups(self) -> None:
        # By account: a question names those it is about.
        self.order_groups: dict[int, dict[OrderKey, tuple[int, int]]] = {}
        self.fill_groups: dict[int, dict[FillKey, tuple[int, int]]] = {}
        for group_id, *row, count in self.execute("SELECT * FROM groups"):
            account_id, instrument_id, side, status = row
            key = account_id, instrument_id, Side(side), OrdStatus(status)
            self.order_groups.setdefault(account_id, {})[key] = group_id, count
        for group_id, account_id, instrument_id, count in self.execute("SELECT * FROM fill_groups"):
            fill_groups = self.fill_groups.setdefault(account_id, {})
            fill_groups[account_id, instrument_id] = group_id, count


def _connect(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        return database.connect(path)
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


def span(since_ns: int | None, until_ns: int | None) -> tuple[int, int]:
    """Return bounds of time as SQLite can hold them."""
    since = _INTEGER_MIN if since_ns is None else max(_INTEGER_MIN, since_ns)
    return since, _INTEGER_MAX if until_ns is None else min(_INTEGER_MAX, until_ns)


def _bounds(query: ListFills) -> tuple[int, int, int]:
    last = query.until_match_id
    until = _INTEGER_MAX if last is None else max(_INTEGER_MIN, min(_INTEGER_MAX, last))
    return *span(query.since_ns, query.until_ns), until


def _in_order(where: str, query: ListFills) -> str:
    # What is spliced in is our own words; every value is bound.
    direction = "" if query.ascending else " DESC"
    return f"SELECT fill_id, record FROM fills WHERE {where} ORDER BY fill_id{direction}"  # noqa: S608 -- see above


@cache
def _insert_sql(table: str, width: int, rows: int) -> str:
    # What is spliced in is our own words and question marks; every value is bound.
    row = f"({', '.join('?' * width)})"
    return f"INSERT INTO {table} VALUES {', '.join([row] * rows)}"  # noqa: S608 -- see above
