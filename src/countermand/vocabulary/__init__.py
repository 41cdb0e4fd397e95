"""The words both ends of the wire speak: ids, amounts, orders, commands, events, reports."""
