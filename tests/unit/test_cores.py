"""How many cores may be used."""

import os
from pathlib import Path

import pytest

from lipwright.cores import usable_cores

V2, V1 = "0::/a/b\n", "4:memory:/a\n3:cpu,cpuacct:/a/b\n1:name=systemd:/\n0::/\n"


@pytest.fixture(autouse=True)
def sixteen_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(16)))


def seen(tmp_path: Path, groups: str, files: dict[str, str]) -> int:
    """The number, with such a ``/proc/self/cgroup`` and such files where the kernel shows control groups."""
    membership, mount = tmp_path / "cgroup", tmp_path / "mount"
    membership.write_text(groups)
    for name, text in files.items():
        path = mount / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return usable_cores(membership, mount)


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        (V2, {}, 16),
        (V2, {"a/b/cpu.max": "max 100000\n"}, 16),
        (V2, {"a/b/cpu.max": "400000 100000\n"}, 4),
        (V2, {"a/b/cpu.max": "max 100000\n", "a/cpu.max": "250000 100000\n"}, 3),  # of the group around it
        (V2, {"cpu.max": "200000 100000\n"}, 2),  # as seen from inside of a container
        (V2, {"cpu.max": "20000 100000\n"}, 1),  # a fifth of a core still works
        (V2, {"a/b/cpu.max": "6400000 100000\n"}, 16),  # more than there are
        (V2, {"unified/a/b/cpu.max": "300000 100000\n"}, 3),
        (V2, {"a/b/cpu.max": "nonsense"}, 16),
        (V1, {"cpu,cpuacct/a/b/cpu.cfs_quota_us": "-1", "cpu,cpuacct/a/b/cpu.cfs_period_us": "100000"}, 16),
        (V1, {"cpu,cpuacct/a/b/cpu.cfs_quota_us": "150000", "cpu,cpuacct/a/b/cpu.cfs_period_us": "50000"}, 3),
        (V1, {"cpu/cpu.cfs_quota_us": "200000", "cpu/cpu.cfs_period_us": "100000"}, 2),
        (V1, {"memory/a/cpu.cfs_quota_us": "100000", "memory/a/cpu.cfs_period_us": "100000"}, 16),
    ],
)
def test_a_quota_is_respected(tmp_path: Path, groups: str, files: dict[str, str], expected: int) -> None:
    """Of either version of control groups; the least one that holds."""
    assert seen(tmp_path, groups, files) == expected


def test_cores_that_a_process_is_bound_to_are_respected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3, 5})
    assert seen(tmp_path, V2, {"a/b/cpu.max": "400000 100000\n"}) == 2


def test_without_control_groups_the_cores_count(tmp_path: Path) -> None:
    assert usable_cores(tmp_path / "none", tmp_path) == 16
