"""Clocks: one that is moved, and one that clients go by."""

from countermand.engine.clock import ClientClock, ExchangeClock, Reading

DAY_NS = 86_400 * 10**9


class Wall:
    """A wall clock that is told the time."""

    def __init__(self) -> None:
        self.ns = 1_000

    def __call__(self) -> int:
        """Return it."""
        return self.ns


def test_a_clock_that_is_left_alone_is_the_walls() -> None:
    """It is the wall clock's own function, and costs as much."""
    wall = Wall()

    assert ExchangeClock(wall).now_ns is wall


def test_a_clock_that_was_set_goes_on_from_there() -> None:
    """It runs as fast as the wall's."""
    wall = Wall()
    clock = ExchangeClock(wall)
    clock.set(DAY_NS)
    wall.ns += 5

    assert clock.now_ns() == DAY_NS + 5
    assert clock.reading == Reading(ahead_ns=DAY_NS - 1_000)


def test_a_frozen_clock_stands_still_until_it_runs() -> None:
    """Set meanwhile it stands still elsewhere; then it goes on from where it stands."""
    wall = Wall()
    clock = ExchangeClock(wall)
    clock.freeze()
    wall.ns += 500
    assert (clock.now_ns(), clock.stands_still) == (1_000, True)
    clock.set(DAY_NS)
    wall.ns += 500
    assert clock.now_ns() == DAY_NS
    clock.run()
    wall.ns += 7

    assert (clock.now_ns(), clock.stands_still) == (DAY_NS + 7, False)


def test_a_reading_shows_the_same_time_again() -> None:
    """Another clock at the same wall time shows it."""
    wall = Wall()
    clock, other = ExchangeClock(wall), ExchangeClock(wall)
    for clock_moves in (lambda: clock.set(DAY_NS), clock.freeze, clock.run):
        clock_moves()
        other.show(clock.reading)
        assert other.now_ns() == clock.now_ns()


def test_clients_go_by_the_wall_unless_told_otherwise() -> None:
    """However far the exchange's clock was moved, before or after."""
    wall = Wall()
    exchange = ExchangeClock(wall)
    clients = ClientClock(exchange, wall)
    exchange.set(DAY_NS)
    assert clients.now_ns() == 1_000
    clients.follow(exchange=True)
    exchange.set(2 * DAY_NS)
    assert (clients.now_ns(), clients.follows_exchange) == (2 * DAY_NS, True)
    clients.follow(exchange=False)

    assert clients.now_ns() == 1_000
