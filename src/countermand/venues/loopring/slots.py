"""Storage ids: the slots of a token, which of them an account used, and what is free."""

from countermand.venues.loopring import parameters, resolve
from countermand.venues.loopring.errors import Code, Coded
from countermand.venues.loopring.grid import SLOTS
from countermand.venues.loopring.messages import accounts as m
from countermand.venues.loopring.settings import Ctx
from countermand.vocabulary.queries import ListSlots
from countermand.vocabulary.reports import SlotUse
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import MissingField

_STORAGE_ID_MAX = 2**32 - 2


def serve_next(message: m.GetStorageId, ctx: Ctx) -> Serving[m.StorageId]:
    """
    Show the smallest id that can be used, or with `maxNext` the one after all that were; nothing is
    reserved.

    Raises: MissingField; Coded for an unknown token, and when there is no id left.
    Source: DEX API v3, "Get next storage id".
    """
    account_id = resolve.account(message.account_id, ctx).account_id
    if (text := parameters.given(message.sell_token_id)) is None:
        raise MissingField("sellTokenId")
    is_max = parameters.flag("maxNext", message.max_next)
    sold = resolve.token(parameters.number("sellTokenId", text), ctx)
    uses: tuple[SlotUse, ...] = yield ListSlots(account_id, sold.asset.asset_id)
    order_id = _after_all(uses) if is_max else _smallest(uses)
    if order_id > _STORAGE_ID_MAX:
        raise Coded(Code.NO_STORAGE_ID, "no available storage id")
    return m.StorageId(order_id=order_id, offchain_id=order_id + 1)


def ask_next(query: ListSlots, ctx: Ctx) -> m.GetStorageId:
    """Return the request for an id after all that were used."""
    known = [one for one in resolve.holdings(ctx) if one.asset.asset_id == query.asset_id]
    return m.GetStorageId(
        account_id=resolve.account_text(query.account_id, ctx),
        sell_token_id=str(known[0].token.token_id) if known else None,
        max_next="true",
    )


def read_next(reply: m.StorageId, message: m.GetStorageId, ctx: Ctx) -> int:
    """Return the id an order may bear."""
    return reply.order_id


NEXT = Op(m.GetStorageId, m.StorageId, serve_next, ask_next, read_next)


def _after_all(uses: tuple[SlotUse, ...]) -> int:
    # A slot's number is one above the storage id, so the next even id is one above the number.
    return max((use.number + 1 for use in uses), default=0)


def _smallest(uses: tuple[SlotUse, ...]) -> int:
    used = {use.slot: use.number for use in uses}
    return min(used[slot] - 1 + SLOTS if slot in used else slot for slot in range(0, SLOTS, 2))
