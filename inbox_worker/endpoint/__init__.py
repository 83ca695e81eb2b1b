"""The one place from which a message may leave the machine: a language model's endpoint, where one is configured."""

from __future__ import annotations

from inbox_worker.endpoint.client import Answered, Endpoint, EndpointError, Failure

__all__ = ["Answered", "Endpoint", "EndpointError", "Failure"]
