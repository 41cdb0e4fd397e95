"""A flow is run one step after the other, the same whether its steps are waited for or not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from typing import Any

import pytest

from countermand.client.flow import run, run_sync
from countermand.wire.conversation import Step
from countermand.wire.errors import Internal, Malformed, NotExpressible
from countermand.wire.operation import Operation

Runner = Callable[[str, Generator[Step, Any, Any], Callable[[Step], Any]], Any]

VENUE = "acme"
BUILD, SUBMIT = Operation.STAGE_ORDER, Operation.PLACE_ORDER


def awaited(name: str, steps: Generator[Step, Any, Any], exchange: Callable[[Step], Any]) -> Any:
    """Run a flow by the form that waits."""

    async def answer(step: Step) -> Any:
        await asyncio.sleep(0)
        return exchange(step)

    return asyncio.run(run(name, steps, answer))


@pytest.fixture(params=[run_sync, awaited], ids=["sync", "async"])
def runner(request: pytest.FixtureRequest) -> Runner:
    """Either form."""
    chosen: Runner = request.param
    return chosen


def two_steps() -> Generator[Step, Any, str]:
    """Build, then submit what was built; report both replies."""
    built = yield Step(BUILD, "build")
    submitted = yield Step(SUBMIT, f"submit {built}")
    return f"{built}, {submitted}"


def test_each_step_is_sent_the_reply_to_the_one_before(runner: Runner) -> None:
    """The replies come in order, and the flow's return value is the report."""
    sent: list[Step] = []

    def exchange(step: Step) -> str:
        sent.append(step)
        return f"reply {len(sent)}"

    assert runner(VENUE, two_steps(), exchange) == "reply 1, reply 2"
    assert [Step(BUILD, "build"), Step(SUBMIT, "submit reply 1")] == sent


def test_refusal_ends_the_flow(runner: Runner) -> None:
    """The refusal is returned as it is, and no further step is sent."""
    sent: list[Step] = []

    def exchange(step: Step) -> str:
        sent.append(step)
        raise Internal("down")

    with pytest.raises(Internal, match="down"):
        runner(VENUE, two_steps(), exchange)
    assert [Step(BUILD, "build")] == sent


def test_nothing_is_sent_where_nothing_can_be_said(runner: Runner) -> None:
    """A flow that refuses before its first step has taken none."""

    def flow() -> Generator[Step, Any, None]:
        if BUILD:
            raise NotExpressible("this")
        yield Step(BUILD, "never")

    sent: list[Step] = []
    with pytest.raises(NotExpressible, match="this"):
        runner(VENUE, flow(), sent.append)
    assert [] == sent


@pytest.mark.parametrize("fault", [ValueError("no number"), KeyError("status"), ArithmeticError()])
def test_unreadable_reply(runner: Runner, fault: Exception) -> None:
    """An unreadable reply is reported as the venue's fault."""

    def flow() -> Generator[Step, Any, None]:
        yield Step(BUILD, "build")
        raise fault

    with pytest.raises(Malformed, match="acme answered what cannot be read"):
        runner(VENUE, flow(), lambda _: "?")


def test_second_step_that_cannot_be_expressed(runner: Runner) -> None:
    """A step that cannot be expressed is not reported as the venue's fault."""

    def flow() -> Generator[Step, Any, None]:
        yield Step(BUILD, "build")
        raise NotExpressible("that")

    with pytest.raises(NotExpressible, match="that"):
        runner(VENUE, flow(), lambda _: "?")
