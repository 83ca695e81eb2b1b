"""What a process that parses attachments gives up: memory, files and, where the system allows it, the network."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterable

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000  # unshare (2)
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2  # prctl (2), seccomp (2)
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 1  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EPERM
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06  # classic BPF
NUMBER, ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
X32 = 0x40000000  # system calls of another numbering
# Architecture -> audit number, and the calls refused: socket, connect, execve, execveat, ptrace, io_uring_setup
CALLS = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117, 425)),
}
FILES = 64  # that may be open at once

WITHOUT_NETWORK = "without network"


def confine(memory: int) -> tuple[str, ...]:
    """Give up what parsing does not need, for good. ``memory`` is the address space in bytes.

    Returns what was given up, in words; a system that refuses one of them still gets the others.
    """
    done = []
    for what, amount in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, FILES),
    ):
        try:
            hard = resource.getrlimit(what)[1]
            most = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            continue
        if what == resource.RLIMIT_AS:
            done.append(f"{memory // 1_000_000} MB of memory")
        elif what == resource.RLIMIT_FSIZE:
            done.append("no file written")
    if _own_namespace():
        done.append(f"{WITHOUT_NETWORK} (a namespace of its own)")
    if _filtered():
        done.append(f"{WITHOUT_NETWORK} (seccomp)")
    return tuple(done)


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _own_namespace() -> bool:
    """Leave the network: as root at once, else inside a user namespace, where the system allows those."""
    libc = _libc()
    if libc is None:
        return False
    flags = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET
    return bool(libc.unshare(flags) == 0)


def _filtered() -> bool:
    """Refuse the system calls that open a connection or start a program (seccomp-bpf)."""
    libc, found = _libc(), CALLS.get(platform.machine())
    if libc is None or found is None:
        return False
    code = _program(*found)
    held = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HL", len(code) // 8, ctypes.addressof(held))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) == 0)


def _program(architecture: int, refused: Iterable[int]) -> bytes:
    numbers = tuple(refused)
    refuse_at = 4 + len(numbers) + 1  # index of the last instruction
    steps = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 0, refuse_at - 2, architecture),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, refuse_at - 4, 0, X32),
    ]
    for index, number in enumerate(numbers, 4):
        steps.append((EQUAL, refuse_at - index - 1, 0, number))
    steps += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
