"""
Building and submitting: what the form forbids, what the exchange refuses, and whose signature it
takes.

Source: API reference, "Build Place Order", "Submit Place Order", "Order Types", "Status Codes";
        tests/venues/deltadefi/vectors for signatures; the rest is our proposal (README).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.deltadefi.booth import ADA, NIGHT, Booth, limit, market

from countermand.venues.deltadefi.cardano import operation_key, transaction
from countermand.venues.deltadefi.settings import DeltaDefiSettings
from countermand.vocabulary.instrument import TradingState
from countermand.wire.http import Request

VECTORS = json.loads((Path(__file__).parent / "vectors" / "cardano.json").read_text())
INVALID = "Invalid request data: "
NO_NUMBER = (422, 4000, INVALID + "invalid base_quantity: must be a plain number")
TOO_HIGH = (400, 4111, "Price exceeds maximum allowed limit for this market")
TOO_LOW = (400, 4112, "Price below minimum allowed limit for this market")


@pytest.fixture
def booth() -> Booth:
    """A booth of one's own."""
    return Booth()


# --- building


def test_built_order_holds_nothing(booth: Booth) -> None:
    """The order is found by its id, holds no money, and is not listed."""
    before = booth.balances()
    built = booth.build(limit("buy", "100", "0.93"))

    assert {"order_id", "tx_hex"} == set(built)
    assert before == booth.balances()
    assert () == booth.book().bids
    assert [] == booth.get("/accounts/open-orders?symbol=ADAUSDM")["data"]
    assert [] == booth.get("/accounts/trade-orders?symbol=ADAUSDM")["data"]
    order = booth.shown(built["order_id"])
    assert ("building", "100", "93", "0.93") == tuple(
        order[name] for name in ("status", "base_qty", "quote_qty", "price")
    )


def test_transaction_is_bound_to_the_order(booth: Booth) -> None:
    """The transaction's one input is the hash of the id's text."""
    built = booth.build(limit("buy", "100", "0.93"))

    assert transaction.build(built["order_id"]) == built["tx_hex"]


@pytest.mark.parametrize(
    "form",
    [
        limit("buy", "100", "0.93"),
        limit("buy", 100, 0.93),
        limit("buy", 100.00, "0.9300"),
        limit("buy", None, "0.93", quote_quantity="93", base_quantity=None),
        limit("buy", None, 0.93, quote_quantity=93.0, base_quantity=None) | {"post_only": False},
        {"symbol": ADA, "side": "buy", "type": "limit", "quantity": 100, "price": 0.93}
        | {"limit_slippage": False, "max_slippage_basis_point": None, "post_only": None},
    ],
)
def test_same_order_in_other_words(booth: Booth, form: dict[str, Any]) -> None:
    """Text or numbers, either quantity, its older name, null for nothing, unknown keys."""
    order = booth.place(form)

    assert ("open", "100", "93", "0.93") == (
        order["status"],
        order["base_qty"],
        order["quote_qty"],
        order["price"],
    )


