"""
History cut: a history whose journal was repaired, and ends earlier now, gives up what came after.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from countermand.engine.history import FILE_NAME
from countermand.engine.history_rows import decode_order
from countermand.engine.history_start import PROOF_SEQ, set_aside
from countermand.engine.history_table import NotTrusted, Table


def cut(directory: Path, head: int, ends_at_ns: int) -> None:
    """
    Drop the records of entries after `head`, which happened after `ends_at_ns`.

    A history that cannot be read is set aside.
    """
    path = directory / FILE_NAME
    if not path.exists():
        return
    try:
        with closing(Table(path)) as table:
            if table.seq > head:
                _cut(table, head, ends_at_ns)
    except (NotTrusted, sqlite3.Error, msgspec.DecodeError) as error:
        set_aside(directory, str(error))


def _cut(table: Table, head: int, ends_at_ns: int) -> None:
    gone = [
        (order_id,)
        for order_id, record in table.rows("orders")
        if decode_order(record).transact_ns > ends_at_ns
    ]
    table.execute("BEGIN IMMEDIATE")
    for row in gone:
        table.execute("DELETE FROM orders WHERE order_id = ?", row)
    table.execute("DELETE FROM fills WHERE ts_ns > ?", (ends_at_ns,))
    table.execute(
        "UPDATE groups SET n = (SELECT count(*) FROM orders WHERE group_id = groups.group_id)"
    )
    table.execute(
        "UPDATE fill_groups SET n ="
        " (SELECT count(*) FROM fills WHERE group_id = fill_groups.group_id)"
    )
    # What proved whose it is may have been of a record that is gone.
    table.execute("DELETE FROM meta WHERE name = ?", (PROOF_SEQ,))
    table.note("seq", head)
    table.execute("COMMIT")
