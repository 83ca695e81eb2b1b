"""A function over many messages on the workers of a Dask cluster: the same results in the same order as in one."""

from __future__ import annotations

import logging
import pickle
import threading
import warnings
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
FORSAKEN = 60  # seconds without any worker after which nothing more is waited for
ADDRESS = "give its address as 'dask scheduler' prints it, such as tcp://192.0.2.1:8786"

_one_at_a_time = threading.Lock()  # in a worker: the reader belongs to one thread of its process


class ClusterError(Exception):
    """The cluster cannot be used, or is there no longer; the text says what to do."""


def is_address(address: str) -> bool:
    """Whether this can be the address of a scheduler."""
    try:
        parts = urlsplit(address)
        return parts.scheme in SCHEMES and bool(parts.hostname) and parts.port is not None
    except ValueError:
        return False


def on_cluster(
    items: Iterable[Item], function: Callable[[Item], Result], died: Callable[[Item], Result], *, address: str
) -> Iterator[tuple[Item, Result]]:
    """Each item with what ``function`` makes of it on the workers of the scheduler at ``address``, in their order.

    Items, results and the function go over the network in pickle: scheduler and workers must be trusted. What a worker
    had under way when it ended is done by another one. An item that was under way when several workers ended is done
    once more with nothing beside it; if workers end over it then too, its result is what ``died`` gives.

    Raises:
        ClusterError: Dask is not installed, the scheduler does not answer or goes away, no worker is there, or a worker
            has another version of inbox-worker.
    """
    with _client(address) as client:
        cluster = _Cluster(client, address, function)
        waiting: deque[tuple[Item, Any]] = deque()
        left = iter(items)
        while True:
            while len(waiting) < cluster.room and (item := next(left, None)) is not None:
                waiting.append((item, cluster.submit(item)))
            if not waiting:
                return
            item, future = waiting.popleft()
            if cluster.died_over(future):
                for _, other in waiting:
                    cluster.died_over(other)  # when it is done nothing is under way
                future = cluster.submit(item)
                if cluster.died_over(future):
                    yield item, died(item)
                    continue
            yield item, cluster.result(future)


class _Cluster:
    """A cluster's client, whose errors are told for people."""

    def __init__(self, client: Any, address: str, function: Callable[[Any], Any]) -> None:
        self._client, self._address = client, address
        self.room = AHEAD * max(1, sum(client.nthreads().values()))
        # Each worker has the function once: sent with each item it would bring an invited list of its own along, of
        # which all that was worked out would have to be worked out anew. As a result it is made again where it is lost.
        self._function = self._submit(pickle.loads, pickle.dumps(function))

    def submit(self, item: Any) -> Any:
        return self._submit(_alone, self._function, item)

    def _submit(self, function: Callable[..., Any], *arguments: object) -> Any:
        with self._telling(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a letter with a scan is "a large graph"
            return self._client.submit(function, *arguments, pure=False)

    def result(self, future: Any) -> Any:
        with self._telling():
            return future.result()

    def died_over(self, future: Any) -> bool:
        """Wait for an item to be done; whether workers ended over it."""
        from distributed import KilledWorker

        with self._telling():
            while True:
                try:
                    return isinstance(future.exception(timeout=FORSAKEN), KilledWorker)
                except TimeoutError:
                    if not self._client.nthreads():
                        raise ClusterError(
                            f"the scheduler at {self._address} has had no worker for {FORSAKEN} seconds; start one "
                            f"(dask worker {self._address}) and run this again"
                        ) from None

    @contextmanager
    def _telling(self) -> Iterator[None]:
        from distributed import CancelledError
        from distributed.client import ClosedClientError

        try:
            yield
        except (OSError, CancelledError, ClosedClientError, AttributeError) as error:
            if self._client.status == "running" and isinstance(error, (OSError, AttributeError)):
                raise
            raise ClusterError(
                f"the Dask scheduler at {self._address} is there no longer: start it and run this again"
            ) from None


def _alone(function: Callable[[Item], Result], item: Item) -> Result:
    with _one_at_a_time:
        return function(item)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    try:
        import distributed
    except ImportError:
        raise ClusterError("--dask needs Dask: pip install 'inbox-worker[dask]'") from None
    for name in [n for n in logging.root.manager.loggerDict if n.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # they tell of every worker that goes; we tell the end
    connect: Any = distributed.Client
    try:
        client = connect(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address} ({_line(error)}): {ADDRESS}") from None
    try:
        _look_at(client, address)
        yield client
    finally:
        client.close(timeout=PATIENCE)


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