def test_quote_quantity_of_a_limit_is_floored(booth: Booth) -> None:
    """The amount is floored to the pair's lots, so the order costs no more."""
    form = {"symbol": ADA, "side": "buy", "type": "limit", "quote_quantity": "100", "price": "0.93"}
    order = booth.place(form)

    assert ("107.52", "99.9936") == (order["base_qty"], order["quote_qty"])


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({}, (422, 4000, INVALID + "symbol is missing")),
        (limit("buy", "100", "1") | {"symbol": None}, (422, 4000, INVALID + "invalid symbol")),
        (limit("buy", "100", "1") | {"symbol": "ADA"}, (400, 4106, "Invalid trading pair symbol")),
        (limit("BUY", "100", "1"), (422, 4000, INVALID + "invalid side")),
        (limit("buy", "100", "1") | {"type": "stop"}, (422, 4000, INVALID + "invalid type")),
        (limit("buy", "100", None), (422, 4000, INVALID + "price is missing")),
        (limit("buy", None, "1"), (422, 4000, INVALID + "base_quantity is missing")),
        (
            limit("buy", "100", "1", quote_quantity="93"),
            (
                422,
                4000,
                INVALID + "invalid quote_quantity: does not go together with base_quantity",
            ),
        ),
        (
            limit("buy", "100", "1", quantity="93"),
            (422, 4000, INVALID + "invalid quantity: does not go together with base_quantity"),
        ),
        (limit("buy", "1_00", "1"), NO_NUMBER),
        (limit("buy", "NaN", "1"), NO_NUMBER),
        (limit("buy", True, "1"), (422, 4000, INVALID + "invalid base_quantity")),
        (limit("buy", "1e99", "1"), (422, 4000, INVALID + "invalid base_quantity: is too large")),
        (limit("buy", "100", "0"), (400, 4101, "Order price must be greater then 0")),
        (limit("buy", "100", "-1"), (400, 4101, "Order price must be greater then 0")),
        (limit("buy", "100", "0.93001"), (400, 4102, "Price must have at most 4 decimal places")),
        (limit("buy", "100.001", "1"), (400, 4103, "Quantity must have at most 2 decimal places")),
        (
            limit("buy", None, "1", quote_quantity="93.005"),
            (400, 4103, "Quantity must have at most 2 decimal places"),
        ),
        (
            limit("buy", None, "1", quote_quantity="-93"),
            (400, 4107, "Order Quantity must be greater then 0"),
        ),
        (
            limit("buy", None, "0", quote_quantity="93"),
            (400, 4101, "Order price must be greater then 0"),
        ),
        (limit("buy", "0", "1"), (400, 4107, "Order Quantity must be greater then 0")),
        (limit("buy", "-100", "1"), (400, 4107, "Order Quantity must be greater then 0")),
        (limit("buy", "4.99", "1"), (400, 4100, "Order size must be at least 5 ADA")),
        (
            limit("buy", "100", "0.04") | {"symbol": NIGHT},
            (400, 4100, "Order size must be at least 5 USDM"),
        ),
        (limit("buy", "100", "100.0001"), TOO_HIGH),
        (limit("buy", "100", "1e30"), TOO_HIGH),
        (limit("buy", "100", "0.0009"), TOO_LOW),
        (limit("buy", "20000000", "1"), (400, 4050, "Insufficient balance to place order")),
        (limit("sell", "20000000", "1"), (400, 4050, "Insufficient balance to place order")),
        (
            market("buy", base_quantity="100", post_only=True),
            (400, 4105, "Post-only flag can only be used with limit orders"),
        ),
        (
            market("buy", base_quantity="100"),
            (400, 4109, "Insufficient liquidity to execute market order"),
        ),
        (
            market("buy", base_quantity="100", max_slippage_basis_point=10),
            (400, 4109, "Insufficient liquidity to execute market order"),
        ),
    ],
)  # fmt: skip
def test_refused_build(booth: Booth, form: dict[str, Any], expected: tuple[int, int, str]) -> None:
    """Each with its own code, and nothing is built."""
    assert expected == booth.refused(form)


@pytest.mark.parametrize("points", ["-1", "10001", "1.5", 20000, -3, "1e50"])
def test_slippage_out_of_range(booth: Booth, points: Any) -> None:
    """Fractions of a basis point are refused too."""
    booth.place(limit("sell", "100", "0.93"), "bob")
    form = market("buy", base_quantity="10", max_slippage_basis_point=points)

    assert (400, 4108, "Max Slippage basis point must be between 0 and 10000") == booth.refused(
        form
    )


def test_post_only_that_would_match(booth: Booth) -> None:
    """Refused when it is built, and again when it is submitted; then it has failed."""
    built = booth.build(limit("buy", "100", "0.93", post_only=True))
    booth.place(limit("sell", "100", "0.93"), "bob")
    crossing = {"error": "Post-only order would match with existing orders", "code": 4104}

    assert (400, 4104, crossing["error"]) == booth.refused(
        limit("buy", "100", "0.93", post_only=True)
    )
    assert (400, crossing) == booth.submit(built)
    assert "failed" == booth.shown(built["order_id"])["status"]
    assert "open" == booth.place(limit("buy", "100", "0.92", post_only=True))["status"]


def test_market_that_is_closed(booth: Booth) -> None:
    """The one code there is for it."""
    booth.become(TradingState.HALTED)
    locked = "Trading is currently locked, please try again later"

    assert (400, 5002, locked) == booth.refused(limit("buy", "100", "0.93"))


