"""
Submitting: what is taken and what is not, storage ids, prices, amounts, fees.

Vectors: DEX API v3, "Submit order", "Get order", "Error codes"; protocol 3.6, "Storage id".
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.venues.loopring.floor import E18, ETH, LRC, USDT, Floor, refusal
from tests.venues.loopring.published import VECTORS

from countermand.venues.loopring import grid
from countermand.venues.loopring.presentation import Display, Token
from countermand.venues.loopring.resolve import Holding, Pair
from countermand.vocabulary.commands import AdvanceTime, ConfigureAccount
from countermand.vocabulary.ids import AssetId, InstrumentId
from countermand.vocabulary.instrument import Asset, Instrument, InstrumentKind
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import ListOrders
from countermand.wire import times
from countermand.wire.http import Request

ROWS = {row["name"]: row for row in VECTORS["orders"]}
SLOTS = 16_384


@pytest.fixture
def floor() -> Floor:
    """A floor with nothing on it."""
    return Floor()


def plain(floor: Floor, **more: Any) -> dict[str, Any]:
    """Return an order that would be taken, with some fields different."""
    return floor.form((LRC, 1000 * E18), (ETH, 30 * E18), **more)


def test_a_published_order_has_the_published_hash(floor: Floor) -> None:
    """The venue's name for it is what its signer computed."""
    row = ROWS["sell-lrc-eth"]

    assert row["hash"] == floor.taken(row["order"])


def test_the_answer_is_the_documented_one(floor: Floor) -> None:
    """Processing, whatever has become of it by then."""
    floor.buy(1000 * E18, 30 * E18, "bob")
    status, body = floor.submit(plain(floor, clientOrderId="Test"))

    expected = {
        "hash": body["hash"],
        "clientOrderId": "Test",
        "status": "processing",
        "isIdempotent": False,
    }
    assert (200, expected) == (status, body)
    assert "processed" == floor.order(body["hash"])["status"]


