"""
Integer amounts and the only arithmetic on money, with the rounding named.

Prices are ticks, quantities are lots, balances are minor units of an asset; rates are parts per
billion. There is no float and no decimal in the core: text becomes integers in `wire/numbers.py`.
"""

PPB = 1_000_000_000


def ceil_ppb(amount: int, rate_ppb: int) -> int:
    """Return `amount * rate`, rounded up: what is held must never be less than what may be owed."""
    return -((-amount * rate_ppb) // PPB)


def truncate_ppb(amount: int, rate_ppb: int) -> int:
    """
    Return `amount * rate`, rounded toward zero: fees and rebates.

    Truncating each fill keeps the sum of an order's fees at or below the reserve that
    `ceil_ppb` computed for the whole of it, however many fills there are.
    """
    product = amount * rate_ppb
    return product // PPB if product >= 0 else -(-product // PPB)


def half_even(numerator: int, denominator: int) -> int:
    """Return the quotient by a positive number, to the nearest integer, halves to even."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient & 1):
        return quotient + 1
    return quotient


def truncate_share(amount: int, part: int, whole: int) -> int:
    """Return `amount * part / whole`, rounded toward zero; the caller keeps the remainder."""
    product = amount * part
    return product // whole if product >= 0 else -(-product // whole)
