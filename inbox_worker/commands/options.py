"""What several commands take."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlite_utils import Database

from inbox_worker.cli import FailedError, UnusableError
from inbox_worker.parallel import Engine, cores, in_order
from inbox_worker.settings import RegistrySettings, Settings, default_path, load

Item = TypeVar("Item")
Result = TypeVar("Result")

paths_argument = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path), metavar="PATH..."
)
registry_option = click.option(
    "--registry",
    type=click.Path(readable=False, path_type=Path),
    metavar="FILE",
    help="The registry, instead of the configured one.",
)


jobs_option = click.option(
    "--jobs",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="Processes that read (default: one for each core). The output is the same with any number.",
)


dask_option = click.option(
    "--dask",
    metavar="ADDRESS",
    help="Read on the workers of a Dask cluster; ADDRESS is its scheduler's, such as tcp://192.0.2.1:8786.",
)


def engine_of(jobs: int | None, dask: str | None) -> Engine:
    """The processes or the cluster that somebody asked for.

    Raises:
        UnusableError: where both were asked for, or the cluster's address is none.
    """
    if dask is not None:
        if jobs is not None:
            raise UnusableError("--jobs and --dask exclude one another: a cluster's workers are counted there")
        from inbox_worker.cluster import ADDRESS, is_address

        if not is_address(dask):
            raise UnusableError(f"{dask} is no address of a Dask scheduler: {ADDRESS}")
        return partial(_on_cluster, address=dask)
    return partial(in_order, jobs=jobs_of(jobs))


def jobs_of(given: int | None) -> int:
    """How many processes are to read. With more than one, none of them is to use several cores for its arithmetic."""
    jobs = given if given is not None else cores()
    if jobs > 1:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return jobs


def _on_cluster(
    items: Iterable[Item], function: Callable[[Item], Result], died: Callable[[Item], Result], *, address: str
) -> Iterator[tuple[Item, Result]]:
    from inbox_worker.cluster import ClusterError, on_cluster

    try:
        yield from on_cluster(items, function, died, address=address)
    except ClusterError as error:
        raise FailedError(str(error)) from None


def settings_of(ctx: click.Context, registry: Path | None = None) -> Settings:
    """The configuration that was asked for.

    Raises:
        SettingsError: where it cannot be used.
    """
    config = ctx.find_object(Path)
    settings = load(config if config is not None else default_path())
    return replace(settings, registry=RegistrySettings(registry)) if registry is not None else settings


def find_one(db: Database, words: str) -> dict[str, Any]:
    """The row of the organisation that somebody means by its id, acronym, name or a part of it.

    Raises:
        UnusableError: where there is none, or more than one.
    """
    from inbox_worker.registry.dossier import find

    found = find(db, words)
    if not found:
        raise UnusableError(f'no organisation is called "{words}"; try a part of its name')
    if len(found) > 1:
        names = "; ".join(f"{row['id']} ({row['name']})" for row in found[:10])
        raise UnusableError(f'"{words}" may be {names}: name one')
    return found[0]
