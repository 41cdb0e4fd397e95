"""Tables: our words and this venue's, one to one."""

from countermand.vocabulary.order import Side
from countermand.wire.table import Table

SIDES = Table("side", ((Side.BUY, "buy"), (Side.SELL, "sell")))
