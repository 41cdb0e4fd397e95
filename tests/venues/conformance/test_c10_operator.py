"""C10: what an operator asks of a venue: a new key, and which order a text names."""

from __future__ import annotations

import pytest
from tests.venues.conformance.trader import Trader
from tests.venues.desk import START_NS, Desk

from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import GetOrder
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request
from countermand.wire.operation import Access
from countermand.wire.venue import FRESH_BYTES


def key_of(desk: Desk, signed: Request, keys: object) -> str:
    """Return the key that signed a request."""
    try:
        return desk.venue.auth.verify(signed, keys, desk.settings, START_NS).key
    except Unauthorized as error:
        why = error.text
    pytest.fail(f"{desk.venue.name}: verify refuses a fresh key ({why}); see auth.py")


def test_c10_a_fresh_key_opens_everything_of_its_owner(desk: Desk) -> None:
    """The fresh key's signature proves its owner; other random bytes make another key."""
    auth, account = desk.venue.auth, desk.accounts("alice")[0]
    made = [
        auth.credential("alice", auth.fresh("alice", account, chance, START_NS))
        for chance in (bytes(range(FRESH_BYTES)), bytes(reversed(range(FRESH_BYTES))))
    ]

    class Both:
        def find(self, key: str) -> object:
            return next((held for held in made if held.key == key), None)

        def __iter__(self) -> object:
            return iter(made)

    for held in made:
        signed = auth.sign(Request("GET", b"/api/x"), held, START_NS)
        assert held.key == key_of(desk, signed, Both())
        assert {Access.VIEW, Access.TRADE} == set(held.access)
    assert auth.publish(made[0], [account]) != auth.publish(made[1], [account])


def test_c10_an_order_is_found_by_what_it_is_called(alice: Trader) -> None:
    """An order is found by its id, or where the venue gives none by its client's name."""
    venue, placed = alice.desk.venue, alice.place("one", Side.BUY, 1000)
    text = venue.order_text(placed)
    order_id = venue.parse_order(text)
    found = alice.desk.engine.view(
        GetOrder(alice.account_id, order_id or OrderId(0), "" if order_id else text)
    )

    assert placed.order_id == found.order_id
    assert venue.parse_order("no such order") is None
