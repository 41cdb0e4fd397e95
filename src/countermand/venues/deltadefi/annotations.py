"""Annotations: what a market order may pay at worst, kept with the order so that it can be told."""

from msgspec import Struct


class Slippage(Struct, frozen=True):
    """Units: `points` are basis points, as asked; `bound_ticks` the price they came to."""

    points: int
    bound_ticks: int


def write(slippage: Slippage | None) -> str:
    """Return the text to keep with an order."""
    return "" if slippage is None else f"{slippage.points} {slippage.bound_ticks}"


def read(text: str) -> Slippage | None:
    """Return the slippage an order was built with, if it was."""
    points, _, bound = text.partition(" ")
    return Slippage(int(points), int(bound)) if points else None