def test_an_order_is_shown_as_it_was_signed(floor: Floor) -> None:
    """The sample of DEX API v3, "Get order", but for its hash, its times and its account's fees."""
    hashed = floor.sell(500 * E18, 9938040000000000000, storageId=100, clientOrderId="2003101431")

    order = floor.order(hashed)
    assert order == {
        "hash": hashed,
        "clientOrderId": "2003101431",
        "side": "SELL",
        "market": "LRC-ETH",
        "price": "0.01987608",
        "volumes": {
            "baseAmount": "500000000000000000000",
            "quoteAmount": "9938040000000000000",
            "baseFilled": "0",
            "quoteFilled": "0",
            "fee": "0",
        },
        "validity": {"start": floor.desk.clock.now_ns() // times.S, "end": 1900000000},
        "orderType": "LIMIT_ORDER",
        "tradeChannel": "MIXED",
        "status": "processing",
        "storageInfo": {"accountId": 10010, "tokenId": LRC, "storageId": 100},
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exchange": "0x" + "1" * 40}, 102001),
        ({"sellToken": {"tokenId": 7, "volume": "5"}}, 102002),
        ({"buyToken": {"tokenId": LRC, "volume": "5"}}, 102005),
        ({"accountId": 10011}, 104003),
        ({"storageId": 101}, 102004),
        ({"maxFeeBips": 19}, 102006),
        ({"maxFeeBips": 5001}, 102006),
        ({"validUntil": 1_800_000_000}, 102008),
        ({"validUntil": 1_800_000_000, "orderType": "TAKER_ONLY"}, 102008),
        ({"sellToken": {"tokenId": LRC, "volume": "1000000001000000000000000000"}}, 102020),
        ({"sellToken": {"tokenId": LRC, "volume": "999999999"}}, 102012),
        ({"sellToken": {"tokenId": LRC, "volume": "0"}}, 102012),
        ({"buyToken": {"tokenId": ETH, "volume": "0"}}, 102012),
        ({"allOrNone": True}, 100001),
        ({"allOrNone": "true"}, 100001),
        ({"orderType": "MARKET"}, 100001),
        ({"tradeChannel": "DARK"}, 100001),
        ({"orderType": "AMM", "fillAmountBOrS": True}, 100001),
        ({"extraOrderType": "STOP_LIMIT"}, 100001),
        ({"extraOrderType": "TWAP"}, 100001),
        ({"taker": "0x" + "1" * 40}, 102120),
        ({"clientOrderId": "x" * 121}, 100001),
    ],
)
def test_what_is_not_taken(floor: Floor, changes: dict[str, Any], code: int) -> None:
    """Each for its own reason, with status 400."""
    assert (400, code) == refusal(floor.submit(plain(floor, **changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {"allOrNone": None, "fillAmountBOrS": None},
        {"allOrNone": "false", "fillAmountBOrS": "false"},
        {"accountId": "10010", "storageId": "4", "validUntil": "1900000000", "maxFeeBips": "63"},
        {"sellToken": {"tokenId": "1", "volume": 1000 * E18}},
        {"taker": "0x" + "0" * 40, "poolAddress": "", "affiliate": None},
        {"hash": "123", "validSince": 1, "channelId": "hummingbot", "label": None},
        {"extraOrderType": "TRADITIONAL_ORDER"},
        {"extraOrderType": None, "stopPrice": None, "stopSide": "NO_CONDITION"},
        {"clientOrderId": "x" * 120, "maxFeeBips": 20},
        {"maxFeeBips": 5000},
    ],
)
def test_what_clients_send_besides_is_taken(floor: Floor, changes: dict[str, Any]) -> None:
    """Numbers as text, amounts as numbers, booleans as words, fields nobody needs."""
    assert 200 == floor.submit(plain(floor, **changes))[0]


@pytest.mark.parametrize("changes", [{"exchange": None}, {"storageId": 2**32}, {"validUntil": "x"}])
def test_what_cannot_be_hashed_is_told_by_its_field(floor: Floor, changes: dict[str, Any]) -> None:
    """Before any signature is looked at, for there is nothing it could be over."""
    body = msgspec.json.encode(plain(floor, **changes))
    keyed = ((b"x-api-key", floor.desk.credential().key.encode()),)
    response = floor.desk.answer(Request("POST", b"/api/v3/order", b"", keyed, body))
    told = msgspec.json.decode(response.body)["resultInfo"]

    assert (400, 100001) == (response.status, told["code"])
    assert next(iter(changes)) in told["message"]


@pytest.mark.parametrize("spelled", [b'{"a":1', b"[]", b"\xff"])
def test_what_is_no_form_is_refused(floor: Floor, spelled: bytes) -> None:
    """It is read before it is proven, and then not proven."""
    request = Request(
        "POST",
        b"/api/v3/order",
        b"",
        ((b"x-api-key", floor.desk.credential().key.encode()),),
        spelled,
    )
    assert 400 == floor.desk.answer(request).status


def test_signatures_of_orders(floor: Floor) -> None:
    """None, and another's."""
    keyed = ((b"x-api-key", floor.desk.credential().key.encode()),)

    def answered(**more: Any) -> tuple[int, int]:
        body = msgspec.json.encode(plain(floor, **more))
        response = floor.desk.answer(Request("POST", b"/api/v3/order", b"", keyed, body))
        return response.status, msgspec.json.decode(response.body)["resultInfo"]["code"]

    assert (400, 102010) == answered()
    assert (400, 104005) == answered(eddsaSignature="0x" + "0" * 192)


def test_who_cannot_pay(floor: Floor) -> None:
    """The documented number."""
    form = floor.form((LRC, 10**8 * E18), (ETH, 30 * E18))
    assert 200 == floor.submit(form)[0]

    again = floor.form((LRC, E18), (ETH, E18), storageId=2)
    assert (400, 102011) == refusal(floor.submit(again))


def test_an_order_sent_again_at_once_is_there_once(floor: Floor) -> None:
    """For five seconds, and as long as nothing has happened to it."""
    form = plain(floor, clientOrderId="mine")
    first = floor.submit(form)[1]
    floor.wait(5)

    assert (200, first | {"isIdempotent": True}) == floor.submit(form)
    open_ids = floor.desk.engine.exchange.query(ListOrders((floor.desk.accounts()[0].account_id,)))
    assert 1 == open_ids.total
    floor.wait(1)
    assert (400, 102007) == refusal(floor.submit(form))


def test_an_order_that_has_traded_is_not_there_again(floor: Floor) -> None:
    """Its sender must learn that it is not new."""
    form = plain(floor)
    floor.taken(form)
    floor.buy(100 * E18, 3 * E18, "bob")

    assert (400, 102007) == refusal(floor.submit(form))


def test_the_same_client_order_id_again_is_taken(floor: Floor) -> None:
    """It is a label, DEX API v3 says, without effect."""
    for storage_id in (0, 2):
        floor.taken(plain(floor, storageId=storage_id, clientOrderId="same"))


def test_storage_id_is_used_once(floor: Floor) -> None:
    """By an order that is open, and by one that is over."""
    hashed = floor.taken(plain(floor, storageId=20))
    other = floor.form((LRC, 2000 * E18), (ETH, 60 * E18), storageId=20)

    assert (400, 102030) == refusal(floor.submit(other))
    floor.cancel(hashed)
    assert (400, 102030) == refusal(floor.submit(other))


def test_larger_storage_id_of_a_slot_takes_it_over(floor: Floor) -> None:
    """Slots are what is left of an id by 16384; a smaller id of one is outdated."""
    first = floor.taken(plain(floor, storageId=20 + SLOTS))
    below = floor.submit(plain(floor, storageId=20))
    assert (400, 102030) == refusal(below)

    second = floor.taken(plain(floor, storageId=20 + 2 * SLOTS))
    assert "cancelled" == floor.order(first)["status"]
    assert "processing" == floor.order(second)["status"]


def test_slots_belong_to_the_token_that_is_sold(floor: Floor) -> None:
    """Across markets: LRC sold for ETH and for USDT share them, ETH sold does not."""
    floor.taken(plain(floor, storageId=20))
    for_usdt = floor.form((LRC, 1000 * E18), (USDT, 400 * 10**6), storageId=20)

    assert (400, 102030) == refusal(floor.submit(for_usdt))
    floor.buy(1000 * E18, 20 * E18, storageId=20)


def test_takeover_is_paid_with_what_it_frees(floor: Floor) -> None:
    """All of a token may be on offer, and be offered anew."""
    everything = 10**8 * E18
    floor.taken(floor.form((LRC, everything), (ETH, 30 * E18), storageId=0))

    floor.taken(floor.form((LRC, everything), (ETH, 40 * E18), storageId=SLOTS))
    assert (everything, everything) == floor.balance(LRC)


def test_an_order_that_is_refused_uses_no_storage_id(floor: Floor) -> None:
    """The id may be tried again."""
    assert 400 == floor.submit(floor.form((LRC, 10**9 * E18), (ETH, E18), storageId=20))[0]

    floor.taken(plain(floor, storageId=20))


def test_maker_only_that_would_take_is_refused(floor: Floor) -> None:
    """Our proposal, for no page says what happens; it trades nothing and uses no storage id."""
    floor.buy(1000 * E18, 30 * E18, "bob")
    form = plain(floor, orderType="MAKER_ONLY")

    assert (400, 102120) == refusal(floor.submit(form))
    floor.taken(floor.form((LRC, 1000 * E18), (ETH, 31 * E18), orderType="MAKER_ONLY"))


@pytest.mark.parametrize(
    "style", [{"orderType": "TAKER_ONLY"}, {"orderType": "AMM"}, {"tradeChannel": "AMM_POOL"}]
)
def test_taker_only_and_swaps_do_not_rest(floor: Floor, style: dict[str, str]) -> None:
    """What they find they take; a swap is told back, and found, as it was sent."""
    floor.buy(400 * E18, 12 * E18, "bob")
    order = floor.order(floor.taken(plain(floor, **style)))

    assert ("cancelled", str(400 * E18), str(12 * E18)) == (
        order["status"],
        order["volumes"]["baseFilled"],
        order["volumes"]["quoteFilled"],
    )
    sent = {"orderType": "LIMIT_ORDER", "tradeChannel": "MIXED"} | style
    assert sent == {name: order[name] for name in sent}
    query = f"accountId=10010&{'&'.join(f'{name}s={word}' for name, word in style.items())}"
    assert [order["hash"]] == [one["hash"] for one in floor.told("/orders", query)["orders"]]


@pytest.mark.parametrize("channel", ["MIXED", "ORDER_BOOK"])
def test_maker_only_rests_on_either_channel_of_the_book(floor: Floor, channel: str) -> None:
    """On the third, the pool's, it would be stored as an order that takes; so it is refused."""
    of_pool = plain(floor, orderType="MAKER_ONLY", tradeChannel="AMM_POOL")
    assert (400, 100001) == refusal(floor.submit(of_pool))

    floor.taken(plain(floor, orderType="MAKER_ONLY", tradeChannel=channel))


def test_fees_come_out_of_what_is_bought(floor: Floor) -> None:
    """The maker's 0.1 % of LRC, the taker's 0.2 % of ETH; the rest is theirs."""
    bought = floor.buy(1000 * E18, 30 * E18, "bob")
    sold = floor.taken(plain(floor))

    assert str(E18) == floor.order(bought, "bob")["volumes"]["fee"]
    assert str(60 * 10**15) == floor.order(sold)["volumes"]["fee"]
    assert (10**8 * E18 + 999 * E18, 0) == floor.balance(LRC, "bob")
    assert (10**6 * E18 + 30 * E18 - 60 * 10**15, 0) == floor.balance(ETH)


def test_a_sell_ends_at_what_it_sells(floor: Floor) -> None:
    """At a better price it brings more than was asked (fillAmountBOrS false)."""
    floor.buy(1000 * E18, 40 * E18, "bob")
    told = floor.order(floor.taken(plain(floor)))

    assert ("processed", str(1000 * E18), str(40 * E18)) == (
        told["status"],
        told["volumes"]["baseFilled"],
        told["volumes"]["quoteFilled"],
    )


def test_a_buy_ends_at_what_it_buys(floor: Floor) -> None:
    """At a better price it costs less than was offered (fillAmountBOrS true)."""
    floor.sell(1000 * E18, 20 * E18)
    told = floor.order(floor.buy(1000 * E18, 30 * E18, "bob"), "bob")

    assert ("processed", str(1000 * E18), str(20 * E18)) == (
        told["status"],
        told["volumes"]["baseFilled"],
        told["volumes"]["quoteFilled"],
    )


def test_a_swap_that_buys_ends_at_what_it_sells(floor: Floor) -> None:
    """At a better price it buys more than was asked (fillAmountBOrS false), exactly."""
    floor.sell(3000 * E18, 60 * E18)
    form = floor.form(
        (ETH, 30 * E18), (LRC, 1000 * E18), "bob", orderType="TAKER_ONLY", fillAmountBOrS=False
    )
    told = floor.order(floor.taken(form, "bob"), "bob")

    assert ("processed", str(1500 * E18), str(30 * E18)) == (
        told["status"],
        told["volumes"]["baseFilled"],
        told["volumes"]["quoteFilled"],
    )


def test_a_swap_that_sells_ends_at_what_it_buys(floor: Floor) -> None:
    """At a better price it sells less than was offered (fillAmountBOrS true), exactly."""
    floor.buy(3000 * E18, 120 * E18, "bob")
    told = floor.order(floor.taken(plain(floor, orderType="TAKER_ONLY", fillAmountBOrS=True)))

    assert ("processed", str(750 * E18), str(30 * E18)) == (
        told["status"],
        told["volumes"]["baseFilled"],
        told["volumes"]["quoteFilled"],
    )


def test_a_swap_the_book_is_too_small_for_is_cut_short(floor: Floor) -> None:
    """It is told as canceled, with what it bought."""
    floor.sell(500 * E18, 10 * E18)
    form = floor.form(
        (ETH, 30 * E18), (LRC, 1000 * E18), "bob", orderType="TAKER_ONLY", fillAmountBOrS=False
    )
    told = floor.order(floor.taken(form, "bob"), "bob")

    assert ("cancelled", str(500 * E18), str(10 * E18)) == (
        told["status"],
        told["volumes"]["baseFilled"],
        told["volumes"]["quoteFilled"],
    )


def test_a_swap_that_sells_leaves_less_than_a_lot(floor: Floor) -> None:
    """A lot brings 40 million wei where it trades and 30 at its own price: 35 are dust."""
    floor.buy(3000 * E18, 120 * E18, "bob")
    for_quote = floor.form(
        (LRC, 1000 * E18),
        (ETH, 30 * E18 + 35_000_000),
        orderType="TAKER_ONLY",
        fillAmountBOrS=True,
    )
    told = floor.order(floor.taken(for_quote))

    assert ("processed", str(750 * E18), str(30 * E18 + 35_000_000)) == (
        told["status"],
        told["volumes"]["baseFilled"],
        told["volumes"]["quoteFilled"],
    )


def test_a_swap_that_finds_nobody(floor: Floor) -> None:
    """It ends with nothing; one that ends at its quote cannot even be sized, and is refused."""
    form = floor.form((ETH, 30 * E18), (LRC, 1000 * E18), orderType="TAKER_ONLY")

    assert (400, 102120) == refusal(floor.submit(form))
    hashed = floor.taken(form | {"fillAmountBOrS": True})
    assert "cancelled" == floor.order(hashed)["status"]


def test_a_resting_buy_that_meets_a_better_price(floor: Floor) -> None:
    """It ends with the base it was signed for, having cost less (our choice)."""
    floor.sell(3000 * E18, 60 * E18)
    form = floor.form((ETH, 30 * E18), (LRC, 1000 * E18), "bob", fillAmountBOrS=False)
    told = floor.order(floor.taken(form, "bob"), "bob")

    assert ("processed", str(1000 * E18), str(20 * E18)) == (
        told["status"],
        told["volumes"]["baseFilled"],
        told["volumes"]["quoteFilled"],
    )


def test_a_resting_buy_that_ends_at_what_it_sells(floor: Floor) -> None:
    """It never costs more than was signed, and at its own price costs just that."""
    form = floor.form((ETH, 30 * E18), (LRC, 1000 * E18), "bob", fillAmountBOrS=False)
    hashed = floor.taken(form, "bob")
    floor.taken(plain(floor))

    told = floor.order(hashed, "bob")
    assert ("processed", str(1000 * E18), str(30 * E18)) == (
        told["status"],
        told["volumes"]["baseFilled"],
        told["volumes"]["quoteFilled"],
    )


def test_a_resting_buy_is_for_no_more_than_was_signed(floor: Floor) -> None:
    """Its price is floored, but what that leaves of the quote buys nothing more (our choice)."""
    hashed = floor.buy(3 * E18, E18, fillAmountBOrS=False)

    assert 3 * 10**9 == floor.core(hashed).terms.order_qty_lots


def test_dust_is_told_as_traded_and_stays_where_it_is(floor: Floor) -> None:
    """A lot is 10^-9 LRC: an order that has traded all its lots tells what it was signed for."""
    odd = 1000 * E18 + 123_456_789
    hashed = floor.taken(floor.form((LRC, odd), (ETH, 30 * E18)))
    floor.buy(1000 * E18, 31 * E18, "bob")

    told = floor.order(hashed)
    assert ("processed", str(odd)) == (told["status"], told["volumes"]["baseFilled"])
    assert 10**8 * E18 - 1000 * E18 == floor.balance(LRC)[0]


def test_prices_are_rounded_in_the_owner_s_favor(floor: Floor) -> None:
    """A third of an ETH a LRC: neither gives more than was signed, and they do not meet."""
    bid = floor.buy(3 * E18, E18)
    ask = floor.sell(3 * E18, E18, "bob")

    assert 333_333_333_333 == floor.core(bid).terms.price_ticks
    assert 333_333_333_334 == floor.core(ask, "bob").terms.price_ticks


def test_the_documented_price_of_a_fine_volume() -> None:
    """DEX API v3, "Get orders": 1073272330970261 for 111000000 at three digits is 103422.027."""
    one = Instrument(
        InstrumentId(1), "loopring", "WBTC-USDT", InstrumentKind.SPOT, AssetId(1), AssetId(2),
        1, 9, 1, 9, 1, 10**9,
    )  # fmt: skip
    base = Holding(Asset(AssetId(1), "loopring", "WBTC", 18), Token(token_id=4))
    quote = Holding(Asset(AssetId(2), "loopring", "USDT", 18), Token(token_id=3, decimals=6))
    pair = Pair(one, base, quote, Display(3))

    assert "103422.027" == grid.price_text(pair, 1073272330970261, 111000000)
    assert 103422027007491 == grid.price_ticks(pair, Side.BUY, 1073272330970261, 111000000)
    assert 103422027007492 == grid.price_ticks(pair, Side.SELL, 1073272330970261, 111000000)


def test_an_order_expires_when_it_says(floor: Floor) -> None:
    """Without anybody asking for it."""
    until = floor.desk.clock.now_ns() // times.S + 60
    hashed = floor.taken(plain(floor, validUntil=until))
    floor.wait(60)
    floor.desk.engine.enter(AdvanceTime())

    assert "expired" == floor.order(hashed)["status"]
    assert 0 == floor.balance(LRC)[1]


def test_a_frozen_account_submits_nothing(floor: Floor) -> None:
    """And says so of itself."""
    account_id = floor.desk.accounts()[0].account_id
    floor.desk.engine.enter(ConfigureAccount(account_id, trading_locked=True))

    assert (400, 102120) == refusal(floor.submit(plain(floor)))
    assert floor.told("/account", "accountId=10010")["frozen"] is True


def test_settings_name_the_most_of_a_token_an_order_may_sell(floor: Floor) -> None:
    """That much is taken, and not a smallest unit more."""
    known = floor.desk.settings.tokens  # type: ignore[attr-defined]  # The venue's own settings.
    capped = known | {"LRC": replace(known["LRC"], maximum=str(1000 * E18))}
    floor.desk.pipeline.settings = replace(floor.desk.settings, tokens=capped)  # type: ignore[call-arg]  # As above.

    above = floor.form((LRC, 1000 * E18 + 1), (ETH, 30 * E18))
    assert (400, 102020) == refusal(floor.submit(above))
    floor.taken(plain(floor))


def test_settings_name_the_contract_orders_are_signed_for() -> None:
    """Another contract, other orders."""
    floor = Floor()
    other = replace(floor.desk.settings, exchange_address="0x" + "1" * 40)  # type: ignore[call-arg]
    floor.desk.pipeline.settings = other

    assert (400, 102001) == refusal(floor.submit(plain(floor)))
    floor.taken(plain(floor, exchange="0x" + "1" * 40))
