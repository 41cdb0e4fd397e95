"""The table: every act of an operator, in the order it is told of."""

from __future__ import annotations

from countermand.control import (
    accounts,
    cancels,
    clock,
    delays,
    faults,
    fills,
    funds,
    generations,
    instruments,
    journal,
    keys,
    listing,
    orders,
    prices,
    requests,
    resetting,
    server,
    states,
)
from countermand.control.row import ControlRow

ROWS: tuple[ControlRow, ...] = (
    *server.ROWS,
    *accounts.ROWS,
    *funds.ROWS,
    *resetting.ROWS,
    *keys.ROWS,
    *listing.ROWS,
    *instruments.ROWS,
    *states.ROWS,
    *prices.ROWS,
    *orders.ROWS,
    *cancels.ROWS,
    *fills.ROWS,
    *delays.ROWS,
    *clock.ROWS,
    *generations.ROWS,
    *journal.ROWS,
    *faults.ROWS,
    *requests.ROWS,
)

BY_NAME = {row.name: row for row in ROWS}
