"""An exchange in the process of a test: the same acts in process and attached, on any loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from intx_sdk.client_services import IntxServicesClient
from intx_sdk.credentials import Credentials
from intx_sdk.services.orders import CancelOrderRequest, CreateOrderRequest

from countermand.testing import Account, AttachedExchange, ControlError, Exchange, attach
from countermand.testing.acts import Acts
from countermand.venues import VENUES

VENUE = "coinbase-intx"


@pytest.fixture(params=["in process", "attached"])
def exchange(request: pytest.FixtureRequest) -> Iterator[Acts]:
    """An exchange of one venue: this process's own, or by its control port."""
    with Exchange(VENUE) as made:
        if request.param == "attached":
            # Attached to what has no port yet, it would not know where a venue is.
            made.url()
            with attach(made.control_url()) as attached:
                yield attached
        else:
            yield made


def sdk_of(account: Account) -> IntxServicesClient:
    """The venue's own SDK, for an account."""
    fields = ("access_key", "passphrase", "signing_key")
    credentials = Credentials(*(account[field] for field in fields))
    return IntxServicesClient(credentials, base_url=f"{account.url}/api/v1")


def place(account: Account, price: str, size: str = "0.1", side: str = "BUY") -> str:
    """Place an order by the SDK and return its id."""
    told = sdk_of(account).orders.create_order(
        CreateOrderRequest(
            client_order_id=f"mine-{price}-{side}",
            side=side,
            type="LIMIT",
            tif="GTC",
            instrument="ETH-PERP",
            size=size,
            price=price,
            portfolio=account["portfolio_uuid"],
        )
    )
    return str(told.order_id)


def test_an_order_meets_what_a_test_lets_happen(exchange: Acts) -> None:
    """Placed by the SDK; others trade through it; what is left is canceled by the venue."""
    bot = exchange.account(funds={"USDC": 10_000})
    exchange.quote("ETH-PERP", bid=None, ask=None)
    order = place(bot, "2700", "0.2")
    exchange.trade("ETH-PERP", "2700", "0.15", side="sell")

    assert bot.position("ETH-PERP") == Decimal("0.15")
    assert [one.order for one in bot.orders("open")] == [order]
    assert exchange.order(order).cum_qty == "0.15"
    assert exchange.cancel_order(order).ord_status == "canceled"
    assert len(bot.fills()) == 1
    assert bot.orders("open") == ()


def test_money_comes_and_goes(exchange: Acts) -> None:
    """An owner there is gets a key of its own; numbers are exact or refused."""
    bot = exchange.account("bot", funds={"USDC": Decimal("12.50")})
    bot.credit("USDC", "7.5")
    bot.withdraw("USDC", 5)
    again = exchange.account("bot", funds={"USDC": 1})

    assert (bot.owner, again.name) == ("bot", bot.name)
    assert bot["access_key"] != again["access_key"]
    assert bot.balance("USDC") == bot.available("USDC") == Decimal(16)
    assert bot.balance("XYZ") == bot.position("ETH-PERP") == 0
    with pytest.raises(TypeError, match="write it as text"):
        bot.credit("USDC", 0.1)  # type: ignore[arg-type]


def test_a_market_is_moved_halted_and_resumed(exchange: Acts) -> None:
    """The SDK is told so."""
    bot = exchange.account(funds={"USDC": "100000"})
    assert exchange.set_price("ETH-PERP", 3000).reference_price == "3000"
    exchange.halt("ETH-PERP")
    with pytest.raises(Exception, match="400"):
        place(bot, "2900")
    exchange.resume("ETH-PERP")
    assert place(bot, "2900")
    assert len(exchange.orders(which="open", account=bot.name)) == 1
    assert bot.cancel_all() == 1


