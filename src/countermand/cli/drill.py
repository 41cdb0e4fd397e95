"""
A drill: a real kill on the exchange that runs here, of orders that were placed for it.

It keeps a ledger of its own, so that no client is blocked and no other order is canceled. The
exchange itself is asked at the end whether one of them is open.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from countermand import announce
from countermand.cli import printed, where
from countermand.cli.exits import Code, Stop, worst
from countermand.cli.firing import Kill
from countermand.cli.kill import printed_report, shown_fire
from countermand.cli.places import Place, everywhere
from countermand.client.errors import Unanswered
from countermand.control.client import Control
from countermand.control.row import ControlError
from countermand.wire.errors import NotExpressible, WireError

if TYPE_CHECKING:
    from countermand.client.synchronous import Client

# The drill's prices, as a part of the best bid.
_FAR = Decimal("0.9")
# A venue may want more than its least quantity; these multiples of it are tried.
_TIMES = (1, 10, 100, 1000, 10_000)


def drill(kill: Kill, orders: int, user: str, port: int | None, *, is_json: bool) -> Code:
    """Place orders at each venue of the exchange here, kill them, and ask it what is open."""
    server = _server(port)
    with tempfile.TemporaryDirectory(prefix="countermand-drill-") as folder:
        ledger = Path(folder, "ledger.sqlite")
        users = {venue: next(iter(told["accounts"]), "") for venue, told in server.venues.items()}
        places = [
            place._replace(user=user or users[place.venue])
            for place in everywhere(
                kill.venues, user=user or _first(users), port=server.port, ledger=ledger
            )
        ]
        placed: dict[str, list[str]] = {place.venue: [] for place in places}
        for place in places:
            # What was placed is killed, also where no more can be.
            with suppress(Stop, WireError, Unanswered):
                _place(place, orders, placed[place.venue])
        report = shown_fire(places, kill._replace(mine=True))
    left = {venue: _open(server.control, venue, told) for venue, told in placed.items()}
    counted = {venue: len(told) for venue, told in placed.items()}
    code = printed_report(report, is_json=is_json, end="", placed=counted, still_open=left)
    if not is_json:
        printed.line(f"placed for it: {sum(counted.values())}; the exchange has open of them: "
                     f"{sum(map(len, left.values()))}")  # fmt: skip
    short = any(count < orders for count in counted.values())
    return worst((code, Code.UNKNOWN if any(left.values()) or short else Code.DONE))


def _server(port: int | None) -> announce.Announcement:
    servers = where.servers(port)
    if not servers:
        raise Stop(Code.NOT_SENT, "a drill needs an exchange that runs here: countermand serve")
    printed.notice(where.which(servers))
    return servers[0]


def _first(users: dict[str, str]) -> str:
    return next(iter(users.values()))


def _place(place: Place, orders: int, placed: list[str]) -> None:
    with place.asked().client() as client:
        words = _words(client)
        if words is not None:
            placed.extend(client.place(*words).order_id for _ in range(orders))


def _words(client: Client) -> tuple[str, str, Decimal, Decimal] | None:
    # An order that rests, of as little as the venue takes; it is canceled with the others.
    for market in client.instruments():
        bids = client.book(market.symbol).bids
        if not bids:
            continue
        price = bids[0][0] * _FAR // market.tick_size * market.tick_size
        for times in _TIMES:
            words = market.symbol, "buy", market.min_qty * times, max(price, market.tick_size)
            if _is_taken(client, words):
                return words
    return None


def _is_taken(client: Client, words: tuple[str, str, Decimal, Decimal]) -> bool:
    try:
        outcome = client.place(*words)
    except NotExpressible:
        return False
    if outcome.name == "Open":
        client.cancel(outcome.order_id)
    return outcome.name == "Open"


def _open(control: str, venue: str, orders: list[str]) -> list[str]:
    # By the exchange's own word.
    try:
        with_control = Control(control)
        states = {one: with_control.call("order", venue=venue, order=one) for one in orders}
    except ControlError as error:
        raise Stop(Code.UNKNOWN, f"the exchange does not tell what is open: {error}") from None
    return [one for one, told in states.items() if told.standing != "closed"]
