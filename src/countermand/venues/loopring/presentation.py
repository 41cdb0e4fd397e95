"""
Presentation: what the venue says of its tokens, markets and account owners beyond what the exchange
knows. A world sets it; amounts are text, in a token's smallest unit, for a world's integers end at
64 bits.
"""

from typing import Annotated

from msgspec import Meta, Struct

Digits = Annotated[str, Meta(pattern="^[0-9]{1,30}$")]
Address = Annotated[str, Meta(pattern="^0x[0-9a-fA-F]{40}$")]
Coordinate = Annotated[str, Meta(pattern="^(0x[0-9a-fA-F]{1,64})?$")]

ZERO_ADDRESS = "0x" + "0" * 40

# The protocol's own on the main network; orders are signed for it.
EXCHANGE_ADDRESS = "0x0BABA1Ad5bE3a5C0a66E7ac838a129Bf948f1eA4"


class Token(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    A token as the exchange contract knows it.

    Units: a smallest unit is `10 ** -decimals`; `minimum` and `maximum` are what an order may sell
           of it, in smallest units; `precision` digits are shown of balances, `precision_for_order`
           of quantities.
    """

    token_id: Annotated[int, Meta(ge=0, lt=1 << 16)]
    name: str = ""
    address: Address = ZERO_ADDRESS
    decimals: Annotated[int, Meta(ge=0, le=30)] = 18
    precision: int = 7
    precision_for_order: int = 3
    minimum: Digits = "1"
    maximum: Digits = "79228162514264337593543950335"
    dust: Digits = "0"


class Display(Struct, frozen=True, forbid_unknown_fields=True):
    """How a market's prices are shown: digits after the point, and how many coarser levels."""

    precision_for_price: Annotated[int, Meta(ge=0, le=18)] = 6
    agg_levels: Annotated[int, Meta(ge=1, le=18)] = 5


class Owner(Struct, frozen=True, forbid_unknown_fields=True):
    """An account's owner; without a public key the account was never activated."""

    owner: Address
    public_key_x: Coordinate = ""
    public_key_y: Coordinate = ""
    tags: str = ""
    nonce: int = 0
    key_nonce: int = 0


# Some tokens of the main network and markets of theirs, so that a world need not list them.
TOKENS = {
    "ETH": Token(token_id=0, name="Ethereum", minimum="100000000"),
    "LRC": Token(
        token_id=1,
        name="Loopring",
        address="0xBBbbCA6A901c926F240b89EacB641d8Aec7AEafD",
        minimum="1000000000",
    ),
    "USDT": Token(
        token_id=3,
        name="Tether USD",
        address="0xdAC17F958D2ee523a2206206994597C13D831ec7",
        decimals=6,
        precision=2,
    ),
}

MARKETS = {"LRC-ETH": Display(8), "ETH-USDT": Display(2), "LRC-USDT": Display(5)}
PLAIN_MARKET = Display()
NO_OWNER = Owner(ZERO_ADDRESS)
