"""States: what a market accepts."""

from __future__ import annotations

from countermand.control import names
from countermand.control.acts import act
from countermand.control.host import Host
from countermand.control.instruments import OfInstrument, Quoted, State, quoted
from countermand.control.row import PREFIX, ControlRow
from countermand.vocabulary.commands import SetTradingState
from countermand.vocabulary.instrument import TradingState


class SetState(OfInstrument, frozen=True):
    """The market's new state."""

    trading_state: State


async def set_state(host: Host, asked: SetState) -> Quoted:
    """Change what a market accepts; resting orders stay."""
    return await _set_state(host, asked, TradingState[asked.trading_state.name])


async def halt(host: Host, asked: OfInstrument) -> Quoted:
    """Let a market accept nothing but cancels, until it is resumed."""
    return await _set_state(host, asked, TradingState.HALTED)


async def resume(host: Host, asked: OfInstrument) -> Quoted:
    """Let a market accept everything again."""
    return await _set_state(host, asked, TradingState.TRADING)


async def _set_state(host: Host, asked: OfInstrument, state: TradingState) -> Quoted:
    at = names.served(host, asked.venue)
    on = names.instrument(at, asked.symbol)
    await act(host, SetTradingState(on.instrument_id, state))
    return quoted(host, at, on)


_INSTRUMENT = f"{PREFIX}/venues/{{venue}}/instruments/{{symbol}}"

ROWS = (
    ControlRow(
        name="set-trading-state",
        method="PUT",
        path=f"{_INSTRUMENT}/trading-state",
        message=SetState,
        reply=Quoted,
        run=set_state,
        summary="Change what a market accepts",
    ),
    ControlRow(
        name="halt",
        method="POST",
        path=f"{_INSTRUMENT}/halt",
        message=OfInstrument,
        reply=Quoted,
        run=halt,
        summary="Let a market accept nothing but cancels",
    ),
    ControlRow(
        name="resume",
        method="POST",
        path=f"{_INSTRUMENT}/resume",
        message=OfInstrument,
        reply=Quoted,
        run=resume,
        summary="Let a market accept everything again",
    ),
)
