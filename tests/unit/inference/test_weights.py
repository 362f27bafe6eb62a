from pathlib import Path

import pytest

from lipwright.errors import InstallationError
from lipwright.inference.session import Session
from lipwright.inference.weights import MANIFEST, weights_path, write_manifest


def test_shipped_weights_match_their_manifest() -> None:
    """The file in the package is the one that was trained."""
    assert weights_path("articulation.onnx").is_file()


def test_a_sound_file_is_found(tmp_path: Path) -> None:
    """Listed and unchanged."""
    (tmp_path / "net.onnx").write_bytes(b"weights")
    write_manifest(tmp_path)
    assert weights_path("net.onnx", tmp_path) == tmp_path / "net.onnx"


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    """One changed byte."""
    (tmp_path / "net.onnx").write_bytes(b"weights")
    write_manifest(tmp_path)
    (tmp_path / "net.onnx").write_bytes(b"weightz")
    with pytest.raises(InstallationError, match="reinstall"):
        weights_path("net.onnx", tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """Listed but gone."""
    (tmp_path / "net.onnx").write_bytes(b"weights")
    write_manifest(tmp_path)
    (tmp_path / "net.onnx").unlink()
    with pytest.raises(InstallationError, match="found nothing"):
        weights_path("net.onnx", tmp_path)


@pytest.mark.parametrize("manifest", [None, "{", "{}", "3"])
def test_a_missing_or_damaged_manifest_is_refused(tmp_path: Path, manifest: str | None) -> None:
    """Absent, cut off, empty, not a table."""
    if manifest is not None:
        (tmp_path / MANIFEST).write_text(manifest)
    with pytest.raises(InstallationError, match="reinstall"):
        weights_path("net.onnx", tmp_path)


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    """Right name, wrong content."""
    path = tmp_path / "net.onnx"
    path.write_bytes(b"not a network")
    with pytest.raises(InstallationError, match="cannot be loaded"):
        Session(path)