def test_key_without_an_operation_key(booth: Booth) -> None:
    """Without a key to sign with, no order is built."""
    bare = replace(booth.desk.credential(), encrypted_operation_key=None, operation_key_hash=None)
    booth.desk.keys._by_key[bare.key] = bare

    assert (400, 4406, "Account is missing required operation key") == booth.refused(
        limit("buy", "100", "0.93")
    )
    status, answer = booth.ask("GET", "/accounts/operation-key")
    assert (400, 4406) == (status, answer["code"])


# --- submitting


def test_submitted_order_is_the_order_object(booth: Booth) -> None:
    """Unwrapped, open, and with the keys the SDK repeats ignored."""
    built = booth.build(limit("buy", "100", "0.93", post_only=True))
    status, order = booth.submit(built, price="0.93", post_only=True)

    assert 200 == status
    assert built["order_id"] == order["id"]
    assert booth.desk.credential().key not in str(order)
    told = order.keys() - {"id", "account_id", "created_at", "updated_at"}
    assert {
        "status": "open", "symbol": ADA, "side": "buy", "type": "limit", "price": "0.93",
        "base_qty": "100", "quote_qty": "93", "locked_base_qty": "0", "locked_quote_qty": "93",
        "executed_base_qty": "0", "executed_quote_qty": "0", "ob_open_order_base_qty": "100",
        "commission_unit": "ADA", "commission": "0", "commission_rate_bp": 10,
        "executed_price": "0", "order_execution_records": [],
    } == {name: order[name] for name in told}  # fmt: skip
    assert order == booth.shown(built["order_id"])


def test_second_submit(booth: Booth) -> None:
    """The refusal is the same while the order is open and after its cancel."""
    built = booth.build(limit("buy", "100", "0.93"))
    assert 200 == booth.submit(built)[0]
    again = (400, {"error": "Transaction has already been submitted", "code": 4302})

    assert again == booth.submit(built)
    booth.cancel(built["order_id"])
    assert again == booth.submit(built)
    assert () == booth.book().bids


def test_submit_that_failed_cannot_be_repeated(booth: Booth) -> None:
    """The order has failed, and a new one must be built."""
    built = booth.build(limit("buy", "100", "0.93"))
    booth.keep_only("alice", "USDM", 10)

    assert (400, {"error": "Insufficient balance to place order", "code": 4050}) == booth.submit(
        built
    )
    assert 4302 == booth.submit(built)[1]["code"]
    shown = booth.get("/accounts/trade-orders?symbol=ADAUSDM")["data"]
    assert [(built["order_id"], "failed")] == [(it["id"], it["status"]) for it in shown]


def test_too_old(booth: Booth) -> None:
    """Two minutes, a setting."""
    built = booth.build(limit("buy", "100", "0.93"))
    booth.wait(121)
    expired = (400, {"error": "Transaction expired, please build again", "code": 4300})

    assert expired == booth.submit(built)
    assert 120 == DeltaDefiSettings().build_lifetime_s
    short = Booth(build_lifetime_s=5)
    built = short.build(limit("buy", "100", "0.93"))
    short.wait(4)
    assert 200 == short.submit(built)[0]
    built = short.build(limit("buy", "100", "0.93"))
    short.wait(6)
    assert expired == short.submit(built)


def test_order_is_looked_at_before_its_signature(booth: Booth) -> None:
    """An old order and a submitted one are refused as such with any signature."""
    old, placed = (booth.build(limit("buy", "100", "0.93")) for _ in range(2))
    assert 200 == booth.submit(placed)[0]
    booth.wait(121)

    for built, code in ((old, 4300), (placed, 4302)):
        body = {"order_id": built["order_id"], "signed_tx": built["tx_hex"]}
        status, answer = booth.post("/order/submit", body)
        assert (400, code) == (status, answer["code"])


def test_submit_with_a_key_without_an_operation_key(booth: Booth) -> None:
    """No signature can be checked; the order stays built."""
    key, built = booth.desk.credential(), booth.build(limit("buy", "100", "0.93"))
    signed = booth.sign(built["tx_hex"])
    bare = replace(key, encrypted_operation_key=None, operation_key_hash=None)
    booth.desk.keys._by_key[bare.key] = bare
    refused = {"error": "Account is missing required operation key", "code": 4406}

    body = {"order_id": built["order_id"], "signed_tx": signed}
    assert (400, refused) == booth.post("/order/submit", body)
    booth.desk.keys._by_key[key.key] = key
    assert 200 == booth.post("/order/submit", body)[0]


