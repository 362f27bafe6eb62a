"""The smaller commands: models, score, doctor, demo."""

import json
from pathlib import Path

import pytest

from lipwright.cli import checks, demo, score
from lipwright.cli.checks import Finding
from lipwright.engines import registry
from lipwright.errors import InstallationError
from lipwright.render.progress import Listener, Progress
from lipwright.samples import Sample
from tests.unit.cli.fakes import FakeLipsync, Run

Paths = tuple[Path, Path | None, Path | None]


class FakeScore:
    """A finished measurement."""

    def to_dict(self) -> dict[str, float]:
        return {"correlation": 0.9}

    def rows(self) -> list[tuple[str, str, str]]:
        return [("correlation", "0.90", "1 is perfect")]

    def write_html(self, path: Path) -> None:
        path.write_text("<html>", encoding="utf-8")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Paths]:
    """What was asked to be scored: video, audio and reference."""
    asked: list[Paths] = []

    def measure(
        video: Path, audio: Path | None = None, *, reference: Path | None, progress: Listener
    ) -> FakeScore:
        asked.append((video, audio, reference))
        progress(Progress("analyse", 1, 1))
        return FakeScore()

    monkeypatch.setattr(score, "measure", measure)
    monkeypatch.setattr(demo, "measure", measure)
    return asked


def test_models_lists_every_published_model(run: Run) -> None:
    text = run("models").out
    assert all(info.id in text for info in registry.models())


def test_models_says_that_only_servers_limit_the_length(run: Run) -> None:
    text = run("models").out
    assert "any; 1800 s" in text
    assert "15 s " in text  # react-1, everywhere


def test_models_as_json(run: Run) -> None:
    listed = json.loads(run("models", "--json").out)
    assert [row["id"] for row in listed] == [info.id for info in registry.models()]
    assert all(row["price_per_second"] > 0 for row in listed)


def test_score_is_a_table(run: Run, measured: list[Paths]) -> None:
    outcome = run("score", "a.mp4", "--audio", "b.wav", "--reference", "c.mp4")
    assert measured == [(Path("a.mp4"), Path("b.wav"), Path("c.mp4"))]
    assert "correlation" in outcome.out
    assert "0.90" in outcome.out


def test_score_as_json_and_page(run: Run, measured: list[Paths], tmp_path: Path) -> None:
    outcome = run("score", "a.mp4", "--json", "--html", tmp_path / "score.html")
    assert json.loads(outcome.out) == {"correlation": 0.9}
    assert (tmp_path / "score.html").is_file()


def test_score_page_needs_its_folder(run: Run, measured: list[Paths], tmp_path: Path) -> None:
    assert run("score", "a.mp4", "--html", tmp_path / "missing" / "score.html").code == 5
    assert measured == []


def test_score_page_never_replaces_a_video(run: Run, measured: list[Paths], tmp_path: Path) -> None:
    video = tmp_path / "a.mp4"
    video.write_bytes(b"video")
    assert run("score", video, "--html", video).code == 2
    assert (video.read_bytes(), measured) == (b"video", [])


def test_doctor_ends_with_6_when_a_part_is_broken(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = [Finding("good", True, "fine"), Finding("bad", False, "gone")]
    monkeypatch.setattr("lipwright.cli.doctor.examine", lambda: findings)
    outcome = run("doctor")
    assert outcome.code == 6
    assert "BROKEN" in outcome.out
    assert [row["is_good"] for row in json.loads(run("doctor", "--json").out)] == [True, False]


def test_a_broken_part_is_a_finding_and_the_others_are_still_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(name: str) -> Path:
        raise InstallationError(f"{name} is damaged; reinstall lipwright")

    monkeypatch.setattr(checks, "weights_path", damaged)
    broken = [finding for finding in checks.examine() if not finding.is_good]
    assert [(finding.name, "damaged" in finding.detail) for finding in broken] == [("weights", True)]


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LIBRARIES", ("no-such-library",))
    (finding,) = [found for found in checks.examine() if not found.is_good]
    assert finding.name == "no-such-library"
    assert "pip install" in finding.detail


def test_demo_makes_its_own_sample_and_scores_the_result(
    run: Run,
    lipsync: FakeLipsync,
    measured: list[Paths],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    sample = Sample(tmp_path / "presenter.mp4", tmp_path / "line.wav")
    monkeypatch.setattr(demo, "make_sample", lambda directory: sample)
    outcome = run("demo", tmp_path)
    assert outcome.code == 0
    assert lipsync.calls[0]["video"] == sample.video
    assert measured == [(tmp_path / "lipsynced.mp4", None, sample.video)]
    for part in (str(tmp_path / "lipsynced.mp4"), str(tmp_path / "report.html"), "correlation"):
        assert part in outcome.out
