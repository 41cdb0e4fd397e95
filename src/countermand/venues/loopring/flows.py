"""Flows: placing an order takes a storage id first, where it does not bring one."""

from collections.abc import Generator
from typing import Any

from msgspec.structs import replace

from countermand.venues.loopring.translate import forms, submitted, user
from countermand.venues.loopring.translate.placing import completed, place_to_wire
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import ListSlots
from countermand.wire.context import Context
from countermand.wire.conversation import Step
from countermand.wire.credential import Credential
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation
from countermand.wire.receipts import Acknowledged


def place_flow(
    asked: NewOrder, credential: Credential | None, ctx: Context
) -> Generator[Step, Any, Acknowledged]:
    """
    Place an order; one without a storage id is given the next above all that were used.

    Raises: NotExpressible for an order the venue has no form of.
    """
    command = asked
    if not command.terms.text:
        instrument = ctx.directory.instruments.get(command.instrument_id)
        if instrument is None:
            raise NotExpressible("an order on a market this venue does not have")
        is_sell = command.terms.side is Side.SELL
        sold = instrument.base_asset_id if is_sell else instrument.quote_asset_id
        question = user.storage_id_ask_to_wire(ListSlots(command.account_id, sold), ctx)
        told = yield Step(Operation.GET_SLOT, question)
        bips = max(forms.fee_bips(instrument), forms.MAX_FEE_BIPS_USUAL)
        command = completed(command, told.order_id, bips, ctx)
    message = place_to_wire(command, ctx)
    reply = yield Step(Operation.PLACE_ORDER, message)
    return submitted.submitted_from_wire(reply, replace(ctx, message=message))
