"""
Canceling, case by case. Vectors: DEX API v3, "Cancel order"; the error codes it lists; texts as
reported by clients. What no page says is our proposal, and the README lists it.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import structs
from tests.venues.loopring.floor import ACCOUNTS, E18, ETH, Floor, refusal, refused

from countermand.engine.sequencer import IntakeStopped, QueueFull, Undecided
from countermand.venues.loopring.order_hash import parse_hash
from countermand.vocabulary.commands import AdvanceTime
from countermand.wire import times
from countermand.wire.errors import IntakeClosed, Overloaded, Unavailable
from countermand.wire.http import Request

ALICE = f"accountId={ACCOUNTS['alice']}"
UNKNOWN = "0x" + "0" * 63 + "7"


@pytest.fixture
def floor() -> Floor:
    """A floor with nothing on it."""
    return Floor()


def resting(floor: Floor, storage_id: int = 0, **more: Any) -> str:
    """An order of alice's for 1000 LRC that rests, and its hash."""
    return floor.sell(1000 * E18, 30 * E18, storageId=storage_id, **more)


def is_open(floor: Floor, *hashes: str) -> list[bool]:
    """Return which of alice's orders are open."""
    return [floor.core(hashed).is_open for hashed in hashes]


def test_by_hash(floor: Floor) -> None:
    """The answer names the order, and says at once that it is canceled."""
    hashed = resting(floor, clientOrderId="mine")

    expected = {
        "hash": hashed,
        "clientOrderId": "mine",
        "status": "cancelled",
        "isIdempotent": False,
    }
    assert (200, expected) == floor.cancel(hashed)
    assert "cancelled" == floor.order(hashed)["status"]


def test_by_decimal_hash(floor: Floor) -> None:
    """As older documents print it."""
    hashed = resting(floor)

    status, body = floor.cancel(str(parse_hash(hashed)))
    assert (200, hashed) == (status, body["hash"])


def test_by_client_order_id(floor: Floor) -> None:
    """As hummingbot does."""
    hashed = resting(floor, clientOrderId="buy-LRC-USDT-1624587831446294")

    status, body = floor.delete(f"{ALICE}&clientOrderId=buy-LRC-USDT-1624587831446294")
    assert (200, hashed) == (status, body["hash"])


def test_an_order_without_an_id_goes_by_its_hash(floor: Floor) -> None:
    """Its hash is answered as its clientOrderId, and may be sent as that."""
    hashed = resting(floor)

    status, body = floor.delete(f"{ALICE}&clientOrderId={hashed}")
    assert (200, hashed, hashed) == (status, body["hash"], body["clientOrderId"])


def test_by_both_of_one_order(floor: Floor) -> None:
    """As the venue's web page does."""
    hashed = resting(floor, clientOrderId="mine")

    status, body = floor.delete(f"{ALICE}&clientOrderId=mine&orderHash={hashed}")
    assert (200, "cancelled") == (status, body["status"])


def test_by_both_of_two_orders(floor: Floor) -> None:
    """Nothing is canceled, whichever of them is meant."""
    one = resting(floor, 0, clientOrderId="one")
    two = resting(floor, 2, clientOrderId="two")

    for named in ("two", "three"):
        answer = floor.delete(f"{ALICE}&clientOrderId={named}&orderHash={one}")
        assert (400, 102117) == refusal(answer)
    unknown = floor.delete(f"{ALICE}&clientOrderId=two&orderHash={UNKNOWN}")
    assert (400, 102117) == refusal(unknown)
    assert [True, True] == is_open(floor, one, two)


def test_a_key_update_is_signed_without_the_blanks_it_is_sent_with(floor: Floor) -> None:
    """As LoopringAPI does; the account gets another key, and a signature of another body none."""
    update = Request("POST", b"/api/v3/apiKey", b"", (), b'{"accountId":10010}')
    signed = floor.signed(update)
    forged = structs.replace(signed, body=b'{"accountId": 10011}')
    sent = structs.replace(signed, body=b'{"accountId": 10010}')

    assert (400, 104005) == refused(floor.desk.answer(forged))
    assert 200 == floor.desk.answer(sent).status


def test_an_id_that_is_empty_is_none(floor: Floor) -> None:
    """With a hash, and signed without it, as the npm SDK does."""
    hashed = resting(floor)
    said = floor.signed(floor.signable(f"{ALICE}&orderHash={hashed}"))
    sent = structs.replace(said, query=f"{ALICE}&clientOrderId=&orderHash={hashed}".encode())

    assert 200 == floor.desk.answer(sent).status
    assert [False] == is_open(floor, hashed)


@pytest.mark.parametrize("query", ["", "&orderHash=", "&orderHash=&clientOrderId="])
def test_by_neither(floor: Floor, query: str) -> None:
    """It is not everything: nothing is canceled."""
    hashed = resting(floor)

    assert (400, 100001) == refusal(floor.delete(ALICE + query))
    assert [True] == is_open(floor, hashed)


