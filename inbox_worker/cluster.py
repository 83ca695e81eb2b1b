"""A function over many messages on the workers of a Dask cluster: the same results in the same order as in one."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

from inbox_worker import __version__

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 4  # items under way for each thread of the workers: results wait in memory until it is their turn
SCHEMES = ("tcp", "tls", "ws", "wss")
PATIENCE = 10  # seconds for the scheduler to answer, and for a first worker to be there
ADDRESS = "give its address as 'dask scheduler' prints it, such as tcp://192.0.2.1:8786"

_one_at_a_time = threading.Lock()  # in a worker: the reader belongs to one thread of its process


class ClusterError(Exception):
    """The cluster cannot be used, or is there no longer; the text says what to do."""


def on_cluster(
    items: Iterable[Item], function: Callable[[Item], Result], died: Callable[[Item], Result], *, address: str
) -> Iterator[tuple[Item, Result]]:
    """Each item with what ``function`` makes of it on the workers of the scheduler at ``address``, in their order.

    Items, results and the function go over the network in pickle: scheduler and workers must be trusted. What a worker
    had under way when it ended is done by another one. An item that ended several workers has the result that ``died``
    gives (how many, the scheduler's ``distributed.scheduler.allowed-failures`` says).

    Raises:
        ClusterError: Dask is not installed, the scheduler does not answer or goes away, no worker is there, or a worker
            has another version of inbox-worker.
    """
    with _client(address) as client:
        from distributed import KilledWorker

        waiting: deque[tuple[Item, Any]] = deque()
        left = iter(items)
        while True:
            most = AHEAD * max(1, sum(client.nthreads().values()))
            while len(waiting) < most and (item := next(left, None)) is not None:
                waiting.append((item, client.submit(_alone, function, item, pure=False)))
            if not waiting:
                return
            item, future = waiting.popleft()
            try:
                result: Result = future.result()
            except KilledWorker:
                result = died(item)
            yield item, result


def _alone(function: Callable[[Item], Result], item: Item) -> Result:
    with _one_at_a_time:
        return function(item)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    try:
        import distributed
        from distributed import CancelledError
    except ImportError:
        raise ClusterError("--dask needs Dask: pip install 'inbox-worker[dask]'") from None
    for name in [n for n in logging.root.manager.loggerDict if n.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # they tell of every worker that goes; we tell the end
    if not _is_address(address):
        raise ClusterError(f"{address} is no address of a Dask scheduler: {ADDRESS}")
    connect: Any = distributed.Client
    try:
        client = connect(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address} ({_line(error)}): {ADDRESS}") from None
    try:
        _look_at(client, address)
        yield client
    except (OSError, CancelledError) as error:
        raise ClusterError(
            f"the Dask scheduler at {address} is there no longer ({_line(error)}): start it and run this again"
        ) from None
    finally:
        client.close(timeout=PATIENCE)


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in SCHEMES and bool(parts.hostname) and parts.port is not None
    except ValueError:
        return False


def _look_at(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise ClusterError(f"the scheduler has no worker; start one: dask worker {address}") from None
    for worker, found in client.run(_version, on_error="return").items():
        if found != __version__:
            has = f"inbox-worker {found}" if isinstance(found, str) else f"no usable inbox-worker ({_line(found)})"
            raise ClusterError(f"the worker {worker} has {has}; install inbox-worker {__version__} there")


def _version() -> str:
    return __version__


def _line(error: object) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