@pytest.mark.parametrize("order_id", ["", "x", "0b0e7d52-7c0a-4b0e-9f0f-1f6d5a1c9a01"])
def test_submit_of_an_unknown_order(booth: Booth, order_id: str) -> None:
    """The refusal is the same with any signature."""
    signed = booth.sign(transaction.build(order_id))
    body = {"order_id": order_id, "signed_tx": signed}

    assert (404, {"error": "Order not found", "code": 4200}) == booth.post("/order/submit", body)


def test_submit_of_an_order_of_another(booth: Booth) -> None:
    """Like an unknown one, with either signature, and its owner can still submit it."""
    built = booth.build(limit("buy", "100", "0.93"))

    for signer in ("alice", "bob"):
        body = {"order_id": built["order_id"], "signed_tx": booth.sign(built["tx_hex"], signer)}
        assert (404, {"error": "Order not found", "code": 4200}) == booth.post(
            "/order/submit", body, "bob"
        )
    assert 200 == booth.submit(built)[0]


def forged(booth: Booth, how: str, built: dict[str, str]) -> str:
    """Return a transaction that must not place the order."""
    signed = booth.sign(built["tx_hex"])
    match how:
        case "unsigned":
            return built["tx_hex"]
        case "bit flipped":
            return f"{signed[:-6]}{int(signed[-6], 16) ^ 1:x}{signed[-5:]}"
        case "foreign key":
            return booth.sign(built["tx_hex"], "bob")
        case "other order":
            return booth.sign(booth.build(limit("sell", "100", "0.93"))["tx_hex"])
        case _:
            return signed.replace("0001800200a1", "0001800201a1")


@pytest.mark.parametrize(
    ("how", "more"),
    [
        ("unsigned", "the transaction has no signature"),
        ("bit flipped", "the signature of the operation key is wrong"),
        ("foreign key", "the transaction is not signed by the operation key"),
        ("other order", "the transaction was signed for another order"),
        ("tampered", "the transaction is not the one that was built"),
    ],
)
def test_forged_signature_moves_nothing(booth: Booth, how: str, more: str) -> None:
    """4407, the book and the money as they were, and the order can still be submitted."""
    built = booth.build(limit("buy", "100", "0.93"))
    before = (booth.book(), booth.account())
    body = {"order_id": built["order_id"], "signed_tx": forged(booth, how, built)}

    assert (400, {"error": f"Failed to sign transaction: {more}", "code": 4407}) == booth.post(
        "/order/submit", body
    )
    assert before == (booth.book(), booth.account())
    assert 200 == booth.submit(built)[0]


@pytest.mark.parametrize("case", VECTORS["verifying"], ids=lambda case: case["name"])
def test_vectors_of_another_order_place_nothing(booth: Booth, case: dict[str, str]) -> None:
    """Each is made for an order of elsewhere, by a key of elsewhere, or is no transaction."""
    built = booth.build(limit("buy", "100", "0.93"))
    before = booth.book()
    body = {"order_id": built["order_id"], "signed_tx": case["signed_tx"]}
    status, answer = booth.post("/order/submit", body)

    expected = (422, 4000) if case["name"] == "not_hex" else (400, 4407)
    assert expected == (status, answer["code"])
    assert before == booth.book()


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ({"signed_tx": "84"}, "order_id is missing"),
        ({"order_id": "x"}, "signed_tx is missing"),
        ({"order_id": 7, "signed_tx": "84"}, "invalid order_id"),
    ],
)
def test_malformed_submit(booth: Booth, body: dict[str, Any], more: str) -> None:
    """The refusal names the field."""
    assert (422, {"error": INVALID + more, "code": 4000}) == booth.post("/order/submit", body)


@pytest.mark.parametrize("signed", ["", "zz", "84a", "ff", "80", "a0", "8401"])
def test_what_is_no_transaction(booth: Booth, signed: str) -> None:
    """A field that is not what it should be."""
    built = booth.build(limit("buy", "100", "0.93"))
    status, answer = booth.post(
        "/order/submit", {"order_id": built["order_id"], "signed_tx": signed}
    )

    assert (422, 4000) == (status, answer["code"])


