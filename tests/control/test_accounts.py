"""Accounts, funds and keys, at every venue."""

from __future__ import annotations

from typing import Any

import pytest
from tests.control.operated import Act, operate, refused

from countermand.server.operated import Operated
from countermand.venues import VENUES
from countermand.wire.http import Request

ALL = pytest.mark.parametrize("venue", list(VENUES))


@ALL
def test_an_account_is_opened_with_money_and_a_key(venue: str) -> None:
    """The key is its owner's, allows everything, and ends when it is revoked."""

    async def story(act: Act, host: Operated) -> None:
        [asset, *_] = (await act("assets"))["assets"]
        opened = await act("open-account", owner="eve", funds={asset["asset"]: "12.5"})
        issued = await act("issue-key", owner="eve")
        at = host.venues[venue]
        now_ns = host.clock.now_ns()
        signed = at.venue.auth.sign(Request("GET", b"/api/x"), at.keys.find(issued["key"]), now_ns)
        principal = at.venue.auth.verify(signed, at.keys, at.settings, now_ns)
        told = await act("keys")
        await act("revoke-key", key=issued["key"])

        assert opened["is_default"]
        assert "12.5" == opened["balances"][0]["total"]
        assert ("eve", issued["key"]) == (principal.owner, principal.key)
        assert issued["credentials"]
        assert issued["key"] in [one["key"] for one in told["keys"]]
        assert at.keys.find(issued["key"]) is None
        assert "unknown-key" == (await refused(act("revoke-key", key=issued["key"]))).code

    operate(venue, story)


@ALL
def test_a_key_may_be_given(venue: str) -> None:
    """The key's fields are those of a world; a second key alike is refused."""

    async def story(act: Act, host: Operated) -> None:
        account = next(iter(host.venues[venue].directory.accounts_of("alice")))
        fields = VENUES[venue].auth.fresh("alice", account, bytes(range(128)), 1)
        given = {"owner": "alice", "fields": fields, "access": ["view"]}
        issued = await act("issue-key", **given)

        assert ["view"] == issued["access"]
        assert "key-taken" == (await refused(act("issue-key", **given))).code
        wrong = await refused(act("issue-key", owner="alice", fields={"nonsense": 1}))
        assert (400, "invalid") == (wrong.status, wrong.code)

    operate(venue, story)


def test_a_venue_that_numbers_its_accounts_takes_numbers() -> None:
    """Its accounts have no other names."""

    async def story(act: Act, _: Operated) -> None:
        opened = await act("open-account", owner="eve")

        assert opened["name"].isdigit()
        assert "invalid" == (await refused(act("open-account", owner="eve", name="main"))).code

    operate("loopring", story)


def test_an_account_is_configured() -> None:
    """Fields that are left out stay as they are."""

    async def story(act: Act, _: Operated) -> None:
        locked = await act("configure-account", account="alice", trading_locked=True)
        renamed = await act("configure-account", account="alice", new_name="first")
        taken = await refused(act("open-account", owner="alice", name="first"))

        assert locked["trading_locked"]
        assert renamed["trading_locked"]
        assert "alice/first" == renamed["account"]
        assert renamed == await act("account", account="alice/first")
        assert (409, "duplicate-name") == (taken.status, taken.code)

    operate("coinbase-intx", story)


def test_money_comes_and_goes_exactly() -> None:
    """A credit and an equal withdrawal leave the balance as it was."""

    async def story(act: Act, _: Operated) -> None:
        moved: dict[str, Any] = {"account": "alice", "asset": "USDC", "amount": "0.0000000001"}
        more, less = await act("credit", **moved), await act("withdraw", **moved)

        assert more["total"].endswith(".0000000001")
        assert "." not in less["total"]

    operate("coinbase-intx", story)
