"""Worlds: what a file may say, what it founds, and what is refused before anything is founded."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from countermand import world as worlds
from countermand.core.exchange import Exchange
from countermand.venues import VENUES
from countermand.vocabulary.commands import (
    DepositFunds,
    Entry,
    ListInstrument,
    NewOrder,
    OpenAccount,
    SetDelays,
)
from countermand.vocabulary.events import InstructionRejected, OrderRejected
from countermand.vocabulary.instrument import TriggerBasis
from countermand.vocabulary.queries import ListQuotes
from countermand.world import WorldError, spec

NAME = "coinbase-intx"
DEMO = Path(spec.__file__).parents[1] / "venues/coinbase_intx/demo.toml"


def edited(*changes: tuple[str, str]) -> worlds.VenueWorld:
    """Return the demo world with pieces of its text replaced, each of which must be there."""
    text = DEMO.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return spec.parse(text.encode(), "edited.toml")[NAME]


@pytest.mark.parametrize("name", VENUES)
def test_the_demo_founds_without_a_refusal(name: str) -> None:
    """Every command of it is taken by an empty exchange, and every market is quoted then."""
    exchange = Exchange()
    for seq, command in enumerate(worlds.found(name, spec.demo([VENUES[name]])[name], 1), 1):
        event = exchange.apply(Entry(seq, seq, command)).events[0]
        assert not isinstance(event, InstructionRejected | OrderRejected), command
    exchange.check_invariants()
    quotes = exchange.query(ListQuotes(name))
    assert quotes
    assert all(one.bid_px_ticks and one.ask_px_ticks for one in quotes)


def test_orders_come_after_all_accounts() -> None:
    """The accounts' numbers do not depend on the orders; no order would trade at once."""
    kinds = [isinstance(one, NewOrder) for one in worlds.found(NAME, edited(), 1)]

    assert any(kinds)
    assert sorted(kinds) == kinds
    assert [] == _refused(edited())
    assert ["coinbase-intx: user maker: account main: order 2"] == _refused(
        edited(('price = "59400"', 'price = "60600"'))
    )


def _refused(world: worlds.VenueWorld) -> list[str]:
    exchange = Exchange()
    founding = worlds.founding(NAME, world, 1)
    events = [exchange.apply(Entry(s, s, one)).events[0] for s, (one, _) in enumerate(founding, 1)]
    return [
        place.name
        for (_, place), event in zip(founding, events, strict=True)
        if isinstance(event, InstructionRejected | OrderRejected)
    ]


def test_ids_follow_the_first_entry() -> None:
    """The same world founded later names the same things by their later numbers."""
    early, late = worlds.found(NAME, edited(), 1), worlds.found(NAME, edited(), 101)
    markets = [
        [c.instrument.quote_asset_id for c in commands if isinstance(c, ListInstrument)]
        for commands in (early, late)
    ]

    assert [number + 100 for number in markets[0]] == markets[1]


def test_delays_are_founded_last() -> None:
    """The world's own orders are not delayed."""
    slow = edited(
        (
            "[coinbase-intx.settings]",
            "[coinbase-intx.delays]\ncancel_ms = 250\n\n[coinbase-intx.settings]",
        )
    )

    assert SetDelays(NAME, 0, 250_000_000, 0) == worlds.found(NAME, slow, 1)[-1]
    assert [] == _refused(slow)
    assert slow.founded() != edited().founded()


def test_a_market_says_what_wakes_its_stops() -> None:
    """The last trade wakes them, also one that comes too late, unless the market says otherwise."""
    line = 'tick_size = "0.1"\n'
    more = line + 'trigger_basis = "reference"\nrefuses_met_trigger = true\n'
    plain, other = (
        next(c.instrument for c in worlds.found(NAME, one, 1) if isinstance(c, ListInstrument))
        for one in (edited(), edited((line, more)))
    )

    assert (TriggerBasis.LAST_TRADE, False) == (plain.trigger_basis, plain.refuses_met_trigger)
    assert (TriggerBasis.REFERENCE, True) == (other.trigger_basis, other.refuses_met_trigger)
    with pytest.raises(WorldError, match="'bids' is not one of last_trade, reference"):
        worlds.found(NAME, edited((line, line + 'trigger_basis = "bids"\n')), 1)


def test_an_account_on_margin_may_borrow() -> None:
    """Other accounts may not."""
    line = "default = true\n"
    plain, borrowing = edited(), edited((line, line + "margin = true\n"))

    assert [False, False] == [opened.may_borrow for opened in _opened(plain)][:2]
    assert [True, False] == [opened.may_borrow for opened in _opened(borrowing)][:2]


def _opened(world: worlds.VenueWorld) -> list[OpenAccount]:
    return [c for c in worlds.found(NAME, world, 1) if isinstance(c, OpenAccount)]


