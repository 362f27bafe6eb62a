import subprocess
import sys

import pytest

import lipwright


def test_every_public_name_can_be_had() -> None:
    """Each loads from its home; the list is sorted and dir() shows it."""
    assert sorted(lipwright.__all__) == lipwright.__all__
    assert set(lipwright.__all__) <= set(dir(lipwright))
    for name in lipwright.__all__:
        assert getattr(lipwright, name).__name__ == name


def test_what_is_not_public_is_an_attribute_error() -> None:
    """As for any module."""
    with pytest.raises(AttributeError, match="lipsink"):
        lipwright.lipsink  # noqa: B018


def test_importing_the_package_loads_no_vision_library() -> None:
    """A command that only prints its version must not wait for them."""
    code = (
        "import lipwright, sys; print([m for m in ('cv2', 'mediapipe', 'av', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
