"""`venues` and `doctor`: what is there, what is well, and what was never proven."""

from __future__ import annotations

import pytest
from tests.cli.calling import Calls
from tests.cli.test_exits import READ_ONLY
from tests.served import Served

from countermand.client import checkup
from countermand.client.checkup import State
from countermand.client.deadline import MS
from countermand.client.session import Session
from countermand.venues import VENUES
from countermand.wire.credential import Credential

VENUE = "coinbase-intx"
CHECKS = ["where", "answers", "clock", "key", "may look", "may trade"]


def test_venues_are_listed(call: Calls, exchange_here: Served) -> None:
    """Each venue with what it offers, its URLs, and every line of what is not proven."""
    told, text = call("venues", "--json").json["venues"], call("venues")

    assert list(VENUES) == [one["venue"] for one in told]
    for one in told:
        fields = {"venue", "here", "offers", "orders", "base_urls", "limits", "unproven"}
        assert fields == set(one)
        assert exchange_here.venue(one["venue"])["base_url"] == one["here"]
        assert one["base_urls"]["production"].startswith("https://")
        assert one["unproven"]
        assert all(line in text.out for line in one["unproven"])
    assert [VENUE] == [one["venue"] for one in call("venues", VENUE, "--json").json["venues"]]
    assert (2, 1) == ((said := call("venues", "nowhere")).code, len(said.err.splitlines()))


@pytest.mark.parametrize("venue", VENUES)
def test_all_is_well(call: Calls, venue: str) -> None:
    """On an exchange that runs here, and nothing is changed by looking."""
    said = call("doctor", venue, "--trade", "--json")

    assert CHECKS == [one["check"] for one in said.json["checks"]]
    assert {"ok"} == {one["state"] for one in said.json["checks"]}
    assert (0, True, []) == (said.code, said.json["is_well"], said.json["unproven"])


def test_trade_is_tried_where_it_is_asked_for(call: Calls) -> None:
    """Else it is said that it was not."""
    said = call("doctor", VENUE)

    assert 0 == said.code
    assert "may trade  not tried" in said.out


def test_a_key_that_may_only_look(
    call: Calls, exchange_here: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """May not trade, and a key that is none is not taken; the clock is told all the same."""
    begin = "COUNTERMAND_COINBASE_INTX_"
    monkeypatch.setenv(f"{begin}BASE_URL", exchange_here.venue(VENUE)["base_url"])
    for field, value in READ_ONLY.items():
        monkeypatch.setenv(f"{begin}{field}", value)
    look = call("doctor", VENUE, "--trade", "--json")
    monkeypatch.setenv(f"{begin}PASSPHRASE", "wrong")
    none = call("doctor", VENUE, "--json")
    monkeypatch.setenv(f"{begin}SIGNING_KEY", "not base64")
    bad = call("doctor", VENUE, "--json")

    assert (1, "no") == (look.code, look.json["checks"][-1]["state"])
    assert ["ok"] * 5 == [one["state"] for one in look.json["checks"][:-1]]
    states = [(one["check"], one["state"]) for one in none.json["checks"]]
    assert (1, ("clock", "ok"), ("key", "no")) == (none.code, states[-2], states[-1])
    assert (1, "keys", "no") == (bad.code, *list(bad.json["checks"][-1].values())[:2])


def test_a_place_that_does_not_answer(call: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """One check fails; the lines about what was never proven are printed all the same."""
    begin = "COUNTERMAND_COINBASE_INTX_"
    monkeypatch.setenv(f"{begin}BASE_URL", "http://venue.invalid")
    for field, value in READ_ONLY.items():
        monkeypatch.setenv(f"{begin}{field}", value)

    said = call("doctor", VENUE)

    assert 1 == said.code
    assert "answers  no" in said.out
    end = VENUES[VENUE].client
    assert end is not None
    assert [f"never proven here: {line}" for line in end.unproven] == said.out.splitlines()[3:]


@pytest.mark.parametrize(
    ("low_ms", "high_ms", "state", "text"),
    [
        (None, None, State.NOT_TRIED, "the venue tells no time"),
        (-400, 600, State.OK, "the venue's is -0.4 to +0.6 s from ours"),
        (900, 1900, State.OK, "the venue's is +0.9 to +1.9 s from ours"),
        (6500, 7400, State.NO, "+6.5 to +7.4 s from ours; requests are signed by the venue's"),
        (-7400, -6500, State.NO, "-7.4 to -6.5 s from ours; requests are signed by the venue's"),
    ],
)
def test_a_clock(low_ms: int | None, high_ms: int | None, state: State, text: str) -> None:
    """Is off when it is off by more than a second for sure."""
    session = Session(VENUES[VENUE], Credential("alice", "key", ()))
    if low_ms is not None and high_ms is not None:
        session.clock.low_ns, session.clock.high_ns = low_ms * MS, high_ms * MS

    check = checkup._clock(session)

    assert state is check.state
    assert text in check.text
