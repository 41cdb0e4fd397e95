"""
Logging in and out: two factors, a pin, tickets, token lives, and the refusals of unproven users.

Source: ETNA manual, "Token" (statuses, `State`, `Step`, `Reason`), "Two-factor authentication";
        Autoshares API, "Logout".
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.autoshares.office import APP_KEY, Office, decoded

from countermand.server.credentials import KeyRing
from countermand.venues.autoshares import VENUE
from countermand.venues.autoshares.errors import LoginFailed, RequestInvalid, UnknownAppKey
from countermand.wire import times
from countermand.wire.errors import WireError
from countermand.wire.http import Response

DAY_MS = 24 * 60 * 60 * 1000


def log_in(office: Office, user: str, path: str = "/token", **more: str) -> Response:
    """Send a login, with further headers."""
    headers = {"Et-App-Key": APP_KEY, "Username": user, "Password": f"{user}-demo-password"}
    return office.call(f"POST {path}", headers=headers | more)


def may(office: Office, token: str, of: str = "alice/margin") -> int:
    """Return the status of a request with a token, about an account."""
    headers = {"Et-App-Key": APP_KEY, "Authorization": f"Bearer {token}"}
    return office.call(f"GET {office.orders(of)}", headers=headers).status


@pytest.mark.parametrize("path", ["/token", "/api/token"])
def test_login(office: Office, path: str) -> None:
    """Gives a token, in base64 of no small length, and what it opens is the user's."""
    answer = log_in(office, "alice", path)
    told = decoded(answer)

    assert (200, ["State", "Token"], "Succeeded") == (answer.status, list(told), told["State"])
    assert len(told["Token"]) == 88
    assert may(office, told["Token"]) == 200


def test_several_logins_live_side_by_side(office: Office) -> None:
    """Each has its own token."""
    tokens = [decoded(log_in(office, "alice"))["Token"] for _ in range(3)]

    assert len(set(tokens)) == 3
    assert [200] * 3 == [may(office, token) for token in tokens]


@pytest.mark.parametrize(
    "headers",
    [
        {"Password": "wrong"},
        {"Password": ""},
        {"Username": ""},
        {"Username": "nobody"},
        {"Username": "ALICE"},
        {"Password": "bob-demo-password"},
    ],
)
def test_wrong_credentials(office: Office, headers: dict[str, str]) -> None:
    """A wrong login, password, code or pin is 401 with the step that failed."""
    answer = log_in(office, "alice", **headers)
    expected = {"State": "Failed", "Step": "BaseAuthentication", "Reason": "Invalid credentials"}

    assert (401, expected) == (answer.status, decoded(answer))


@pytest.mark.parametrize("key", ["", "another"])
def test_application_key_at_login(office: Office, key: str) -> None:
    """Is 401 here and 403 everywhere else, in one sentence."""
    expected = {"error": "Application key is not defined or does not exist"}
    answer = log_in(office, "alice", **{"Et-App-Key": key})
    elsewhere = office.call(f"GET {office.orders()}", headers={"Et-App-Key": key})

    assert (401, expected) == (answer.status, decoded(answer))
    assert (403, expected) == (elsewhere.status, decoded(elsewhere))


@pytest.mark.parametrize(
    "error",
    [
        UnknownAppKey(at_login=True),
        UnknownAppKey(at_login=False),
        LoginFailed("VerificationCode", "Invalid confirmation code"),
        RequestInvalid("invalid pageSize"),
    ],
    ids=repr,
)
def test_refusal_of_this_venue_reads_back_as_itself(error: WireError) -> None:
    """Each field of the refusal is read back."""
    refusals = VENUE.refusals
    read = refusals.interpret(refusals.render(error))

    assert refusals.loses(error) is error
    assert type(error) is type(read)
    assert vars(error) == vars(read)


