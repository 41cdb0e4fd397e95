"""
`countermand journal`: look into a data directory, check it, repair it, make it smaller, and set
aside what cannot be applied.

Nothing but `repair`, `compact` and `quarantine` takes the directory's lock, and only they change a
byte, when told to; for the others a server may be running.
Exit codes: 0 sound, 1 damaged or it failed, 2 asked wrongly or there is no journal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from countermand.cli import printed, progress
from countermand.cli.failing import fail
from countermand.cli.people import utc
from countermand.cli.show import Wanted
from countermand.cli.show import show as show_entries
from countermand.engine import layout
from countermand.engine.compaction import compact as run_compaction
from countermand.engine.errors import Absent, JournalError
from countermand.engine.quarantine import quarantine as set_aside
from countermand.engine.repair import Repair
from countermand.engine.repair import plan as plan_repair
from countermand.engine.repair import repair as run_repair
from countermand.engine.statistics import Statistics, statistics
from countermand.engine.verify import Verification
from countermand.engine.verify import verify as run_checks

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

T = TypeVar("T")

app = typer.Typer(
    help="Look into a journal, and prove it.", no_args_is_help=True, add_completion=False
)


def _meant(directory: Path) -> Path:
    return _look(lambda: layout.meant(directory))


_ARGUMENT = typer.Argument(help="The data directory.", metavar="DIR", callback=_meant)
Directory = Annotated[Path, _ARGUMENT]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.command()
def verify(directory: Directory = Path("countermand-data"), json: Json = False) -> None:
    """Check every record, replay them all, and compare with every mark and snapshot."""
    with progress.shown() as bars:
        result = _look(lambda: run_checks(directory, bars.tell))
    if json:
        printed.document(result)
    else:
        _show_verification(result)
    for failure in result.failures:
        typer.echo(f"countermand: {failure.detail}", err=True)
    if result.failures:
        raise typer.Exit(1)


@app.command()
def stat(directory: Directory = Path("countermand-data"), json: Json = False) -> None:
    """Count the journal's records: commands by kind, writers, and the busiest second."""
    with progress.shown() as bars:
        found = _look(lambda: statistics(directory, bars.tell))
    if json:
        printed.document(found)
    else:
        _show_statistics(found)


@app.command()
def show(
    directory: Directory = Path("countermand-data"),
    from_seq: Annotated[int, typer.Option("--from", min=1, help="First record.")] = 1,
    limit: Annotated[int, typer.Option(min=0, help="How many at most.")] = 100,
    order: Annotated[
        str, typer.Option(help="Of this order only: its number, its venue's id, or its client's.")
    ] = "",
    venue: Annotated[str, typer.Option(help="Of this venue only.")] = "",
    json: Json = False,
) -> None:
    """
    Print what was asked, by whom and when, and under it what came of it. A server may be running.

    For example: countermand journal show --order 1042 --limit 20
    """
    wanted = Wanted(order, venue)
    count = _look(lambda: show_entries(directory, from_seq, limit, wanted, as_json=json))
    if not count and limit and (order or venue):
        what = f"order {order!r}" if order else "entry"
        of = f" of venue {venue!r}" if venue else ""
        fail(f"no {what}{of} is in the journal from record {from_seq} on", 1)


@app.command()
def quarantine(
    directory: Directory,
    seq: Annotated[int, typer.Argument(help="The record a start refuses.", metavar="SEQ")],
    json: Json = False,
) -> None:
    """Set aside a record that cannot be applied, with all after it. None was ever answered."""
    with progress.shown() as bars:
        count = _look(lambda: set_aside(directory, seq, time.time_ns(), bars.tell))
    if json:
        printed.document({"set_aside": count, "head": seq - 1})
    else:
        typer.echo(f"{count} records set aside; the journal ends at {seq - 1}")


@app.command()
def repair(
    directory: Directory,
    yes: Annotated[bool, typer.Option("--yes", help="Do it, and lose what it says.")] = False,
    json: Json = False,
) -> None:
    """Keep what can be proven of a journal that a start refuses. Says first what will be lost."""
    with progress.shown() as bars:
        if yes:
            found = _look(lambda: run_repair(directory, time.time_ns(), bars.tell))
        else:
            found = _look(lambda: plan_repair(directory, bars.tell))
    if json:
        printed.document(found)
    else:
        typer.echo("\n".join(_repair_lines(directory, found)))


