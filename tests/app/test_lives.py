"""Lives: an exchange begins anew, or goes on from what was saved, behind the same sites."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.app.hosted import HOUR_NS, VENUE, Hosted, hosted, tell

from countermand.engine import layout
from countermand.engine.clock import Reading
from countermand.engine.errors import Lost
from countermand.engine.verify import verify
from countermand.wire.http import Request, Response


def test_a_reset_is_the_founding_again(data: Path | None) -> None:
    """Accounts, ids and money as they were, orders and new accounts gone."""

    async def story(here: Hosted) -> None:
        before, alice = await here.act("account", account="alice"), here.alice
        introduced = here.host.generation.introduce(VENUE, "")
        order = await here.order()
        await here.act("credit", account="alice", asset="USDC", amount="5")
        await here.act("open-account", owner="carol")
        await here.host.reset()
        assert (here.find(order), here.alice) == (None, alice)
        assert await here.act("account", account="alice") == before
        assert here.host.generation.introduce(VENUE, "") == introduced
        assert await here.refused(here.act("account", account="carol")) == "unknown-account"
        assert here.host.number == 2

    tell(data, story)


def test_numbers_go_on_over_all_lives(data: Path | None) -> None:
    """After any resets and restores, no order id and no account id is given out twice."""

    async def story(here: Hosted) -> None:
        given = [await here.order()]
        await here.host.snapshot("early")
        for turn in (here.host.reset(), here.host.restore("early"), here.host.reset()):
            given += [await here.order(), await here.order()]
            await turn
        given.append(await here.order())
        await here.act("open-account", owner="carol")
        [carol] = here.host.generation.pipelines[VENUE].directory.accounts_of("carol")
        assert [*given, carol.account_id] == sorted({*given, carol.account_id})

    tell(data, story)


def test_a_seed_makes_a_life_that_repeats(data: Path | None) -> None:
    """The same ids and the same random bytes each time."""

    async def story(here: Hosted) -> None:
        lived = []
        for _ in range(2):
            await here.host.reset(seed=7)
            drawn = here.host.generation.keys[VENUE].draw(8)
            lived.append((await here.order(), await here.order(), drawn))
        assert lived[0] == lived[1]
        await here.host.reset()
        beyond = await here.order()
        await here.host.reset(seed=8)
        await here.order()
        await here.host.reset()
        assert await here.order() > beyond > max(lived[0][:2])
        await here.host.reset(seed=8)
        assert here.host.generation.keys[VENUE].draw(8) != lived[0][2]

    tell(data, story)


def test_a_restore_goes_on_from_what_was_saved(data: Path | None) -> None:
    """Orders and keys of then, none of later; the snapshot itself stays as it is."""

    async def story(here: Hosted) -> None:
        kept = await here.order()
        early = (await here.act("issue-key", owner="alice"))["key"]
        await here.host.snapshot("with-order")
        gone = await here.order()
        late = (await here.act("issue-key", owner="alice"))["key"]
        for _ in range(2):
            await here.host.restore("with-order")
            keys = here.host.generation.keys[VENUE]
            assert (here.is_open(kept), here.find(gone)) == (True, None)
            assert (keys.find(early) is not None, keys.find(late)) == (True, None)
            await here.act("cancel-all")
        assert here.host.snapshots() == ("with-order",)

    tell(data, story)


def test_a_saved_state_goes_on_as_the_one_it_was_taken_of(data: Path | None) -> None:
    """The same commands later come to the same digest, but for the numbers passed over."""

    async def story(here: Hosted) -> None:
        await here.order()
        await here.host.snapshot("here")
        before = here.host.generation.engine.dump()
        await here.host.restore("here")
        assert here.host.generation.engine.dump()[0] == before[0]
        here.host.generation.engine._exchange.check_invariants()

    tell(data, story)


def test_the_clock_is_as_it_was(data: Path | None) -> None:
    """Saved frozen it is frozen again; a reset shows what the start showed."""

    async def story(here: Hosted) -> None:
        clock = here.host.clock
        await clock.freeze()
        await clock.advance(48 * HOUR_NS)
        saved_ns = clock.now_ns()
        await here.host.snapshot("later")
        await clock.advance(48 * HOUR_NS)
        await here.host.restore("later")
        assert (clock.now_ns(), clock.stands_still) == (saved_ns, True)
        await here.host.reset()
        assert not clock.stands_still
        assert clock.now_ns() < saved_ns - 47 * HOUR_NS
        await here.order()

    tell(data, story)


def test_the_time_it_began_at_is_shown_again(data: Path | None) -> None:
    """A reset or a restore takes the clock back to it, from any time, and no entry is before it."""
    began = Reading(stands_at_ns=1_000_000_000_000_000_000)

    async def story(here: Hosted) -> None:
        clock = here.host.clock
        await here.order()
        await here.host.snapshot("begun")
        for turn in (here.host.reset, partial(here.host.restore, "begun")):
            await clock.advance(2**60)
            await turn()
            assert (clock.now_ns(), clock.stands_still) == (began.stands_at_ns, True)
            await here.order()
            assert here.host.generation.engine.ts_ns - clock.now_ns() < 1_000_000
            assert here.host.health().clock_behind_ns == 0

    tell(data, story, began)


def test_a_bad_restore_is_refused_and_changes_nothing(data: Path | None) -> None:
    """An invalid name, and one under which no state was saved."""

    async def story(here: Hosted) -> None:
        order = await here.order()
        for name in ("", "../up", ".hidden", "a/b", "x" * 65):
            assert await here.refused(here.host.snapshot(name)) == "invalid"
            assert await here.refused(here.host.restore(name)) == "invalid"
        assert await here.refused(here.host.restore("never")) == "unknown-snapshot"
        assert here.is_open(order)
        await here.order()

    tell(data, story)


def test_requests_wait_while_a_generation_ends(data: Path | None) -> None:
    """A request in between is answered by the next generation."""

    async def story(here: Hosted) -> None:
        site, answers = here.host.site(VENUE), list[Response]()
        path = b"/api/v1/instruments"
        await here.order()
        turning = asyncio.ensure_future(here.host.reset())
        await asyncio.sleep(0)
        site.begin(Request("GET", path), answers.append)
        assert answers == []
        await turning
        await asyncio.sleep(0.01)
        assert [answer.status for answer in answers] == [200]
        site.begin(Request("GET", path), answers.append)
        assert len(answers) == 2

    tell(data, story)


def test_a_turn_waits_for_the_clock(data: Path | None) -> None:
    """Time that is on its way is the former generation's; the next one begins at its own."""

    async def story(here: Hosted) -> None:
        clock = here.host.clock
        await clock.freeze()
        await here.host.snapshot("frozen")
        begun_ns = clock.now_ns()
        for hours in range(1, 20):
            await here.order(begun_ns + hours * HOUR_NS)
        moving = asyncio.ensure_future(clock.advance(100 * HOUR_NS))
        await asyncio.sleep(0)
        await here.host.restore("frozen")
        assert moving.done()
        assert clock.now_ns() == begun_ns
        await moving

    tell(data, story)