def test_unknown(floor: Floor) -> None:
    """The number hummingbot goes by, and its text."""
    expected = {"resultInfo": {"code": 102117, "message": "no orders to cancel"}}

    assert (400, expected) == floor.cancel(UNKNOWN)
    assert (400, expected) == floor.delete(f"{ALICE}&clientOrderId=nobody")


@pytest.mark.parametrize("hashed", ["0x12", "nobody", UNKNOWN[:-1], UNKNOWN + "0"])
def test_no_hash_at_all(floor: Floor, hashed: str) -> None:
    """Is told as that."""
    assert (400, 102119) == refusal(floor.cancel(hashed))


def test_another_s_order_is_unknown(floor: Floor) -> None:
    """Neither its hash nor its id says that it is there."""
    hashed = resting(floor, clientOrderId="mine")

    assert (400, 102117) == refusal(floor.cancel(hashed, "bob"))
    bob = f"accountId={ACCOUNTS['bob']}"
    assert (400, 102117) == refusal(floor.delete(f"{bob}&clientOrderId=mine", "bob"))
    assert [True] == is_open(floor, hashed)


def test_already_canceled(floor: Floor) -> None:
    """A repeat is refused in the venue's very words."""
    hashed = resting(floor)
    floor.cancel(hashed)

    message = "order in status CANCELLED can't be cancelled"
    assert (400, {"resultInfo": {"code": 100001, "message": message}}) == floor.cancel(hashed)


def test_already_filled(floor: Floor) -> None:
    """The fill came first, and is told."""
    hashed = resting(floor)
    floor.buy(1000 * E18, 30 * E18, "bob")

    message = "order in status PROCESSED can't be cancelled"
    assert (400, {"resultInfo": {"code": 100001, "message": message}}) == floor.cancel(hashed)


