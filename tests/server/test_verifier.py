"""Verifier: checks on other threads say the same as checks in place."""

from __future__ import annotations

import asyncio
import threading

import pytest

from countermand.server.verifier import BATCH_MAX, WAITING_MAX, Check, Verdict, Verifier
from countermand.wire.credential import Principal
from countermand.wire.errors import Overloaded, Unauthorized
from countermand.wire.http import Request


def request(who: str) -> Request:
    """A request that says whose it is."""
    return Request("GET", who.encode())


def believe(asked: Request, now_ns: int) -> Principal:
    """Accept every key but eve's."""
    who = asked.path.decode()
    if who == "eve":
        raise Unauthorized("no")
    return Principal(who, str(now_ns), ())


async def verify(
    verifier: Verifier, name: str, now_ns: int = 0, *, cancels: bool = False
) -> Principal:
    """Return the principal, waiting for the verdict."""
    verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()

    def tell(told: Verdict) -> None:
        if not verdict.done():
            verdict.set_result(told)

    verifier.verify(request(name), now_ns, tell, name.split("-", maxsplit=1)[0], cancels=cancels)
    told = await verdict
    if isinstance(told, Exception):
        raise told
    return told


def verified(check: Check, names: list[str], threads: int = 2) -> list[Principal | BaseException]:
    """Return what comes of requests that all come in at once, each at a time of its own."""

    async def story() -> list[Principal | BaseException]:
        verifier = Verifier(check, threads)
        asked = [verify(verifier, name, index) for index, name in enumerate(names)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        verifier.stop()
        return answers

    return asyncio.run(story())


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_each_is_told_what_is_theirs(threads: int) -> None:
    """However many come at once, and however they are shared out."""
    names = [f"user-{index}" for index in range(3 * BATCH_MAX + 1)]

    expected = [Principal(name, str(index), ()) for index, name in enumerate(names)]
    assert expected == verified(believe, names, threads)


def test_one_refusal_is_its_own() -> None:
    """A bad signature fails alone; the others in its batch pass."""
    alice, eve, bob = verified(believe, ["alice", "eve", "bob"], threads=1)

    assert (Principal("alice", "0", ()), Principal("bob", "2", ())) == (alice, bob)
    assert isinstance(eve, Unauthorized)


def test_bug_in_a_check_reaches_its_request() -> None:
    """The exception reaches the request that was checked, and is no verdict."""

    def fail(asked: Request, now_ns: int) -> Principal:
        raise ZeroDivisionError

    (answer,) = verified(fail, ["alice"])

    assert isinstance(answer, ZeroDivisionError)


def test_checks_leave_the_loop_alone() -> None:
    """No signature is checked on the thread that answers requests."""
    seen: list[str] = []

    def note(asked: Request, now_ns: int) -> Principal:
        seen.append(threading.current_thread().name)
        return believe(asked, now_ns)

    verified(note, ["alice", "bob"])

    assert ["verify", "verify"] == [name.split("_")[0] for name in seen]


def test_cancels_are_checked_before_other_keys_requests() -> None:
    """Cancels overtake other keys' waiting requests, and none of their own key's."""
    seen: list[str] = []

    def note(asked: Request, now_ns: int) -> Principal:
        seen.append(asked.path.decode())
        return believe(asked, now_ns)

    async def story() -> None:
        verifier = Verifier(note, 1)
        others = [verify(verifier, name) for name in ("bob-1", "alice-1", "bob-2", "alice-2")]
        cancel = verify(verifier, "alice-cancel", cancels=True)
        await asyncio.gather(*others, cancel)
        verifier.stop()

    asyncio.run(story())

    assert ["alice-1", "alice-2", "alice-cancel", "bob-1", "bob-2"] == seen


def test_verdicts_come_in_the_order_of_the_checks() -> None:
    """A batch that is done early waits for the one that began before it."""
    is_late = threading.Event()

    def first_last(asked: Request, now_ns: int) -> Principal:
        if now_ns == 0:
            is_late.wait(5)
        elif now_ns == 2 * BATCH_MAX - 1:
            is_late.set()
        return believe(asked, now_ns)

    async def story() -> list[int]:
        verifier, told = Verifier(first_last, 2), list[int]()
        done = asyncio.Event()

        def note(number: int) -> None:
            told.append(number)
            if len(told) == 2 * BATCH_MAX:
                done.set()

        for number in range(2 * BATCH_MAX):
            verifier.verify(request("alice"), number, lambda _, n=number: note(n), "alice")  # type: ignore[misc]
        await done.wait()
        verifier.stop()
        return told

    assert list(range(2 * BATCH_MAX)) == asyncio.run(story())


def test_too_many_are_turned_away_and_cancels_are_not() -> None:
    """Cancels have as much room again as all other requests."""

    async def story() -> tuple[list[Principal | BaseException], Principal]:
        verifier = Verifier(believe, 1)
        crowd = [verify(verifier, f"order-{n}") for n in range(WAITING_MAX + 1)]
        waiting = asyncio.gather(*crowd, return_exceptions=True)
        await asyncio.sleep(0)
        canceled = await verify(verifier, "cancel", cancels=True)
        answers = await waiting
        verifier.stop()
        return answers, canceled

    answers, canceled = asyncio.run(story())

    assert "cancel" == canceled.owner
    assert [WAITING_MAX] == [n for n, a in enumerate(answers) if isinstance(a, Overloaded)]


def test_abandoned_check_delays_no_other() -> None:
    """A request whose client has gone is not checked, and the next is answered."""

    async def story() -> Principal:
        verifier = Verifier(believe, 1)
        gone = asyncio.create_task(verify(verifier, "alice"))
        await asyncio.sleep(0)
        gone.cancel()
        answer = await verify(verifier, "bob", 1)
        verifier.stop()
        return answer

    assert Principal("bob", "1", ()) == asyncio.run(story())
