"""Which process this is, in a way that tells whether another one still lives."""

import os
import socket
import uuid
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class ProcessIdentity:
    """A process of some machine; two runs never share one."""

    executor_id: str
    """Unique, never used again."""
    place: str
    """The machine since its last start, and the container: process numbers mean the same within."""
    pid: int
    started: str
    """When the process began, in the kernel's ticks; process numbers are used again."""


def this_process() -> ProcessIdentity:
    """A new identity of this process."""
    pid, host = os.getpid(), socket.gethostname()
    executor_id = f"{host}-{pid}-{uuid.uuid4().hex[:8]}"
    return ProcessIdentity(executor_id, _place(host), pid, _started(pid) or "")


def is_surely_dead(place: str, pid: int, started: str) -> bool:
    """Whether a process can be seen to have ended; False for one of another machine."""
    here = this_process()
    if place != here.place or not here.started:
        return False
    return _started(pid) != started


def _place(host: str) -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = (_PROC / "self/ns/pid").readlink().name
    except OSError:  # no Linux: nobody is seen dead, leases run out
        return f"{host}/{uuid.uuid4().hex}"
    return f"{host}/{boot}/{namespace}"


def _started(pid: int) -> str | None:
    """None when there is no such process, or it has ended and nobody has noticed yet."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it may hold anything
    return None if fields[0] in {"Z", "X"} else fields[19]  # state, and field 22 of proc(5)
