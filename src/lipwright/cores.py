"""How many cores this process may use: those it is bound to, and what its container's quota allows."""

import math
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

_MEMBERSHIP = Path("/proc/self/cgroup")
_MOUNT = Path("/sys/fs/cgroup")


def usable_cores(membership: Path = _MEMBERSHIP, mount: Path = _MOUNT) -> int:
    """Cores that may be kept busy, 1 or more: further threads only stand in each other's way.

    ``taskset`` and cpusets bind a process to cores; a quota of control groups (``docker run --cpus``) gives
    it time, of which a part of a core counts as one.

    Args:
        membership: the control groups of the process, cgroups(7).
        mount: where the kernel shows them.
    """
    return max(1, min([_bound(), *map(math.ceil, _quotas(membership, mount))]))


def _bound() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quotas(membership: Path, mount: Path) -> Iterator[float]:
    """In cores, of the groups of the process and of all that they are in."""
    try:
        lines = membership.read_text(encoding="utf-8").splitlines()
    except OSError:  # no Linux
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        for group in (PurePosixPath(path), *PurePosixPath(path).parents):
            inner = str(group).lstrip("/")
            if not controllers:  # version 2, alone or beside version 1
                yield from _of_v2(mount / inner)
                yield from _of_v2(mount / "unified" / inner)
            elif "cpu" in controllers.split(","):
                yield from _of_v1(mount / controllers / inner)
                yield from _of_v1(mount / "cpu" / inner)


def _of_v2(folder: Path) -> Iterator[float]:
    quota, period = [*_words(folder / "cpu.max"), "", ""][:2]
    yield from _share(quota, period)


def _of_v1(folder: Path) -> Iterator[float]:
    (quota,) = [*_words(folder / "cpu.cfs_quota_us"), ""][:1]
    (period,) = [*_words(folder / "cpu.cfs_period_us"), ""][:1]
    yield from _share(quota, period)


def _share(quota: str, period: str) -> Iterator[float]:
    """None where there is no limit: ``max`` in version 2, -1 in version 1, or no file."""
    if quota.isdigit() and period.isdigit() and int(quota) > 0 and int(period) > 0:
        yield int(quota) / int(period)


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except OSError:
        return []