def test_second_factor(office: Office) -> None:
    """A ticket first, which opens nothing, and with it and the code a token."""
    first = log_in(office, "carol")
    told = decoded(first)
    ticket = told.pop("Token")
    expected = {
        "State": "Expecting",
        "Step": "VerificationCode",
        "Reason": "Expecting confirmation code",
    }
    assert (202, expected) == (first.status, told)
    assert may(office, ticket, "carol/margin") == 401

    more = {"Authorization": f"Bearer {ticket}", "VerificationCode": "246810"}
    second = log_in(office, "carol", **more)
    assert (200, "Succeeded") == (second.status, decoded(second)["State"])
    assert may(office, decoded(second)["Token"], "carol/margin") == 200
    assert may(office, ticket, "carol/margin") == 401
    assert decoded(log_in(office, "carol", **more))["Reason"] == "Corrupted ticket"


@pytest.mark.parametrize(
    ("authorization", "code", "reason"),
    [
        (None, "246810", "Corrupted ticket"),
        ("Bearer bm9ib2R5", "246810", "Corrupted ticket"),
        ("{ticket}", "246810", "Corrupted ticket"),
        ("Bearer {standing}", "246810", "Corrupted ticket"),
        ("Bearer {token}", "246810", "Corrupted ticket"),
        ("Bearer {other}", "246810", "Corrupted ticket"),
        ("Bearer {ticket}", "000000", "Invalid confirmation code"),
        ("Bearer {ticket}", "", "Invalid confirmation code"),
    ],
)
def test_second_step_that_fails(
    office: Office, authorization: str | None, code: str, reason: str
) -> None:
    """The code needs the ticket, and the ticket the code."""
    ticket = decoded(log_in(office, "carol"))["Token"]
    names = {
        "ticket": ticket,
        "standing": office.token("carol"),
        "token": decoded(log_in(office, "alice"))["Token"],
        # That of somebody who has yet to give a pin.
        "other": decoded(log_in(office, "dave"))["Token"],
    }
    more = {"VerificationCode": code}
    if authorization is not None:
        more["Authorization"] = authorization.format(**names)
    answer = log_in(office, "carol", **more)
    expected = {"State": "Failed", "Step": "VerificationCode", "Reason": reason}

    assert (401, expected) == (answer.status, decoded(answer))


def test_ticket_has_a_short_life(office: Office) -> None:
    """After its end the login begins anew."""
    ticket = decoded(log_in(office, "carol"))["Token"]
    more = {"Authorization": f"Bearer {ticket}", "VerificationCode": "246810"}
    office.clock.ns += 300 * times.S

    assert decoded(log_in(office, "carol", **more))["Reason"] == "Corrupted ticket"


@pytest.mark.parametrize(
    ("pin", "status", "state", "reason"),
    [
        (None, 202, "Expecting", "Invalid pin"),
        ("0000", 401, "Failed", "Invalid pin"),
        ("", 401, "Failed", "Invalid pin"),
    ],
)
def test_pin(office: Office, pin: str | None, status: int, state: str, reason: str) -> None:
    """Missing it is asked for, wrong it is refused; the step is spelled as the venue spells it."""
    answer = log_in(office, "dave", **({} if pin is None else {"PinCode": pin}))
    told = decoded(answer)
    told.pop("Token", None)

    assert (status, state) == (answer.status, told["State"])
    assert {"State": state, "Step": "SecutityPin", "Reason": reason} == told


def test_right_pin(office: Office) -> None:
    """Opens."""
    answer = log_in(office, "dave", PinCode="1357")

    assert (200, "Succeeded") == (answer.status, decoded(answer)["State"])


def test_pin_that_was_never_set() -> None:
    """Is asked for all the same, and said to be missing."""
    office = Office()
    fields = {"app_key": APP_KEY, "login": "eve", "password": "eve-demo-password", "pin": ""}
    office.keys._by_key["login:eve"] = VENUE.auth.credential("eve", fields)
    answer = log_in(office, "eve", PinCode="1")

    assert (202, "PIN code is not init") == (answer.status, decoded(answer)["Reason"])