def test_further_witness_is_not_looked_at(booth: Booth) -> None:
    """One of two is the operation key's, in a plain list and in a tagged set."""
    for tag in ("", "d90102"):
        built = booth.build(limit("buy", "100", "0.93"))
        own, other = booth.sign(built["tx_hex"]), booth.sign(built["tx_hex"], "bob")
        head = own.index("a10081")
        witnesses = other[head + 6 : -4] + own[head + 6 : -4]
        body = {
            "order_id": built["order_id"],
            "signed_tx": f"{own[:head]}a100{tag}82{witnesses}f5f6",
        }

        assert 200 == booth.post("/order/submit", body)[0]


def test_new_operation_key_signs_from_now_on(booth: Booth) -> None:
    """An order that was built before takes the new one, too."""
    key = VECTORS["key"]
    new = {
        "user_id": "u",
        "encrypted_operation_key": VECTORS["encrypted_operation_key"]["cases"][0][
            "encrypted_operation_key"
        ],
        "operation_key_hash": key["operation_key_hash_hex"],
        "is_script_operation_key": False,
    }
    built = booth.build(limit("buy", "100", "0.93"))
    old_signed = booth.sign(built["tx_hex"])
    assert 200 == booth.post("/accounts/spot-account", new)[0]

    body = {"order_id": built["order_id"], "signed_tx": old_signed}
    assert 4407 == booth.post("/order/submit", body)[1]["code"]
    root = operation_key.root_key(key["root_key_bech32"])
    signed = transaction.sign(built["tx_hex"], operation_key.operation_key(root))
    assert 200 == booth.post("/order/submit", body | {"signed_tx": signed})[0]


# --- what orders do


def test_commission_is_taken_from_what_is_received(booth: Booth) -> None:
    """A buyer pays in base, a seller in quote, a thousandth each, truncated."""
    maker = booth.place(limit("buy", "100.05", "0.9333"))
    taker = booth.place(limit("sell", "100.05", "0.9333"), "bob")

    assert ("closed", "93.376665", "0.9333", "USDM", "0.093376") == tuple(
        taker[name]
        for name in (
            "status",
            "executed_quote_qty",
            "executed_price",
            "commission_unit",
            "commission",
        )
    )
    bought = booth.shown(maker["id"])
    assert ("closed", "100.05", "ADA", "0.10005") == tuple(
        bought[name] for name in ("status", "executed_base_qty", "commission_unit", "commission")
    )
    assert {"ADA": ("10000099.94995", "0"), "USDM": ("9999906.623335", "0")} == {
        symbol: held for symbol, held in booth.balances().items() if symbol != "NIGHT"
    }
    assert ("10000093.283289", "0") == booth.balances("bob")["USDM"]


def test_execution_records(booth: Booth) -> None:
    """The same in every answer; both sides of a match are told one counter party id."""
    first = booth.place(limit("sell", "30", "0.93"), "bob")
    booth.place(limit("sell", "30", "0.94"), "bob")
    taken = booth.place(limit("buy", "50", "0.95"))
    records = taken["order_execution_records"]

    assert [("0.93", "30", "27.9", "taker"), ("0.94", "20", "18.8", "taker")] == [
        tuple(it[n] for n in ("execution_price", "filled_base_qty", "filled_quote_qty", "role"))
        for it in records
    ]
    assert {taken["id"]} == {it["order_id"] for it in records}
    assert records == booth.shown(taken["id"])["order_execution_records"]
    (made,) = booth.shown(first["id"], "bob")["order_execution_records"]
    assert ("maker", "USDM", "0.0279") == (
        made["role"],
        made["commission_unit"],
        made["commission"],
    )
    assert made["counter_party_order_id"] == records[0]["counter_party_order_id"]
    assert made["id"] != records[0]["id"]
    assert "0.934" == taken["executed_price"]


def test_market_order_rests_at_the_best_price_it_found(booth: Booth) -> None:
    """The rest stays at the best price that the order found when it came."""
    booth.place(limit("sell", "30", "0.93"), "bob")
    booth.place(limit("sell", "30", "0.94"), "bob")
    booth.place(limit("sell", "30", "0.99"), "bob")
    form = market("buy", base_quantity="100", max_slippage_basis_point="200")
    order = booth.place(form)

    assert ("open", "60", "40", "0", 200, "0.9486", "37.2") == tuple(
        order[name]
        for name in (
            "status",
            "executed_base_qty",
            "ob_open_order_base_qty",
            "price",
            "slippage_bp",
            "market_order_limit_price",
            "locked_quote_qty",
        )
    )
    assert ((9300, 4000),) == booth.book().bids
    assert (200, {"order_id": order["id"]}) == booth.cancel(order["id"])


