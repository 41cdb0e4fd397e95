"""
Scenarios: stories of an exchange, a command per line and under it, indented, what came of it.

    rules spot maker_fee_ppb=1000        how a market differs from that in `build`; before all else
    alice buy spot 5 @ 100 as a1         also `market` for a price; then, in any order, ioc, fok,
                                         gtd 500, post-only, reduce-only, all-or-none, stp both,
                                         to open, to close
                                         cash 5000 for an amount of money (the quantity is 0
                                         then), left-over to rest at the best price with the rest,
                                         after 50 to come to the book so much later; stop 110 or
                                         take 90 to sleep until then, trail 3 or trail-percent 2
                                         behind the market, limit-offset 1 beyond that; slices 3
                                         every 10
    alice cancel a1 only new             or only partly-filled
    alice mass-cancel from 99 to 101     by price, or ids a1 a2 ...
    alice disconnects [sparing]          what is open goes; sparing what protects
    alice dead-man 100 [sparing]         0 disarms it
    alice kill [sparing] / revive
    alice oco | buy spot ... | buy ...   linked orders: oco, ouo, oto, oto-oco, oto-ouo
    alice relink | a1 price 99 | a2      other terms for all orders of a list at once, each as for
                                         `replace`; `relink after 50 | ...` so much later
    alice cancel a1                      by order id; `cancel named a1` by client id
    alice withdraw USDC 500
    alice replace a1 qty 3 price 99 as a2
    alice mass-cancel spot buy           `operator mass-cancel` is everyone's
    delays 10 20 30                      how long new orders, cancels and replacements take; or of
                                         one: alice cancel a1 after 50
    state spot halted / reference spot 105
    settle rain 100                      the binary market, there if `rules rain` says how it is
    show book shares                     the market in shares, there if `rules shares` says so
    time 500                             let what is due by then happen
    show book spot / money alice USDC / position alice perp / order a1

Orders go by the client id they came with. A line after `#` is prose.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tests.core.build import (
    ALICE,
    BOB,
    BTC,
    CAROL,
    PERCENT,
    PERP,
    RAIN,
    SHARES,
    SPOT,
    USDC,
    World,
    new_order,
)

from countermand.vocabulary.commands import (
    CancelOnDisconnect,
    NewOrder,
    NewOrderList,
    ReplaceList,
    ReplaceOrder,
    SetDeadMan,
    SetDelays,
    SetKill,
)
from countermand.vocabulary.ids import NO_INSTRUMENT, AccountId, OrderId
from countermand.vocabulary.instrument import TradingState, TriggerBasis
from countermand.vocabulary.order import (
    CancelOnly,
    Cash,
    Contingency,
    ExecInst,
    OrdType,
    PositionEffect,
    Schedule,
    SelfTradePrevention,
    Side,
    TimeInForce,
    Trigger,
    TriggerDirection,
)
from countermand.vocabulary.queries import GetOrder

ACCOUNTS = {"alice": ALICE, "bob": BOB, "carol": CAROL, "operator": AccountId(0)}
MARKETS = {"spot": SPOT, "perp": PERP, "rain": RAIN, "shares": SHARES}
ASSETS = {"USDC": USDC, "BTC": BTC}
INDENT = "    "

# Kinds of lists: how two orders act on each other, and whether the first lets the others in.
LISTS = {
    "oco": (Contingency.OCO, False),
    "ouo": (Contingency.OUO, False),
    "oto": (Contingency.NONE, True),
    "oto-oco": (Contingency.OCO, True),
    "oto-ouo": (Contingency.OUO, True),
}

# Rules of a market that are words.
RULES: dict[str, Callable[[int], Any]] = {"trigger_basis": TriggerBasis}

# Options of an order with one word after them: what it says, and how it is read.
OPTIONS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "after": ("delay_ns", int),
    "cash": ("cash", lambda word: Cash(int(word))),
    "stp": ("stp", lambda word: SelfTradePrevention[word.replace("-", "_").upper()]),
    "to": ("position_effect", lambda word: PositionEffect[word.upper()]),
}


def play(text: str) -> str:
    """Return the scenario with what its commands now bring about in place of what it says."""
    stage = Stage()
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(INDENT):
            continue
        lines.append(line)
        if line and not line.startswith("#"):
            lines += [INDENT + told for told in stage.perform(line.split())]
    return "\n".join(lines) + "\n"


class Stage:
    """An exchange that is told what to do in words."""

    def __init__(self) -> None:
        self.rules: dict[str, dict[str, int]] = {"spot": {}, "perp": {}}
        self._world: World | None = None

    @property
    def world(self) -> World:
        """The exchange, founded when first needed."""
        if self._world is None:
            self._world = World(**self.rules)
        return self._world

    def perform(self, words: list[str]) -> list[str]:
        """Do what the line says and return what there is to tell."""
        match words:
            case ["rules", market, *rules]:
                assert self._world is None, "rules come before everything else"
                pairs = (rule.split("=") for rule in rules)
                self.rules.setdefault(market, {}).update(
                    {name: RULES.get(name, int)(int(value)) for name, value in pairs}
                )
                return []
            case ["show", *what]:
                return list(self._show(what))
            case ["state", market, state]:
                name = state.replace("-", "_").upper()
                self.world.set_state(TradingState[name], MARKETS[market])
            case ["delays", *times]:
                self.world.run(SetDelays("acme", *map(int, times)))
            case ["reference", market, price]:
                self.world.set_reference(int(price), MARKETS[market])
            case ["settle", market, price]:
                self.world.settle(int(price), MARKETS[market])
            case ["time", now_ns]:
                self.world.advance(int(now_ns))
            case [account, verb, *rest]:
                if verb in LISTS:
                    self._list(ACCOUNTS[account], verb, rest)
                    return [_aligned(told) for told in self.world.story]
                acts: dict[str, Callable[[AccountId, list[str]], None]] = {
                    "buy": self._buy,
                    "sell": self._sell,
                    "cancel": self._cancel,
                    "replace": self._replace,
                    "relink": self._relink,
                    "withdraw": self._withdraw,
                    "mass-cancel": self._mass_cancel,
                    "disconnects": self._disconnects,
                    "dead-man": self._dead_man,
                    "kill": self._kill,
                    "revive": self._revive,
                }
                acts[verb](ACCOUNTS[account], rest)
            case _:
                raise ValueError(f"no such line: {words}")
        return [_aligned(told) for told in self.world.story]

    def _id(self, name: str) -> OrderId:
        return next(OrderId(i) for i, known in self.world.names.items() if known == name)

    def _buy(self, account: AccountId, words: list[str]) -> None:
        self._order(account, Side.BUY, words)

    def _sell(self, account: AccountId, words: list[str]) -> None:
        self._order(account, Side.SELL, words)

    def _order(self, account: AccountId, side: Side, words: list[str]) -> None:
        self.world.run(self._asked(account, side, words))

    @staticmethod
    def _asked(account: AccountId, side: Side, words: list[str]) -> NewOrder:
        market, qty, *words = words
        price = 0 if words[0] == "market" else int(words[1])
        words, trigger = _trigger(side, words[1:] if words[0] == "market" else words[2:])
        terms = _terms(words) | trigger
        return new_order(account, side, int(qty), price, instrument_id=MARKETS[market], **terms)

    def _disconnects(self, account: AccountId, words: list[str]) -> None:
        self.world.run(CancelOnDisconnect(account, bool(words)))

    def _dead_man(self, account: AccountId, words: list[str]) -> None:
        self.world.run(SetDeadMan(account, int(words[0]), len(words) > 1))

    def _kill(self, account: AccountId, words: list[str]) -> None:
        self.world.run(SetKill(account, is_killed=True, spares_protective=bool(words)))

    def _revive(self, account: AccountId, words: list[str]) -> None:
        self.world.run(SetKill(account, is_killed=False))

    def _list(self, account: AccountId, verb: str, words: list[str]) -> None:
        contingency, first_lets_in = LISTS[verb]
        _, *legs = _parts(words)
        orders = tuple(self._asked(account, Side[leg[0].upper()], leg[1:]) for leg in legs)
        self.world.run(NewOrderList(account, orders, contingency, first_lets_in))

    def _relink(self, account: AccountId, words: list[str]) -> None:
        how, *legs = _parts(words)
        delay_ns = int(how[1]) if how else None
        orders = tuple(self._replacement(account, leg) for leg in legs)
        self.world.run(ReplaceList(account, orders, delay_ns))

    def _cancel(self, account: AccountId, words: list[str]) -> None:
        if words[0] == "named":
            self.world.cancel(account, name=words[1])
        else:
            self.world.cancel(account, self._id(words[0]), **_how(words[1:]))

    def _withdraw(self, account: AccountId, words: list[str]) -> None:
        self.world.withdraw(account, int(words[1]), ASSETS[words[0]])

    def _replace(self, account: AccountId, words: list[str]) -> None:
        self.world.run(self._replacement(account, words))

    def _replacement(self, account: AccountId, words: list[str]) -> ReplaceOrder:
        known = {"qty": "order_qty_lots", "price": "price_ticks", "after": "delay_ns"}
        order_id = self._id(words[0])
        side = self.world.exchange._state.orders[order_id].now.terms.side
        rest, terms = _trigger(side, words[1:])
        name = ""
        for word, value in zip(rest[::2], rest[1::2], strict=True):
            if word == "as":
                name = value
            else:
                terms[known[word]] = int(value)
        return ReplaceOrder(account, NO_INSTRUMENT, order_id, "", name, **terms)

    def _mass_cancel(self, account: AccountId, words: list[str]) -> None:
        which: dict[str, Any] = {}
        rest = iter(words)
        for word in rest:
            if word == "after":
                which["delay_ns"] = int(next(rest))
            elif word in ("from", "to"):
                which["price_ticks_min" if word == "from" else "price_ticks_max"] = int(next(rest))
            elif word == "ids":
                which["order_ids"] = tuple(self._id(name) for name in rest)
            elif word in MARKETS:
                which["instrument_ids"] = (MARKETS[word],)
            else:
                which["side"] = Side[word.upper()]
        self.world.mass_cancel(account, **which)

    def _show(self, what: list[str]) -> Iterator[str]:
        match what:
            case ["book", market]:
                bids, asks = self.world.depth(MARKETS[market])
                if not bids and not asks:
                    yield "empty"
                yield from (f"ask {qty:4} @ {price}" for price, qty in reversed(asks))
                yield from (f"bid {qty:4} @ {price}" for price, qty in bids)
            case ["money", account, asset]:
                total, hold = self.world.money(ACCOUNTS[account], ASSETS[asset])
                yield f"{total} of which {hold} held"
            case ["position", account, *market]:
                where = MARKETS[market[0]] if market else PERP
                position = self.world.position(ACCOUNTS[account], where)
                yield f"net {position.net_lots} cost {position.cost_minor}"
                yield f"realized {position.realized_minor} margin {position.margin_minor}"
            case ["order", name]:
                order_id = self._id(name)
                asked = [GetOrder(account, order_id) for account in ACCOUNTS.values()]
                found = (self.world.exchange.query(each) for each in asked)
                report = next(report for report in found if report)
                done = f"{report.cum_qty_lots} of {report.terms.order_qty_lots} done"
                told = f"{report.ord_status.name} {done}, {report.leaves_qty_lots} left"
                yield f"{told}, pending {report.pending.name}" if report.pending else told
            case _:
                raise ValueError(f"nothing to show: {what}")


def _parts(words: list[str]) -> list[list[str]]:
    # What is between the lines that part them.
    parts: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _trigger(side: Side, words: list[str]) -> tuple[list[str], dict[str, Any]]:
    # What wakes an order, and what else is said of it.
    rest: list[str] = []
    said: dict[str, int] = {}
    each = iter(words)
    for word in each:
        if word in ("stop", "take", "trail", "trail-percent", "limit-offset"):
            said[word] = int(next(each))
        else:
            rest.append(word)
    if not said:
        return rest, {}
    is_up = (side is Side.BUY) is ("take" not in said)
    trigger = Trigger(
        said.get("stop", said.get("take", 0)),
        TriggerDirection.UP if is_up else TriggerDirection.DOWN,
        said.get("trail", 0),
        said.get("trail-percent", 0) * PERCENT,
        said.get("limit-offset"),
    )
    follows = {"ord_type": OrdType.LIMIT} if "limit-offset" in said else {}
    return rest, {"trigger": trigger, **follows}


def _how(words: list[str]) -> dict[str, Any]:
    # How a cancel is meant.
    how: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        match word:
            case "after":
                how["delay_ns"] = int(next(rest))
            case "only":
                partly = next(rest) == "partly-filled"
                how["only"] = CancelOnly.PARTIALLY_FILLED if partly else CancelOnly.NEW
            case _:
                raise ValueError(f"no such option: {word}")
    return how


def _terms(words: list[str]) -> dict[str, Any]:
    # The options of an order, in any order.
    terms: dict[str, Any] = {"exec_inst": 0}
    rest = iter(words)
    for word in rest:
        match word:
            case "as":
                terms["cl_ord_id"] = next(rest)
            case "ioc" | "fok" | "gtc":
                terms["time_in_force"] = TimeInForce[word.upper()]
            case "gtd":
                terms["time_in_force"] = TimeInForce.GTD
                terms["expire_ns"] = int(next(rest))
            case "post-only" | "reduce-only" | "all-or-none":
                terms["exec_inst"] |= int(ExecInst[word.replace("-", "_").upper()])
            case "slices":
                slices, every, each = int(next(rest)), next(rest), int(next(rest))
                assert every == "every", "slices come every so often"
                terms["schedule"] = Schedule(slices, each)
            case "left-over":
                terms["ord_type"] = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
                terms["time_in_force"] = TimeInForce.GTC
            case _:
                name, spelled = OPTIONS[word]
                terms[name] = spelled(next(rest))
    return terms


def _aligned(told: str) -> str:
    # The first word in a column of its own.
    verb, _, rest = told.partition(" ")
    return f"{verb:16}{rest}".rstrip()
