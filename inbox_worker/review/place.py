"""The registry that the pages are about: its Datasette database, its configuration, and how it is read and written."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from sqlite_utils import Database

from inbox_worker import decision
from inbox_worker.registry import Registry
from inbox_worker.registry.database import RegistryError, connect_readonly, writing
from inbox_worker.registry.desk import Desk
from inbox_worker.registry.rawmail import RawMail
from inbox_worker.settings import ENVIRONMENT, RegistrySettings, Settings, SettingsError, default_path, load

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database as Source

PLUGIN = "inbox-worker"  # the key below "plugins" in datasette.yaml
PATIENCE = 30_000  # milliseconds that a statement waits for somebody else's transaction

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """One registry that Datasette serves. ``roles``: an allow block for each of reader, reviewer and admin."""

    database: str  # its name in Datasette
    source: Source
    config: Path  # worker.toml, which may not be there
    roles: Mapping[str, Any]

    def settings(self) -> Settings:
        """The worker's configuration as it is now, about this registry.

        Raises:
            SettingsError: where it cannot be used.
        """
        settings, path = load(self.config), Path(str(self.source.path)).resolve()
        if settings.registry.path.resolve() == path:
            return settings
        return replace(settings, registry=RegistrySettings(path))

    async def look(self, see: Callable[[Database], T]) -> T:
        """What a function finds in the registry, on one of Datasette's reading connections."""
        found: T = await self.source.execute_fn(lambda connection: see(Database(connection, execute_plugins=False)))
        return found

    async def rule(self, by: str, act: Callable[[Desk], T], *, keep: bool = True) -> T:
        """What a function does at the desk, in one transaction. Without ``keep`` nothing of it stays.

        Raises:
            RegistryError: where it cannot be ruled so; nothing was changed.
            SettingsError: where worker.toml cannot be used.
        """
        settings = self.settings()

        def write(connection: Any) -> T | RegistryError:
            db = Database(connection, execute_plugins=False)
            mail = RawMail(settings.registry.mail_directory)
            desk = Desk(Registry(db, mail, settings.invitation, decision.tell), by)
            try:
                with writing(db):
                    done = act(desk)
                    if keep:
                        return done
                    raise _NotKeptError(done)  # noqa: TRY301 - that is how a transaction is taken back
            except RegistryError as error:  # given back, since Datasette logs what is raised
                return error
            except _NotKeptError as rehearsal:
                found: T = rehearsal.args[0]
                return found

        result: T | RegistryError = await self.source.execute_write_fn(write, transaction=False)
        if isinstance(result, RegistryError):
            raise result
        return result


class _NotKeptError(Exception):
    """Takes back what was only tried."""


_places: WeakKeyDictionary[Datasette, Place] = WeakKeyDictionary()


def place_of(datasette: Datasette) -> Place | None:
    """The registry that Datasette serves, or None where it serves none: then the plugin does nothing."""
    return _places.get(datasette)


def find_place(datasette: Datasette) -> Place | None:
    """Look for the registry among Datasette's files, and keep which one it is.

    Raises:
        RegistryError: where the configuration speaks of one and there is none that can be used. Datasette must not
            start then: it would show an older registry to whoever comes, without our permissions.
    """
    config = datasette.plugin_config(PLUGIN) or {}
    problem = RegistryError("datasette.yaml configures inbox-worker, but none of the files is a registry of it")
    for name, source in datasette.databases.items():
        if source.path is None or config.get("database") not in (None, name):
            continue
        try:
            connect_readonly(Path(source.path)).close()
        except RegistryError as error:
            problem = error
            continue
        roles = config.get("roles") or {}
        place = Place(name, source, _worker_toml(config.get("config"), Path(source.path)), roles)
        _places[datasette] = place
        return place
    if config:
        raise problem
    return None


def _worker_toml(named: str | None, registry: Path) -> Path:
    """The configuration: as named, or beside the registry, or where the command line looks for it."""
    beside = registry.with_name("worker.toml")
    if named:
        return Path(named)
    return beside if beside.exists() and not os.environ.get(ENVIRONMENT) else default_path()


def keep_mail_out_of_the_log() -> None:
    """Have Datasette log an error without the values of local variables, for mail is among them: as it does where rich
    is not installed."""
    import datasette.handle_exception

    datasette.handle_exception.rich = None


def prepare(connection: Any) -> None:
    """Make a connection of Datasette's one that rulings may be written on."""
    connection.execute(f"pragma busy_timeout = {PATIENCE}")
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma synchronous = full")  # a ruling is on the disk when the page says so


__all__ = ["Place", "SettingsError", "find_place", "keep_mail_out_of_the_log", "place_of", "prepare"]