def test_balances_are_exact_to_the_last_digit() -> None:
    """More digits than a context of the decimal module keeps by default."""
    world = edited(
        ("scale = 10", "scale = 18"),
        ('USDC = "10000000"', 'USDC = "98765432109876543210.123456789012345678"'),
    )
    deposits = [c for c in worlds.found(NAME, world, 1) if isinstance(c, DepositFunds)]

    assert deposits[0].amount_minor == 98765432109876543210123456789012345678


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('tick_size = "0.1"', 'tick_size = "0"', "tick_size: '0' is not a positive step"),
        ('tick_size = "0.1"', 'tick_size = "NaN"', "'NaN' is not a positive step"),
        ('tick_size = "0.1"', 'tick_size = "x"', "'x' is not a number"),
        ('min_quantity = "0.0001"', 'min_quantity = "0.00015"', "must be a multiple of 0.0001"),
        ("scale = 10", "scale = 100000", "asset USDC: scale: it is not between 0 and 36"),
        ("scale = 10", "scale = 4", "a lot at a tick is finer than its assets are kept"),
        ('kind = "perpetual"', 'kind = "future"', "kind: 'future' is not one of spot, perpetual"),
        ('quote = "USDC"', 'quote = "EUR"', "no asset is called EUR"),
        ('taker_fee_rate = "0.0004"', 'taker_fee_rate = "1e-12"', "must be a multiple of"),
        ('price = "59400"', 'price = "59400.05"', "order 1: price: '59400.05' must be"),
        ('instrument = "BTC-PERP", side = "buy"', 'instrument = "XRP", side = "buy"', "called XRP"),
        ('side = "buy"', 'side = "long"', "side: 'long' is not one of buy, sell"),
        ('name = "maker"', 'name = "maker"\nkeys = [{ key = "k" }]', "only a user without keys"),
    ],
)
def test_a_world_that_cannot_be_is_refused(old: str, new: str, text: str) -> None:
    """The line has the entry and what is wrong with it."""
    with pytest.raises(WorldError, match=text):
        worlds.found(NAME, edited((old, new)), 1)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[coinbase-intx", "coinbase|Expected|unclosed|Invalid"),
        ("[coinbase-intx]\nassets = 3", "assets: expected a list"),
        (
            "[coinbase-intx]\nassets=[]\ninstruments=[]\nusers=[]\ncolour='red'",
            "there is no such field",
        ),
        ("", "there is no venue in it"),
        ("[nowhere]\nassets=[]\ninstruments=[]\nusers=[]", "venue 'nowhere' is not served here"),
    ],
)
def test_a_file_that_is_no_world_is_refused(tmp_path: Path, text: str, error: str) -> None:
    """The line begins with the file's path."""
    file = tmp_path / "world.toml"
    file.write_text(text)

    with pytest.raises(WorldError, match=error) as raised:
        worlds.choose({}, file, VENUES.values())
    assert str(raised.value).startswith(str(file))


def test_the_kept_world_is_served_again() -> None:
    """Without a file a start has the world it was founded with, with its keys."""
    own = {NAME: edited(("alice-demo-key", "my-own-key"))}
    records = worlds.changed({}, own)

    assert worlds.choose(worlds.kept_in(records), None, [VENUES[NAME]]) == own
    assert [] == worlds.changed(own, own)


def test_the_last_world_that_was_kept_holds() -> None:
    """For each venue the last one holds, beside other records."""
    first, later = {NAME: edited()}, {NAME: edited(("alice-demo-key", "my-own-key"))}
    records = [*worlds.changed({}, first), ("keys/x", b"{}"), *worlds.changed(first, later)]

    assert later == worlds.kept_in(records)


@pytest.mark.parametrize("value", [b"{", b'{"assets":3}', b'"\xff"'])
def test_an_unreadable_kept_world_is_refused(value: bytes) -> None:
    """Such as one of a later version."""
    with pytest.raises(WorldError, match="makes no sense"):
        worlds.kept_in([(f"world/{NAME}", value)])


def test_settings_and_keys_may_change_but_not_what_was_founded(tmp_path: Path) -> None:
    """The journal holds the founding; a file that tells another is refused."""
    kept = {NAME: edited()}
    file = tmp_path / "world.toml"
    file.write_text(DEMO.read_text().replace("window_s = 30", "window_s = 5"))
    assert worlds.choose(kept, file, VENUES.values())[NAME].settings["window_s"] == 5

    file.write_text(DEMO.read_text().replace('USDC = "10000000"', 'USDC = "1"', 1))
    with pytest.raises(WorldError, match="was founded with other assets"):
        worlds.choose(kept, file, VENUES.values())


def test_files_of_an_earlier_version_are_records_once(tmp_path: Path) -> None:
    """The world of each venue and what became of its keys; then the files are removed."""
    own = {NAME: edited(("alice-demo-key", "my-own-key"))}
    (tmp_path / "world.json").write_bytes(msgspec.json.encode(own))
    (tmp_path / f"keys-{NAME}.json").write_bytes(b'{"issued":{},"revoked":["x"]}')
    records = worlds.from_files(tmp_path)

    assert own == worlds.kept_in(records)
    assert (f"keys/{NAME}", b'{"issued":{},"revoked":["x"]}') == records[-1]
    assert ["world.json", f"keys-{NAME}.json"] == worlds.remove_files(tmp_path)
    assert [] == worlds.from_files(tmp_path)


def test_keys_whose_world_is_gone_are_records_too(tmp_path: Path) -> None:
    """Their revocations hold for a world that is given anew."""
    (tmp_path / f"keys-{NAME}.json").write_bytes(b'{"issued":{},"revoked":["x"]}')

    assert [(f"keys/{NAME}", b'{"issued":{},"revoked":["x"]}')] == worlds.from_files(tmp_path)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("world.json", b"{"),
        ("world.json", b'{"\xff": 1}'),
        ("world.json", b"[]"),
        (f"keys-{NAME}.json", b"{"),
        (f"keys-{NAME}.json", b'{"\xff": 1}'),
    ],
)
def test_a_bad_byte_in_an_old_file_is_told(tmp_path: Path, name: str, damage: bytes) -> None:
    """The line has the file's path."""
    (tmp_path / name).write_bytes(damage)
    with pytest.raises(WorldError, match=f"{name}: "):
        worlds.from_files(tmp_path)


def test_an_old_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """The line has that file's path and no other."""
    (tmp_path / "world.json").write_bytes(b"{}")
    (tmp_path / f"keys-{NAME}.json").mkdir()
    with pytest.raises(WorldError, match=rf"keys-{NAME}\.json: Is a directory"):
        worlds.from_files(tmp_path)
