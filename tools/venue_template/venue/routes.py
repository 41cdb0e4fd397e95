"""Routes: what this venue answers, and where each row is written down; `_row` makes one."""

from countermand.wire.route import Route, Routes, rows_at

_row = rows_at("/v1", "Acme REST reference: ")

_ORDERS: tuple[Route, ...] = ()

ROUTES = Routes(_ORDERS)
