"""The registry: one SQLite file. Facts are appended, the state is derived."""

from inbox_worker.registry.database import (
    NewerRegistryError,
    NotARegistryError,
    RegistryError,
    connect,
    connect_readonly,
    refuse_damaged,
    refuse_missing,
    refuse_newer,
)
from inbox_worker.registry.rawmail import RawMail
from inbox_worker.registry.registry import Registry

__all__ = [
    "NewerRegistryError",
    "NotARegistryError",
    "RawMail",
    "Registry",
    "RegistryError",
    "connect",
    "connect_readonly",
    "refuse_damaged",
    "refuse_missing",
    "refuse_newer",
]
