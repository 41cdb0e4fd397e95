"""Own: which intents, and which orders, of a ledger are those of a session."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from countermand.client.people import id_text, own_name
from countermand.client.records import ABOUT, Intent
from countermand.client.session import Session
from countermand.vocabulary.reports import OrderReport

# The verbs that bring an order, and their outcomes when they brought none.
_BRINGS = ("place", "replace")
_BROUGHT_NONE = ("Refused", "NotSent", "NotFound")


def is_own(session: Session, intent: Intent) -> bool:
    """Whether an intent was for this venue, at this host, in this account."""
    wanted = intent.wanted
    # Accounts of several users can have one name.
    where = session.venue.name, session.host, session.account_mark
    return where == (wanted.get("venue"), wanted.get("host"), wanted.get("account_mark"))


class Names(Struct, frozen=True):
    """
    The names of the orders that clients of a ledger placed.

    Shape:  `texts` the venue's texts and their owner's names, `ids` what a venue told before it
            placed one, as codecs have it.
    """

    texts: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    def has(self, session: Session, report: OrderReport) -> bool:
        """Whether an order is one of them."""
        called = {id_text(session, report), own_name(report), report.cl_ord_id} - {""}
        return bool(called & self.texts) or str(report.order_id) in self.ids


NO_NAMES = Names()


def names_of(session: Session, intents: Iterable[Intent]) -> Names:
    """Return what a session's orders are called, by what is written of them."""
    texts: set[str] = set()
    ids: set[str] = set()
    for intent in intents:
        told = intent.outcome or {}
        is_brought = told.get("outcome") not in _BROUGHT_NONE
        if intent.wanted.get("verb") in _BRINGS and is_brought and is_own(session, intent):
            about = intent.last(ABOUT) or {}
            texts |= {intent.wanted.get("cl_ord_id", ""), about.get("cl_ord_id", "")}
            texts |= {told.get("order_id", ""), intent.wanted.get("order", "")}
            ids.add(about.get("order_id", ""))
    return Names(frozenset(texts - {""}), frozenset(ids - {"", "0"}))
