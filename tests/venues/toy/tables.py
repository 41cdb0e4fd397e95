"""Tables: our words and the toy's, one to one."""

from countermand.vocabulary.order import OrdStatus, Side
from countermand.vocabulary.reasons import CancelReason
from countermand.wire.table import Table

SIDES = Table("side", tuple((word, word.name.lower()) for word in Side))
STATUSES = Table("status", tuple((word, word.name.lower()) for word in OrdStatus))
REASONS = Table("reason", tuple((word, word.name.lower()) for word in CancelReason))
