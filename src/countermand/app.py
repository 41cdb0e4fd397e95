"""
App: the composition root. From a configuration to a running server; the only place where parts
meet.

Start: bind the ports, recover the exchange, found what is missing, serve. Stop: take no new
request, answer the open ones, flush the journal, leave a snapshot.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Iterable
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from countermand import world as worlds
from countermand.core.exchange import Exchange
from countermand.engine.clock import SystemClock
from countermand.engine.ports import Journal, Kept
from countermand.engine.replay import open_engine, open_journal
from countermand.engine.sequencer import Engine
from countermand.server.admission import Admission
from countermand.server.asgi import AppHandler
from countermand.server.control import control_app, refuse
from countermand.server.credentials import Keep, KeyRing
from countermand.server.front import front
from countermand.server.limits import CONTROL_CONNECTIONS_MAX, Limits, Room, venues_room
from countermand.server.listener import Listener, bind
from countermand.server.metrics import Metrics
from countermand.server.operated import Operated
from countermand.server.pipeline import Pipeline
from countermand.server.request_log import explained
from countermand.server.site import Site
from countermand.venues import PORT_OFFSETS, VENUES
from countermand.vocabulary.commands import AdvanceTime, Entry
from countermand.vocabulary.events import InstructionRejected, OrderRejected
from countermand.vocabulary.queries import GetReferenceData
from countermand.wire.context import Settings
from countermand.wire.directory import Directory
from countermand.wire.venue import Venue
from countermand.world import VenueWorld, World, WorldError

log = logging.getLogger(__name__)

# Unless told otherwise, the venues together take so many.
CONNECTIONS_MAX = 20_000

_WORLD_IS_MISSING = "the data directory was founded and its world is missing: give it with --world"

# Where the control port's socket is kept among the venues' ones.
CONTROL = ""


class ConfigError(Exception):
    """A configuration that cannot be served; the text says why in one line."""


class Config(Struct, frozen=True):
    """
    What `countermand serve` was asked for. `data` None keeps nothing.

    `allow_hosts` are names beyond loopback's and the bound one that requests to the control port,
    and to venues with published keys, may be for. `connections_max` counts those of all venues.
    """

    data: Path | None
    host: str = "127.0.0.1"
    port: int = 8100
    venues: tuple[str, ...] = ()
    world: Path | None = None
    tls: tuple[Path, Path] | None = None
    allow_hosts: tuple[str, ...] = ()
    connections_max: int = CONNECTIONS_MAX


class Ready(Struct, frozen=True):
    """Where everything is, and everything a newcomer needs to use it."""

    control: str
    venues: dict[str, dict[str, Any]]


class App:
    """A server that can be started once and stopped once."""

    def __init__(self, config: Config, on_fatal: Callable[[], None]) -> None:
        self._config = config
        self._on_fatal = on_fatal
        self._clock = SystemClock()
        self._listeners: list[Listener] = []
        self._pipelines: list[Pipeline] = []
        self._engine: Engine | None = None

    async def start(self) -> Ready:
        """
        Return once everything is served.

        Raises: ConfigError, WorldError, JournalError; nothing stays open then.
        """
        config, venues = self._config, _venues_of(self._config)
        journal = open_journal(config.data)
        try:
            return await self._start(journal, venues)
        except BaseException:
            await self.stop()
            journal.close()
            raise

    async def _start(self, journal: Journal, venues: list[Venue]) -> Ready:
        config = self._config
        records, moved = _records(journal, config.data)
        kept = worlds.kept_in(records)
        # Records without a world are what a repair leaves where all worlds were lost.
        if not kept and config.world is None and (records or _is_founded(journal)):
            raise WorldError(_WORLD_IS_MISSING)
        world = worlds.choose(kept, config.world, venues)
        keys = {
            name: _key_ring(
                VENUES[name],
                part,
                [value for kept_name, value in records if kept_name == f"keys/{name}"],
                partial(self._keep, f"keys/{name}"),
            )
            for name, part in world.items()
        }
        settings = {name: _settings(VENUES[name], part) for name, part in world.items()}
        for name, part in world.items():
            _rehearse(name, part)
        _refuse_exposed_demo(config, keys)
        _tls_context(config)
        sockets = _bind_all(config, list(world))
        try:
            self._engine = engine = await open_engine(
                config.data, self._clock, self._on_fatal, journal=journal
            )
            if config.world is None:
                _refuse_unkept(engine, world, kept)
            if new := moved + worlds.changed(kept, world):
                await engine.keep([Kept(*record) for record in new])
            if moved and config.data is not None:
                names = worlds.remove_files(config.data)
                log.info("moved world and keys into the journal", extra={"files": names})
            await _found(engine, world)
            for name in world:
                if (prepare := VENUES[name].prepare) is not None:
                    prepare()
            pipelines = {
                name: Pipeline(VENUES[name], engine, keys[name], self._clock, settings[name])
                for name in world
            }
            return await self._serve(engine, pipelines, keys, sockets)
        except BaseException:
            for bound in sockets.values():
                bound.close()
            raise

    async def _keep(self, name: str, change: bytes) -> None:
        # There are requests, and so changes of keys, only while there is an engine.
        await self._engine.keep([Kept(name, change)])  # type: ignore[union-attr]

    async def stop(self) -> None:
        """Answer what is open, then flush and close. Safe to call at any time."""
        listeners, self._listeners = self._listeners, []
        engine, self._engine = self._engine, None
        for pipeline in self._pipelines:
            pipeline.stop_waiting()
        ends = [listener.stop() for listener in listeners]
        for failure in await asyncio.gather(*ends, return_exceptions=True):
            if failure is not None:
                log.error("a listener failed", extra={"reason": repr(failure)})
        for pipeline in self._pipelines:
            pipeline.close()
        if engine is not None:
            await engine.stop()
            log.info("stopped", extra={"seq": engine.seq})

    async def _serve(
        self,
        engine: Engine,
        pipelines: dict[str, Pipeline],
        keys: dict[str, KeyRing],
        sockets: dict[str, socket.socket],
    ) -> Ready:
        scheme = "https" if self._config.tls else "http"
        urls = {name: _url(scheme, bound) for name, bound in sockets.items()}
        base_urls = {name: url for name, url in urls.items() if name != CONTROL}
        self._pipelines = list(pipelines.values())
        admission = Admission(lambda: engine.waiting)
        metrics = [pipeline.metrics for pipeline in pipelines.values()]
        figures = partial(_figures, engine, admission, metrics)
        host = Operated(engine, self._clock, pipelines)
        control = AppHandler(control_app(engine, base_urls, figures, host), refuse)
        hosts = _hosts(self._config)
        await self._listen(Site(control.begin, control.refuse, Limits(), hosts), sockets[CONTROL])
        room = venues_room(self._config.connections_max)
        # One venue's clients may not keep those of all others out.
        most = room.connections_max if len(pipelines) == 1 else room.connections_max // 2
        limits = Limits(connections_max=most)
        for name, pipeline in pipelines.items():
            venue, settings, named = pipeline.venue, pipeline.settings, None
            begin = admission.through(pipeline.gate())
            if _is_published(name, keys[name]):
                begin = explained(begin, venue, keys[name], settings, self._clock)
                named = hosts
            site = Site(front(begin, venue, settings), pipeline.refuse, limits, named, admission)
            await self._listen(site, sockets[name], room)
        venues = {
            name: _introduce(pipeline, keys[name], urls[name])
            for name, pipeline in pipelines.items()
        }
        log.info("ready", extra={"control": urls[CONTROL], "venues": base_urls, "seq": engine.seq})
        return Ready(urls[CONTROL], venues)

    async def _listen(self, site: Site, bound: socket.socket, room: Room | None = None) -> None:
        places = room or Room(CONTROL_CONNECTIONS_MAX)
        listener = Listener(site, bound, places, _tls_context(self._config))
        await listener.start()
        self._listeners.append(listener)


def _venues_of(config: Config) -> list[Venue]:
    for name in config.venues:
        if name not in VENUES:
            raise ConfigError(f"no venue is called {name!r}; there are {', '.join(VENUES)}")
    return [VENUES[name] for name in VENUES if name in config.venues or not config.venues]


def _settings(venue: Venue, part: VenueWorld) -> Settings:
    try:
        return msgspec.convert(part.settings, venue.settings)
    except msgspec.ValidationError as error:
        raise WorldError(f"{venue.name}: settings: {error}") from None


def _key_ring(
    venue: Venue, part: VenueWorld, changes: Iterable[bytes] = (), keep: Keep | None = None
) -> KeyRing:
    founded = (venue.auth.credential(user.name, key) for user in part.users for key in user.keys)
    try:
        return KeyRing(venue.auth, founded, changes, keep)
    except ValueError as error:
        raise WorldError(f"{venue.name}: keys: {error}") from None


def _records(
    journal: Journal, data: Path | None
) -> tuple[list[worlds.Record], list[worlds.Record]]:
    """Return what is kept, and those of it that are still in files of an earlier version."""
    kept = [(record.name, record.value) for record in journal.kept()]
    if data is None:
        return kept, []
    if kept:
        if stray := [path.name for path in worlds.files_of(data)]:
            event = "world and keys are in the journal: remove these files"
            log.warning(event, extra={"files": stray})
        return kept, []
    in_files = worlds.from_files(data)
    if in_files and not journal.epoch:
        # They were written when their journal had a writer.
        raise WorldError(f"{data} has a world and its journal.sqlite is gone: put it back")
    return in_files, in_files


def _is_founded(journal: Journal) -> bool:
    # A start that was killed before it founded anything leaves numbers that were passed over.
    return any(not isinstance(entry.command, AdvanceTime) for entry in journal.read(1))


def _refuse_exposed_demo(config: Config, keys: dict[str, KeyRing]) -> None:
    # The demo's keys are published: any client that reaches the port could trade with them.
    if config.host == "localhost" or _is_loopback(config.host):
        return
    for name, ring in keys.items():
        if _is_published(name, ring):
            raise ConfigError(
                f"{name} is served with the demo's published keys, so only loopback may be bound, "
                f"not {config.host}; give a --world with keys of your own"
            )


def _is_published(name: str, keys: KeyRing) -> bool:
    venue = VENUES[name]
    [part] = worlds.demo([venue]).values()
    return any(keys.find(demo.key) for demo in _key_ring(venue, part))


def _figures(engine: Engine, admission: Admission, metrics: list[Metrics]) -> tuple[bytes, str]:
    # Prometheus' library costs a tenth of what a start does, and not every server is asked.
    from countermand.server.exposition import Exposition  # noqa: PLC0415

    return Exposition(engine, admission, metrics).text()


def _hosts(config: Config) -> frozenset[bytes]:
    # A page may give its own name the address of this machine (DNS rebinding); then its requests
    # are of the page's origin to the browser, and only the name gives them away.
    bound = f"[{config.host}]" if ":" in config.host else config.host
    named = ("localhost", "127.0.0.1", "[::1]", bound, *config.allow_hosts)
    return frozenset(name.lower().encode() for name in named)


def _tls_context(config: Config) -> ssl.SSLContext | None:
    if config.tls is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(*config.tls)
    except OSError as error:
        cert, key = config.tls
        raise ConfigError(f"cannot use {cert} with {key}: {error.strerror or error}") from None
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _bind_all(config: Config, names: list[str]) -> dict[str, socket.socket]:
    sockets: dict[str, socket.socket] = {}
    for name in (CONTROL, *names):
        port = config.port and config.port + (PORT_OFFSETS[name] if name else 0)
        try:
            sockets[name] = bind(config.host, port)
        except OSError as error:
            for bound in sockets.values():
                bound.close()
            raise ConfigError(f"cannot bind {config.host}:{port}: {error.strerror}") from None
    return sockets


def _url(scheme: str, bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _rehearse(name: str, part: VenueWorld) -> None:
    """Found the venue on an exchange that is thrown away. Raises WorldError for what it refuses."""
    exchange = Exchange()
    for seq, command in enumerate(worlds.found(name, part, 1), 1):
        event = exchange.apply(Entry(seq, seq, command)).events[0]
        if isinstance(event, InstructionRejected | OrderRejected):
            raise WorldError(f"{name}: {worlds.described(command)}: {event.reason.sentence}")


def _refuse_unkept(engine: Engine, world: World, kept: World) -> None:
    # The demo's keys are published: they are not for what was founded with others.
    for name in world:
        if name not in kept and Directory(name, engine.view(GetReferenceData(name))).instruments:
            raise WorldError(f"{name}: {_WORLD_IS_MISSING}")


async def _found(engine: Engine, world: World) -> None:
    """Found the venues the exchange does not know yet, each as one group of entries."""
    for name, part in world.items():
        names = Directory(name, engine.view(GetReferenceData(name)))
        if not names.instruments:
            receipts = await engine.submit_all(partial(worlds.found, name, part))
            log.info("founded", extra={"venue": name, "entries": len(receipts)})


def _introduce(pipeline: Pipeline, keys: KeyRing, base_url: str) -> dict[str, Any]:
    """Return what a newcomer needs of one venue: where it is, who may come in, what trades."""
    directory = pipeline.directory
    accounts: dict[str, Any] = {}
    # One key of each user is the one to begin with: the first that may do everything, if any may.
    for credential in sorted(keys, key=lambda held: -len(held.access)):
        owned = list(directory.accounts_of(credential.owner))
        accounts.setdefault(credential.owner, pipeline.venue.auth.publish(credential, owned))
    accounts = {owner: accounts[owner] for owner in dict.fromkeys(held.owner for held in keys)}
    markets = [instrument.symbol for instrument in directory.instruments.values()]
    return {"base_url": base_url, "accounts": accounts, "markets": markets}