def test_requests_tell_what_came(exchange: Acts) -> None:
    """Each request with its signature, its user and its answer, in order."""
    bot = exchange.account("bot", funds={"USDC": 10_000})
    order = place(bot, "2700")
    sdk_of(bot).orders.cancel_order(CancelOrderRequest(id=order, portfolio=bot["portfolio_uuid"]))
    placed, canceled = exchange.requests

    assert (placed.operation, placed.account, placed.status) == ("place-order", "bot", 200)
    assert placed.signed.endswith(placed.body)
    assert list(exchange.requests.of(operation=canceled.operation)) == [canceled]
    assert len(exchange.requests[:1]) == 1
    assert "POST /api/v1/orders" in repr(exchange.requests)
    exchange.reset()
    assert len(exchange.requests) == 0


def test_faults_strike_and_are_counted(exchange: Acts) -> None:
    """The effect is there; the answer is not."""
    bot = exchange.account("bot", funds={"USDC": 10_000})
    exchange.faults.add("lost-after", operation="place-order", count=1)
    with pytest.raises(Exception, match="Connection aborted"):
        place(bot, "2700")

    assert [one.struck for one in exchange.faults.reports()] == [1]
    assert len(bot.orders("open")) == 1
    exchange.faults.add("overloaded")
    exchange.faults.clear()
    assert exchange.faults.reports() == ()


def test_time_is_a_tests_own(exchange: Acts) -> None:
    """The clock stands still, moves by days or to a date, and runs; the SDK works meanwhile."""
    bot = exchange.account(funds={"USDC": 10_000})
    clock = exchange.clock
    clock.freeze()
    begun = clock.now
    clock.advance(days=30)
    assert clock.now - begun == timedelta(days=30)
    assert place(bot, "2700")
    clock.advance(timedelta(hours=1))
    clock.advance("1h 30m")
    assert clock.now - begun == timedelta(days=30, hours=2, minutes=30)
    zone = timezone(timedelta(hours=2))
    clock.freeze(datetime(2100, 1, 1, 2, tzinfo=zone))
    assert clock.now == datetime(2100, 1, 1, tzinfo=UTC)
    clock.set("2100-01-02T00:00:00Z")
    assert clock.stands_still
    clock.run()
    assert not clock.stands_still
    with pytest.raises(ValueError, match="no time zone"):
        clock.set(datetime(2100, 1, 3))  # noqa: DTZ001  (that is what is refused)
    with pytest.raises(TypeError):
        clock.advance("1d", days=1)
    with pytest.raises(ControlError, match="goes back"):
        clock.set("2026-01-01T00:00:00Z")
    clock.lead_clients()
    with pytest.raises(Exception, match="401"):
        place(bot, "2600")
    clock.lead_clients(leads=False)
    assert place(bot, "2600")


def test_an_exchange_is_reset_saved_and_restored(exchange: Acts) -> None:
    """Keys and orders of then; a key that a reset took away opens nothing."""
    bot = exchange.account(funds={"USDC": 10_000})
    order = place(bot, "2700")
    exchange.snapshot("one-order")
    exchange.reset()
    with pytest.raises(Exception, match="401"):
        place(bot, "2700")
    exchange.restore("one-order")

    assert [one.order for one in bot.orders("open")] == [order]
    later = place(bot, "2600")
    assert later != order


def test_a_failed_tests_report(exchange: Acts) -> None:
    """The report has requests and journal in people's words, without a secret."""
    bot = exchange.account("bot", funds={"USDC": 10_000})
    place(bot, "2700")
    told = dict(exchange.report())

    assert "POST /api/v1/orders bot: 200" in told["countermand requests"]
    assert "bot/main NewOrder" in told["countermand journal"]
    assert not any(
        bot[secret] in text for secret in ("passphrase", "signing_key") for text in told.values()
    )


@pytest.mark.parametrize("keeps", [False, True])
def test_what_was_over_when_it_was_saved_is_over_when_it_is_restored(
    tmp_path: Path, keeps: bool
) -> None:
    """And what ended since is not, in memory and in a directory."""
    with Exchange(VENUE, data=tmp_path if keeps else None) as exchange:
        bot = exchange.account(funds={"USDC": 10_000})
        exchange.quote("ETH-PERP", bid=None, ask=None)
        place(bot, "2700", "0.1")
        exchange.trade("ETH-PERP", "2700", "0.1", side="sell")
        exchange.cancel_order(place(bot, "2600"))
        known = bot.orders("closed"), bot.fills()
        exchange.snapshot("here")
        for _ in range(2):
            exchange.cancel_order(place(bot, "2500"))
            assert [3, 2, 1] == [len(bot.orders("closed")), len(known[0]), len(known[1])]
            exchange.restore("here")
            assert known == (bot.orders("closed"), bot.fills())