def test_market_sell_with_slippage(booth: Booth) -> None:
    """The bound is rounded up: toward fewer trades."""
    booth.place(limit("buy", "30", "0.9333"), "bob")
    booth.place(limit("buy", "30", "0.9286"), "bob")
    order = booth.place(market("sell", base_quantity="50", max_slippage_basis_point=50))

    assert ("30", "0.9287") == (order["executed_base_qty"], order["market_order_limit_price"])
    assert ((9333, 2000),) == booth.book().asks


@pytest.mark.parametrize(("points", "executed"), [(None, "90"), (10_000, "90"), (0, "30")])
def test_how_far_a_market_order_goes(booth: Booth, points: int | None, executed: str) -> None:
    """Without a slippage it takes every level; with one of 0 the best price only."""
    for price in ("0.93", "1.2", "1.8"):
        booth.place(limit("sell", "30", price), "bob")
    form = market("buy", base_quantity="100", max_slippage_basis_point=points, price="0.5")

    assert executed == booth.place(form)["executed_base_qty"]


@pytest.mark.parametrize(
    ("side", "price", "points", "limit_price"),
    [
        ("sell", "0.9", 9_989, "0.001"),
        ("sell", "0.9", 10_000, "0.001"),
        ("buy", "60", 6_666, "99.996"),
        ("buy", "60", 6_667, "100"),
        ("buy", "60", 10_000, "100"),
    ],
)
def test_slippage_ends_at_the_limits_of_the_market(
    booth: Booth, side: str, price: str, points: int, limit_price: str
) -> None:
    """Every slippage there may be is taken; orders trade from 0.001 to 100 on this market."""
    booth.place(limit("buy" if side == "sell" else "sell", "10", price), "bob")
    form = market(side, base_quantity="10", max_slippage_basis_point=points)
    order = booth.place(form)

    assert ("closed", price, limit_price) == (
        order["status"],
        order["executed_price"],
        order["market_order_limit_price"],
    )


def test_market_order_for_an_amount_of_quote(booth: Booth) -> None:
    """Never more than it."""
    booth.place(limit("sell", "30", "0.93"), "bob")
    booth.place(limit("sell", "100", "0.94"), "bob")
    bought = booth.place(market("buy", quote_quantity="50"))
    assert ("closed", "53.51", "49.9994", "50") == tuple(
        bought[name] for name in ("status", "base_qty", "executed_quote_qty", "quote_qty")
    )

    booth.place(limit("buy", "100", "0.9"), "bob")
    sold = booth.place(market("sell", quote_quantity=45))
    assert ("closed", "50", "45") == tuple(
        sold[name] for name in ("status", "base_qty", "executed_quote_qty")
    )


def test_own_orders_trade_with_each_other(booth: Booth) -> None:
    """No rule against it is documented; this is our proposal."""
    booth.place(limit("sell", "30", "0.93"))
    order = booth.place(limit("buy", "30", "0.93"))

    assert "closed" == order["status"]
    assert ["taker"] == [it["role"] for it in order["order_execution_records"]]


def test_documented_spellings_of_the_paths(booth: Booth) -> None:
    """The reference writes `/orders/build`; clients call `/order/build`."""
    status, built = booth.post("/orders/build", limit("buy", "100", "0.93"))
    assert 200 == status
    body = {"order_id": built["order_id"], "signed_tx": booth.sign(built["tx_hex"])}
    status, order = booth.post("/orders/submit", body)

    assert (200, "open") == (status, order["status"])
    assert order == booth.get(f"/account/order?id={order['id']}")


def test_key_that_may_only_look(booth: Booth) -> None:
    """A read-only key builds no order."""
    looker = booth.desk.credential("alice", 1)
    body = json.dumps(limit("buy", "100", "0.93")).encode()
    request = Request("POST", b"/order/build", b"", (), body)

    assert 403 == booth.desk.send(request, looker)[0]


def test_limit_of_requests() -> None:
    """Per key, off in the demo; the code of the table."""
    booth = Booth(rate_limit_per_s=2)
    codes = [booth.ask("GET", "/accounts/balance")[0] for _ in range(3)]

    assert [200, 200, 429] == codes
    limited = {"error": "Rate limit exceeded, please try again later", "code": 4290}
    assert (429, limited) == booth.ask("GET", "/accounts/balance")
