"""
History rows: how records lie in the tables of `history_table.py`, and by what they are grouped.
"""

from __future__ import annotations

from itertools import islice

import msgspec
from msgspec import Struct, field

from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import OrdStatus, Side
from countermand.vocabulary.reports import Fill, OrderReport

# What the file says it is: of ours, and in which form its records are.
APPLICATION_ID, FORMAT = 0x434D4849, 1

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE groups (
    group_id INTEGER PRIMARY KEY, account_id INTEGER, instrument_id INTEGER, side INTEGER,
    ord_status INTEGER, n INTEGER
);
CREATE TABLE orders (
    order_id INTEGER PRIMARY KEY, group_id INTEGER, submit_ns INTEGER, record BLOB
);
CREATE INDEX orders_placed ON orders (group_id, submit_ns);
CREATE TABLE fill_groups (
    group_id INTEGER PRIMARY KEY, account_id INTEGER, instrument_id INTEGER, n INTEGER
);
CREATE TABLE fills (
    fill_id INTEGER PRIMARY KEY, group_id INTEGER, ts_ns INTEGER, match_id INTEGER,
    order_id INTEGER, cl_ord_id TEXT, record BLOB
);
CREATE INDEX fills_done ON fills (group_id, ts_ns);
CREATE INDEX fills_of_order ON fills (order_id);
CREATE INDEX fills_named ON fills (group_id, cl_ord_id) WHERE cl_ord_id <> '';
INSERT INTO meta VALUES ('seq', 0)
"""

SCHEMA = (
    *_TABLES.split(";"),
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {FORMAT}",
)

# What orders are grouped by: account, instrument, side, status.
OrderKey = tuple[int, int, Side, OrdStatus]

# What fills are grouped by: account, instrument.
FillKey = tuple[int, int]

# As in a snapshot: amounts can have more than 64 bits, which MessagePack has no room for.
encode_order = encode_fill = msgspec.json.Encoder().encode
decode_order = msgspec.json.Decoder(OrderReport).decode
decode_fill = msgspec.json.Decoder(Fill).decode


class Batch(Struct):
    """
    Records that are written as one, with all before them: those of the entries up to `seq`.

    `notes` are kept beside them. `order_groups` and `fill_groups` tell, once it is written, the
    groups they went to, with how many of each.
    """

    seq: int = 0
    orders: dict[OrderId, OrderReport] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    notes: dict[str, int | bytes] = field(default_factory=dict)
    order_groups: dict[OrderKey, tuple[int, int]] = field(default_factory=dict)
    fill_groups: dict[FillKey, tuple[int, int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.orders) + len(self.fills)

    def part(self, most: int) -> Batch:
        """Take the first so many orders and fills out of it."""
        orders = dict(islice(self.orders.items(), most))
        for order_id in orders:
            del self.orders[order_id]
        fills, self.fills = self.fills[:most], self.fills[most:]
        return Batch(self.seq, orders, fills)


def order_key(now: OrderReport) -> OrderKey:
    """Return the group of an order."""
    return now.account_id, now.instrument_id, now.terms.side, now.ord_status
