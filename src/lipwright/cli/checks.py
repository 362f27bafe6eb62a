"""What ``lipwright doctor`` looks at: each check tries the real thing and tells what it found."""

import os
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from lipwright import __version__
from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.analysis.speech.articulation import articulate
from lipwright.cores import usable_cores
from lipwright.errors import LipwrightError
from lipwright.inference.weights import MANIFEST, WEIGHTS_FOLDER, weights_path
from lipwright.media.probe import probe
from lipwright.samples.clip import to_picture, write_clip
from lipwright.samples.mouth import MouthPose
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.samples.speech import speak

PYTHONS = ((3, 11), (3, 12))
LIBRARIES = ("av", "mediapipe", "numpy", "onnxruntime", "rich", "scipy", "typer")
SMALL = PresenterOptions(width=320, height=240, face_height=0.6)
OPENCVS = ("opencv-contrib-python-headless", "opencv-contrib-python")


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    name: str
    is_good: bool
    detail: str


def examine() -> list[Finding]:
    """Runs all checks; a broken part is a finding, not an error."""
    return [
        _python(),
        *_libraries(),
        _attempt("face mesh", _see_a_face),
        _attempt("weights", _check_weights),
        _attempt("ear", _hear_a_line),
        _attempt("H.264 and AAC in MP4", lambda: _write_and_read("mp4", ("h264", "aac"))),
        _attempt("VP9 and Opus in WebM", lambda: _write_and_read("webm", ("vp9", "opus"))),
        _scratch_room(),
        Finding("processor cores", True, str(usable_cores())),
    ]


def _python() -> Finding:
    is_good = sys.version_info[:2] in PYTHONS
    return Finding("Python", is_good, f"{platform.python_version()}, Lipwright {__version__}")


def _libraries() -> list[Finding]:
    findings = [Finding(name, *_version((name,))) for name in LIBRARIES]
    return [*findings, Finding("opencv", *_version(OPENCVS))]


def _version(names: tuple[str, ...]) -> tuple[bool, str]:
    """Whether one of the distributions is installed, and its version."""
    for name in names:
        try:
            return True, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return False, f"not installed; run pip install {names[0]}"


def _attempt(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, check())
    except (LipwrightError, OSError) as error:
        return Finding(name, False, str(error))


def _see_a_face() -> str:
    picture = to_picture(Presenter(SMALL).draw(MouthPose(gap=6)))
    with FaceAnalyzer() as analyzer:
        observations = [analyzer.push(picture) for _ in range(2)][-1]
    if len(observations) != 1:
        raise LipwrightError(f"expected one face in a drawn presenter, found {len(observations)}")
    return "finds the face of a drawn presenter"


def _check_weights() -> str:
    names = sorted(path.name for path in WEIGHTS_FOLDER.glob("*.onnx"))
    sizes = [weights_path(name).stat().st_size for name in names]
    if not names:
        raise LipwrightError(
            f"expected weights beside {WEIGHTS_FOLDER / MANIFEST}, found none; reinstall lipwright"
        )
    listed = (f"{name} ({size / 2**20:.1f} MB)" for name, size in zip(names, sizes, strict=True))
    return ", ".join(listed) + ": checksum right"


def _hear_a_line() -> str:
    motion = articulate(speak(". M AA1 M AA1 .").samples)
    return f"turned a spoken line into {len(motion.measures)} steps of mouth motion"


def _write_and_read(suffix: str, codecs: tuple[str, str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"trial.{suffix}")
        write_clip(
            path, [Presenter(SMALL).draw(MouthPose())] * 5, speech=speak(". M AA1 .", sample_rate=48000)
        )
        info = probe(path)
        found = (info.need_video().codec, info.need_audio().codec)
    if found != codecs:
        raise LipwrightError(f"expected {' and '.join(codecs)}, got {' and '.join(found)}; reinstall av")
    return "written and read back"


def _scratch_room() -> Finding:
    folder = Path(tempfile.gettempdir())
    return Finding("scratch folder", os.access(folder, os.W_OK), str(folder))
