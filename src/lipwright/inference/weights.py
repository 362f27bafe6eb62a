"""Weights files that ship with the package, checked against their manifest."""

import hashlib
import json
from pathlib import Path

from lipwright.errors import InstallationError

WEIGHTS_FOLDER = Path(__file__).parent / "weights"
MANIFEST = "manifest.json"


def weights_path(name: str, folder: Path = WEIGHTS_FOLDER) -> Path:
    """The path of a shipped weights file, after its checksum was found right.

    Args:
        name: file name as listed in the manifest, such as ``articulation.onnx``.
        folder: where the files and their ``manifest.json`` are.

    Raises:
        InstallationError: the file or its manifest entry is missing, or the file is damaged.
    """
    expected = _manifest(folder).get(name)
    if expected is None:
        raise InstallationError(f"{name} expected in {folder / MANIFEST}, found none; reinstall lipwright")
    path = folder / name
    if not path.is_file():
        raise InstallationError(f"weights expected at {path}, found nothing; reinstall lipwright")
    found = sha256(path)
    if found != expected:
        raise InstallationError(
            f"SHA-256 {expected[:12]}... expected of {path}, found {found[:12]}...; reinstall lipwright"
        )
    return path


def sha256(path: Path) -> str:
    """The SHA-256 of a file as lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path = WEIGHTS_FOLDER) -> None:
    """Lists every ``.onnx`` file of a folder with its checksum; run after training."""
    entries = {path.name: sha256(path) for path in sorted(folder.glob("*.onnx"))}
    (folder / MANIFEST).write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")


def _manifest(folder: Path) -> dict[str, str]:
    path = folder / MANIFEST
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise InstallationError(
            f"a list of weights expected at {path}, found none; reinstall lipwright"
        ) from error