def test_token_lives_a_day(office: Office) -> None:
    """A token ends a day after its login, used or unused."""
    token = decoded(log_in(office, "alice"))["Token"]
    office.clock.ns += DAY_MS * times.MS - 1
    assert may(office, token) == 200
    office.clock.ns += 1

    assert may(office, token) == 401
    assert may(office, office.token("alice")) == 200


def test_expired_tokens_are_forgotten(office: Office) -> None:
    """The next login, of any user, drops expired tokens."""
    for _ in range(5):
        log_in(office, "alice")
    before = len(list(office.keys))
    office.clock.ns += DAY_MS * times.MS
    log_in(office, "bob")

    assert len(list(office.keys)) == before - 5 + 1


@pytest.mark.parametrize("path", ["/logout", "/api/logout"])
def test_logout(office: Office, path: str) -> None:
    """Ends this token at once, and no other."""
    gone, kept = (decoded(log_in(office, "alice"))["Token"] for _ in range(2))
    headers = {"Et-App-Key": APP_KEY, "Authorization": f"Bearer {gone}"}
    answer = office.call(f"POST {path}", headers=headers)

    assert (200, b"") == (answer.status, answer.body)
    assert [401, 200] == [may(office, token) for token in (gone, kept)]
    assert office.call(f"POST {path}", headers=headers).status == 401


def test_standing_token_outlives_a_logout(office: Office) -> None:
    """A world's standing token stays valid, and the user can log in again."""
    headers = {"Et-App-Key": APP_KEY, "Authorization": f"Bearer {office.token('alice')}"}
    office.call("POST /logout", headers=headers)

    assert may(office, office.token("alice")) == 200
    assert log_in(office, "alice").status == 200


def test_token_has_its_users_rights(office: Office) -> None:
    """A read-only user gets a read-only token."""
    headers = {
        "Et-App-Key": APP_KEY,
        "Username": "alice.viewer",
        "Password": "alice-viewer-demo-password",
    }
    token = decoded(office.call("POST /token", headers=headers))["Token"]
    order_id = office.place()
    bearer = {"Et-App-Key": APP_KEY, "Authorization": f"Bearer {token}"}

    assert office.call(f"GET {office.orders()}/{order_id}", headers=bearer).status == 200
    assert office.call(f"DELETE {office.orders()}/{order_id}", headers=bearer).status == 401


def test_logins_survive_a_restart(office: Office) -> None:
    """Issued tokens are valid and ended ones are not, by the changes that were kept."""
    changes: list[bytes] = []

    async def keep(change: bytes) -> None:
        changes.append(change)

    founded = list(office.keys)
    office.keys = KeyRing(VENUE.auth, founded, (), keep)
    pipeline = office.pipeline
    pipeline.keys, pipeline.tools = office.keys, replace(pipeline.tools, keys=office.keys)
    kept, gone = (decoded(log_in(office, "alice"))["Token"] for _ in range(2))
    headers = {"Et-App-Key": APP_KEY, "Authorization": f"Bearer {gone}"}
    office.call("POST /logout", headers=headers)

    office.pipeline.keys = KeyRing(VENUE.auth, founded, changes)
    assert [200, 401] == [may(office, token) for token in (kept, gone)]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"login": "a", "password": "b"}, "app_key: "),
        ({"app_key": "k"}, "login: "),
        ({"app_key": "k", "login": "a"}, "login: "),
        ({"app_key": "k", "token": 7}, "token: "),
        ({"app_key": "k", "token": "ü"}, "token: "),
        ({"app_key": "k", "token": "t", "access": ["all"]}, "access: "),
        ({"app_key": "k", "token": "t", "expire_ns": -1}, "expire_ns: "),
        ({"app_key": "k", "token": "t", "colour": "red"}, "colour: "),
    ],
)
def test_key_of_a_world_that_is_none(fields: dict[str, Any], text: str) -> None:
    """The field at fault is named."""
    with pytest.raises(ValueError, match=f"^{text}"):
        VENUE.auth.credential("alice", fields)
