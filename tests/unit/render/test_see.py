from pathlib import Path

import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.analysis.faces.track import FaceAnalysis
from lipwright.engines import registry
from lipwright.media.source import open_source
from lipwright.render.progress import ignore
from lipwright.render.see import see
from tests.footage import make_short_footage


def test_networks_are_gone_before_tracks_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an hour what is made of the points takes as much memory as they do: one after the other."""
    done: list[str] = []

    class Noted(FaceAnalyzer):
        def close(self) -> None:
            done.append("closed")
            super().close()

        def finish(self) -> FaceAnalysis:
            done.append("finished")
            return super().finish()

    monkeypatch.setattr("lipwright.render.see.FaceAnalyzer", Noted)
    with open_source(make_short_footage(tmp_path).video) as reader:
        scene = see(reader, registry.engine("lipsync-2"), 10, None, ignore, tmp_path)
    assert done == ["closed", "finished"]
    assert len(scene.geometries) == 1