@app.command()
def compact(
    directory: Directory,
    archive: Annotated[
        Path | None, typer.Option(help="File that what is dropped is written to first.")
    ] = None,
    json: Json = False,
) -> None:
    """
    Drop the records before the older of the last two snapshots. The server must be stopped.

    `journal verify`, `show` and `stat` also read an archive.
    """
    with progress.shown() as bars:
        done = _look(lambda: run_compaction(directory, time.time_ns(), archive, bars.tell))
    if json:
        printed.document(done)
    elif not done.dropped:
        typer.echo("nothing to drop: no snapshot was left after the first record")
    else:
        where = f", to {done.archive}" if done.archive else ""
        typer.echo(
            f"{done.dropped} records dropped{where}; the journal begins at {done.first}\n"
            f"{done.bytes_before:,} bytes became {done.bytes_after:,}"
        )


def _repair_lines(directory: Path, found: Repair) -> Iterator[str]:
    if not found.because:
        yield "nothing to repair: a start would not refuse these files"
        return
    yield f"refused: {found.because}"
    ends = f", the last of {utc(found.ends_at_ns)}" if found.head else ""
    yield f"keeps: {found.head} records{ends}; {found.kept} worlds and changes of keys"
    if found.head_reached > found.head:
        yield f"loses: records {found.head + 1} to {found.head_reached}, for ever"
    if found.kept_reached > found.kept:
        yield (
            f"loses: worlds and changes of keys {found.kept + 1} to {found.kept_reached}, "
            "for ever; what they revoked opens again"
        )
    yield "loses: records after those that no file mentions, if there were any"
    yield f"numbers go on at {found.reserved + 1}, so that no id is given out twice"
    if found.set_aside:
        yield f"done; the old files are in {directory / found.set_aside}"
    else:
        yield f"nothing was changed; to do it: countermand journal repair {directory} --yes"


def _look(act: Callable[[], T]) -> T:
    try:
        return act()
    except Absent as error:
        fail(str(error), 2)
    except BrokenPipeError:
        # The reader has read enough, as `head` does.
        raise
    except (JournalError, OSError) as error:
        fail(str(error), 1)


def _show_verification(result: Verification) -> None:
    table = _table("check", "", "seen", title=f"journal at record {result.head}")
    for check in result.checks:
        table.add_row(check.name, "ok" if check.ok else "FAILED", check.detail)
    _console().print(table, soft_wrap=True)


def _show_statistics(found: Statistics) -> None:
    console = _console()
    console.print(
        f"head {found.head}, {found.marks} marks, {found.quarantined} set aside; "
        f"{found.journal_bytes} bytes, log {found.log_bytes}\n"
        f"busiest second {utc(found.busiest_ns)}: {found.busiest_count} records",
        soft_wrap=True,
        highlight=False,
    )
    commands = _table("command", "records")
    for kind, count in found.commands.items():
        commands.add_row(kind, str(count))
    writers = _table("writer", "version", "rules", "opened", "first", "records", "records/s")
    for span in found.writers:
        fields = (span.epoch, span.app_version, span.rules_version, utc(span.opened_ns))
        writers.add_row(*map(str, (*fields, span.first_seq, span.count, span.per_s)))
    snapshots = _table("snapshot", "bytes")
    for seq, size in found.snapshots.items():
        snapshots.add_row(str(seq), str(size))
    for table in (commands, writers, snapshots):
        console.print(table, soft_wrap=True)


def _console() -> Console:
    # Imported here, so that a server does not load what only tables need.
    from rich.console import Console  # noqa: PLC0415  (loaded when it is needed)

    console = Console()
    # A pipe has no width; a text that was cut could not be searched for.
    return console if console.is_terminal else Console(width=200)


def _table(*columns: str, title: str | None = None) -> Table:
    from rich.table import Table  # noqa: PLC0415  (likewise)

    table = Table(title=title, title_justify="left", box=None)
    for column in columns:
        table.add_column(column)
    return table
