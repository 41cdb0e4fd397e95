"""API keys: telling an account's, and giving it another for the same signing key."""

from countermand.venues.loopring import parameters
from countermand.venues.loopring.credential import LoopringCredential, key_text, to_fields
from countermand.venues.loopring.errors import Code, Unproven
from countermand.venues.loopring.messages import session as m
from countermand.venues.loopring.settings import Ctx
from countermand.wire.conversation import IssueKey, Op, Serving, reply
from countermand.wire.errors import MissingField


def show_key(message: m.GetApiKey, ctx: Ctx) -> m.ApiKey:
    """Return the key of who asks, who was found by the account."""
    return m.ApiKey(api_key=ctx.principal.held.key)


def serve_rotate(message: m.RotateApiKey, ctx: Ctx) -> Serving[m.ApiKey]:
    """
    Give the account a new key in place of the one that asks.

    Raises: MissingField, InvalidField; Unproven for another account than the key's.
    Source: DEX API v3, "Update user's ApiKey".
    """
    held = ctx.principal.held
    if message.account_id is None:
        raise MissingField("accountId")
    if parameters.number("accountId", str(message.account_id)) != held.account_id:
        raise Unproven(Code.OTHER_ACCOUNT, "invalid account id")
    issued: LoopringCredential = yield IssueKey(
        held.owner, lambda chance, _: to_fields(held, key_text(chance)), replaces=held.key
    )
    return m.ApiKey(api_key=issued.key)


GET = Op(m.GetApiKey, m.ApiKey, reply(show_key))
ROTATE = Op(m.RotateApiKey, m.ApiKey, serve_rotate)
