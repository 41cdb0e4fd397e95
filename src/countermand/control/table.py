"""The table: every act of an operator, in the order it is told of."""

from __future__ import annotations

from countermand.control import (
    accounts,
    clock,
    delays,
    faults,
    funds,
    generations,
    instruments,
    journal,
    keys,
    orders,
    prices,
    requests,
    server,
)
from countermand.control.row import ControlRow

ROWS: tuple[ControlRow, ...] = (
    *server.ROWS,
    *accounts.ROWS,
    *funds.ROWS,
    *keys.ROWS,
    *instruments.ROWS,
    *prices.ROWS,
    *orders.ROWS,
    *delays.ROWS,
    *clock.ROWS,
    *generations.ROWS,
    *journal.ROWS,
    *faults.ROWS,
    *requests.ROWS,
)

BY_NAME = {row.name: row for row in ROWS}
