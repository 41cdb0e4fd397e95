"""Base 36: whole numbers in digits and capital letters, as some venues spell their ids."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Two digits at a time: half as many divisions.
_PAIR = 36 * 36
_PAIRS = [high + low for high in _DIGITS for low in _DIGITS]


def encode(number: int) -> str:
    """Return the spelling of a number that is not negative; `int(text, 36)` reads it."""
    assert number >= 0  # noqa: S101  (an id is none)
    number, low = divmod(number, _PAIR)
    text = _PAIRS[low]
    while number:
        number, low = divmod(number, _PAIR)
        text = _PAIRS[low] + text
    return text.lstrip("0") or "0"
