"""Slippage: what a market order may pay at worst, kept with the order so that it can be told."""

from msgspec import Struct


class Slippage(Struct, frozen=True):
    """Units: `points` are basis points, as asked; `bound_ticks` the price they came to."""

    points: int
    bound_ticks: int


def slippage_text(slippage: Slippage | None) -> str:
    """Return it as the text that is kept with an order."""
    return "" if slippage is None else f"{slippage.points} {slippage.bound_ticks}"


def parse_slippage(text: str) -> Slippage | None:
    """Return the slippage an order was built with, if it was: the inverse of `slippage_text`."""
    points, _, bound = text.partition(" ")
    return Slippage(int(points), int(bound)) if points else None
