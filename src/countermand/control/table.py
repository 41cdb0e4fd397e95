"""The table: every act of an operator, in the order it is told of."""

from __future__ import annotations

from countermand.control import accounts, faults, funds
from countermand.control.row import ControlRow

ROWS: tuple[ControlRow, ...] = (
    *accounts.ROWS,
    *funds.ROWS,
    *faults.ROWS,
)

BY_NAME = {row.name: row for row in ROWS}
