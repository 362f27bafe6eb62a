from dataclasses import dataclass
from pathlib import Path

import pytest

from lipwright.samples import make_sample
from lipwright.samples.presenter import PresenterOptions
from tests.short_footage import ShortFootage, make_short_footage
from tests.slow_footage import Slow, make_slow


@dataclass(frozen=True)
class Footage:
    """The project's own presenter and another voice, small enough for a test."""

    video: Path
    """6 s at 25 frames/s, 480 x 360, speaking, with sound."""
    audio: Path
    """Another voice, 5.5 s."""


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    sample = make_sample(tmp_path_factory.mktemp("footage"), PresenterOptions(width=480, height=360))
    return Footage(sample.video, sample.audio)


@pytest.fixture(scope="session")
def short_footage(tmp_path_factory: pytest.TempPathFactory) -> ShortFootage:
    return make_short_footage(tmp_path_factory.mktemp("short"))


@pytest.fixture(scope="session")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Slow:
    return make_slow(tmp_path_factory.mktemp("slow"))