def test_already_expired(floor: Floor) -> None:
    """Its time came first, and is told."""
    hashed = resting(floor, validUntil=floor.desk.clock.now_ns() // times.S + 60)
    floor.wait(60)
    floor.desk.engine.enter(AdvanceTime())

    message = "order in status EXPIRED can't be cancelled"
    assert (400, {"resultInfo": {"code": 100001, "message": message}}) == floor.cancel(hashed)
    assert "expired" == floor.order(hashed)["status"]


def test_partly_filled(floor: Floor) -> None:
    """What traded stays traded, and what was locked for the rest is free."""
    hashed = resting(floor)
    floor.buy(400 * E18, 12 * E18, "bob")
    floor.cancel(hashed)

    order = floor.order(hashed)
    told = order["volumes"]
    assert ("cancelled", str(400 * E18), str(12 * E18)) == (
        order["status"],
        told["baseFilled"],
        told["quoteFilled"],
    )
    assert 0 == floor.balance(1)[1]


def test_the_newest_of_several_by_one_id(floor: Floor) -> None:
    """An id need not be unique: the newest that is open is meant."""
    first = resting(floor, 0, clientOrderId="same")
    second = resting(floor, 2, clientOrderId="same")

    for hashed in (second, first):
        status, body = floor.delete(f"{ALICE}&clientOrderId=same")
        assert (200, hashed) == (status, body["hash"])


def test_a_signed_cancel_may_be_sent_again(floor: Floor) -> None:
    """There is no time in it; a hash never comes back, so it finds what it canceled."""
    hashed = resting(floor, clientOrderId="mine")
    signed = floor.signed(floor.signable(f"{ALICE}&orderHash={hashed}"))
    assert 200 == floor.desk.answer(signed).status

    later = resting(floor, 2, clientOrderId="mine")
    assert (400, 100001) == refused(floor.desk.answer(signed))
    assert [True] == is_open(floor, later)


def test_the_same_order_cannot_be_submitted_after_its_cancel(floor: Floor) -> None:
    """So no cancel of it is ever undone by who kept a copy."""
    form = floor.form((1, 1000 * E18), (ETH, 30 * E18))
    hashed = floor.taken(form)
    floor.cancel(hashed)

    assert (400, 102007) == refusal(floor.submit(form))


def test_the_order_of_checks(floor: Floor) -> None:
    """Key, account, signature, arguments, order: the first that fails is told."""
    hashed = resting(floor)
    bare = floor.signable(f"{ALICE}&orderHash={hashed}")
    held = floor.desk.credential()
    key, signature = (b"x-api-key", held.key.encode()), (b"x-api-sig", b"0x12")

    def answered(request: Request, *headers: tuple[bytes, bytes]) -> tuple[int, int]:
        return refused(floor.desk.answer(request.with_headers(*headers)))

    assert (400, 104001) == answered(bare)
    assert (400, 104001) == answered(bare, (b"x-api-key", b""))
    assert (400, 104002) == answered(bare, (b"x-api-key", b"nobody"))
    for query in ("", "accountId=", "accountId=me"):
        assert (400, 100001) == answered(floor.signable(query), key)
    assert (400, 104003) == answered(floor.signable("accountId=10011"), key)
    assert (400, 104004) == answered(bare, key)
    assert (400, 104005) == answered(bare, key, signature)
    assert (400, 100001) == refusal(floor.delete(ALICE))
    assert [True] == is_open(floor, hashed)


def test_a_wrong_signature_is_told_what_should_have_been_signed(floor: Floor) -> None:
    """Base URL, order and encoding are what clients get wrong, and cannot see."""
    other = floor.signed(floor.signable(f"{ALICE}&clientOrderId=other"))
    forged = Request("DELETE", other.path, f"{ALICE}&clientOrderId=Sample".encode(), other.headers)

    text = msgspec.json.decode(floor.desk.answer(forged).body)["resultInfo"]["message"]
    assert text.endswith("%2Fapi%2Fv3%2Forder&accountId%3D10010%26clientOrderId%3DSample")


def test_batch_by_hash(floor: Floor) -> None:
    """Each is answered for itself, in the order it was asked for, also when some fail."""
    one, two = resting(floor, 0), resting(floor, 2)
    floor.cancel(two)

    query = f"{ALICE}&orderHash={one}%2C{UNKNOWN},{two}"
    late = {"code": 100001, "message": "order in status CANCELLED can't be cancelled"}
    nobody = {"code": 102117, "message": "no orders to cancel"}
    assert (
        200,
        [
            {"id": one, "result": True},
            {"id": UNKNOWN, "result": False, "error": nobody},
            {"id": two, "result": False, "error": late},
        ],
    ) == floor.delete(query, path="/orders/byHash")


def test_batch_by_client_order_id(floor: Floor) -> None:
    """The same by the other names."""
    resting(floor, 0, clientOrderId="a")
    resting(floor, 2, clientOrderId="b")

    status, items = floor.delete(f"{ALICE}&clientOrderId=a,b", path="/orders/byClientOrderId")
    assert (200, [("a", True), ("b", True)]) == (
        status,
        [(item["id"], item["result"]) for item in items],
    )


@pytest.mark.parametrize("count", [0, 51])
def test_batch_of_none_or_too_many(floor: Floor, count: int) -> None:
    """Nothing is canceled; fifty, as many as the venue's page lists, are allowed."""
    listed = ",".join(f"n{n}" for n in range(count))
    answer = floor.delete(f"{ALICE}&clientOrderId={listed}", path="/orders/byClientOrderId")

    assert (400, 100001) == refusal(answer)
    full = ",".join(f"n{n}" for n in range(50))
    status, items = floor.delete(f"{ALICE}&clientOrderId={full}", path="/orders/byClientOrderId")
    assert (200, 50) == (status, len(items))


def test_a_batch_with_what_is_no_hash_cancels_nothing(floor: Floor) -> None:
    """It cannot be meant."""
    hashed = resting(floor)

    answer = floor.delete(f"{ALICE}&orderHash={hashed},0x12", path="/orders/byHash")
    assert (400, 102119) == refusal(answer)
    assert [True] == is_open(floor, hashed)


@pytest.mark.parametrize("name", ["null", "None", "undefined"])
def test_by_an_id_that_looks_like_none(floor: Floor, name: str) -> None:
    """An order that was called so can be canceled by it; where none was there is none."""
    assert (400, 102117) == refusal(floor.delete(f"{ALICE}&clientOrderId={name}"))
    hashed = resting(floor, clientOrderId=name)

    status, body = floor.delete(f"{ALICE}&clientOrderId={name}")
    assert (200, hashed) == (status, body["hash"])


def test_a_swap_that_was_cut_short_is_refused_as_what_it_is_shown_as(floor: Floor) -> None:
    """The book was done before it was: it is not told as filled, alone or in a batch."""
    resting(floor)
    form = floor.form((ETH, 90 * E18), (1, 2000 * E18), "bob", orderType="TAKER_ONLY")
    hashed = floor.taken(form, "bob")
    message = "order in status CANCELLED can't be cancelled"

    assert "cancelled" == floor.order(hashed, "bob")["status"]
    info = {"code": 100001, "message": message}
    assert (400, {"resultInfo": info}) == floor.cancel(hashed, "bob")
    bob = f"accountId={ACCOUNTS['bob']}"
    batch = floor.delete(f"{bob}&orderHash={hashed}", "bob", "/orders/byHash")
    assert (200, [{"id": hashed, "result": False, "error": info}]) == batch


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (QueueFull(), "busy, the request was not executed"),
        (IntakeStopped("disk"), "unavailable, the request was not executed: disk"),
        (Undecided("disk"), "unavailable, whether the request was executed is not known"),
    ],
)
def test_when_the_exchange_cannot(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, error: Exception, text: str
) -> None:
    """102118, in a 400 that clients read; our client still knows what that leaves open."""
    hashed = resting(floor)

    def refuse(command: Any, reply: Any, *, cancels_first: bool = True) -> None:
        raise error

    monkeypatch.setattr(floor.desk.engine, "put", refuse)
    request = floor.signed(floor.signable(f"{ALICE}&orderHash={hashed}"))
    response = floor.desk.answer(request)

    assert (400, 102118) == refused(response)
    kind = {QueueFull: Overloaded, IntakeStopped: IntakeClosed, Undecided: Unavailable}[type(error)]
    told = floor.desk.venue.refusals.interpret(response)
    assert (kind, text) == (type(told), msgspec.json.decode(response.body)["resultInfo"]["message"])