def test_a_turn_that_fails_leaves_what_there_is(
    data: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The former generation takes commands again, with its clock and its sites."""

    async def story(here: Hosted) -> None:
        here.host.site(VENUE)
        order = await here.order()

        def adopt(generation: Any) -> None:
            raise Lost("the disk is gone")

        monkeypatch.setattr(here.host._lives, "adopt", adopt)
        assert await here.refused(here.host.reset()) == "stopped"
        assert here.is_open(order)
        assert await here.order() > order

    tell(data, story)


async def _lived(data: Path) -> int:
    async with hosted(data) as here:
        await here.order()
        await here.host.snapshot("one")
        await here.host.reset()
        await here.order()
        await here.host.restore("one")
        return await here.order()


def test_every_life_on_disk_can_be_proven(tmp_path: Path) -> None:
    """The one served, those before it, and those saved: each is a whole data directory."""
    asyncio.run(_lived(tmp_path))
    directories = [layout.path_of(tmp_path, number) for number in (1, 2, 3)]
    directories.append(tmp_path / layout.SAVED / "one")

    assert layout.current(tmp_path) == directories[2]
    for directory in directories:
        assert verify(directory).failures == []


def test_a_start_goes_on_with_the_life_that_was_served(tmp_path: Path) -> None:
    """The orders, the numbers and the snapshots are those of that life."""
    last = asyncio.run(_lived(tmp_path))

    async def again() -> None:
        async with hosted(tmp_path) as here:
            assert here.find(last) is not None  # type: ignore[arg-type]
            assert here.host.snapshots() == ("one",)
            assert await here.order() > last
            await here.host.restore("one")
            assert await here.order() > last

    asyncio.run(again())


def test_a_life_that_was_never_adopted_is_not_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill between the founding and the switch leaves what was served."""

    async def killed() -> int:
        async with hosted(tmp_path) as here:
            order = await here.order()
            monkeypatch.setattr(here.host._lives, "adopt", id)
            await here.host.reset()
            return order

    order = asyncio.run(killed())
    monkeypatch.undo()

    async def again() -> None:
        async with hosted(tmp_path) as here:
            assert here.is_open(order)  # type: ignore[arg-type]
            await here.host.reset()

    asyncio.run(again())
    assert layout.number(tmp_path) == 3


@pytest.mark.parametrize("damage", ["gone", "empty", "nonsense", "beyond"])
def test_a_pointer_that_is_lost_is_refused(tmp_path: Path, damage: str) -> None:
    """The directory is not read as one without a second life."""
    asyncio.run(_lived(tmp_path))
    pointer = tmp_path / layout.POINTER
    if damage == "gone":
        pointer.unlink()
    else:
        pointer.write_bytes({"empty": b"", "nonsense": b"\xff\xfe", "beyond": b"9"}[damage])

    with pytest.raises(Lost):
        layout.current(tmp_path)


def test_the_clock_of_a_data_directory_is_kept(tmp_path: Path) -> None:
    """A start shows what was shown, and what fell due meanwhile has happened."""

    async def moved() -> int:
        async with hosted(tmp_path) as here:
            await here.host.clock.freeze()
            await here.host.clock.advance(1000 * HOUR_NS)
            return here.host.clock.now_ns()

    shown_ns = asyncio.run(moved())

    async def again() -> None:
        async with hosted(tmp_path) as here:
            assert (here.host.clock.now_ns(), here.host.clock.stands_still) == (shown_ns, True)

    asyncio.run(again())
