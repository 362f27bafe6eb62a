"""A job from files to file; what it draws is checked end to end."""

import tempfile

import pytest

from lipwright.errors import OutputError
from lipwright.render.pipeline import _folder_of_parts


def test_no_place_for_temporary_files_is_an_output_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """TMPDIR may have gone since the program looked for it."""
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null/gone")
    with pytest.raises(OutputError, match="TMPDIR"), _folder_of_parts():
        pass