def test_a_venue_may_be_left_out_where_there_is_one() -> None:
    """With several venues the call names one."""
    with Exchange() as exchange:
        assert exchange.venues == tuple(VENUES)
        with pytest.raises(ValueError, match="venue: one of deltadefi, "):
            exchange.account()
        for name in exchange.venues:
            account = exchange.account("bot", venue=name)
            assert (account.venue, account.owner) == (name, "bot")
        with pytest.raises(ValueError, match="'nyse' is not one of"):
            exchange.url("nyse")


def test_one_exchange_serves_every_loop_and_thread() -> None:
    """Each test may have a loop of its own; an exchange is on none of them."""
    with Exchange(VENUE) as exchange:
        transport = exchange.transport()

        async def ask() -> int:
            async with httpx.AsyncClient(transport=transport, base_url="http://venue") as client:
                answers = await asyncio.gather(client.get("/api/v1/instruments"))
                return answers[0].status_code

        def wait() -> None:
            with httpx.Client(transport=transport, base_url="http://venue") as client:
                statuses.append(client.get("/api/v1/instruments").status_code)

        statuses = [asyncio.run(ask()), asyncio.run(ask())]
        threads = [threading.Thread(target=wait) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses == [200] * 5


def test_it_is_left_like_any_context() -> None:
    """Waiting or not; closing it twice does no harm, and its ports are gone."""

    async def run() -> str:
        async with Exchange(VENUE) as exchange:
            return exchange.url()

    url = asyncio.run(run())
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    exchange = Exchange(VENUE)
    exchange.close()
    exchange.close()


def test_a_seed_and_a_time_make_runs_alike() -> None:
    """The same ids, at the same time, in exchanges of their own and after a reset."""
    lives = []
    for _ in range(2):
        with Exchange(VENUE, now="2026-03-01T12:00:00Z", seed=5) as exchange:
            for _ in range(2):
                bot = exchange.account(funds={"USDC": 10_000})
                placed = place(bot, "2700")
                shown = exchange.order(placed)
                lives.append((placed, bot["signing_key"], bot["portfolio_uuid"], shown.submit_time))
                exchange.reset(seed=5)

    assert len(set(lives)) == 1
    assert lives[0][3].startswith("2026-03-01T12:00:00")


def test_a_data_directory_keeps_everything(tmp_path: Path) -> None:
    """An exchange of the same directory goes on."""
    with Exchange(VENUE, data=tmp_path) as exchange:
        bot = exchange.account("bot", funds={"USDC": 10_000})
        order = place(bot, "2700")
    with Exchange(VENUE, data=tmp_path) as exchange:
        assert exchange.order(order).standing == "resting"
        exchange.cancel_all()
        assert "canceled" in "\n".join(exchange.journal(last=5))
        exchange.reset()
        assert exchange.orders(account="maker") != ()
        assert "canceled" not in "\n".join(exchange.journal())


def test_attaching_to_no_server_is_refused() -> None:
    """One line of error."""
    with pytest.raises(ControlError, match="no answer from http"):
        AttachedExchange("http://127.0.0.1:9")
    with pytest.raises(ValueError, match="no URL"):
        attach("somewhere")


def test_the_environment_says_where_everything_is() -> None:
    """The control port's and the venues' URLs are in it, for programs in any language."""
    with Exchange(VENUE) as exchange:
        told = exchange.environment()
        assert told == {
            "COUNTERMAND_CONTROL_URL": exchange.control_url(),
            "COUNTERMAND_COINBASE_INTX_URL": exchange.url(),
        }
        assert httpx.get(f"{told['COUNTERMAND_CONTROL_URL']}/health").status_code == 200
