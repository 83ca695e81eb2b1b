"""The registry: one SQLite file. Facts are appended, the state is derived."""

from inbox_worker.registry.database import NewerRegistryError, RegistryError, connect
from inbox_worker.registry.rawmail import RawMail
from inbox_worker.registry.registry import Registry

__all__ = ["NewerRegistryError", "RawMail", "Registry", "RegistryError", "connect"]
