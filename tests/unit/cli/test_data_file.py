"""Files with choices in them, and what is said of those that cannot be read."""

from pathlib import Path

import pytest

from lipwright.cli.data_file import JSON, TOML, read_data
from lipwright.errors import MediaError
from tests.unit.cli.fakes import FakeLipsync, Run


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", b"", "found an empty file"),
        ("a.toml", b" \n", "found an empty file"),
        ("a.json", b'[{"start": 0,\n  "end" 1}]', "broken at line 2, column 9: expecting ':' delimiter"),
        ("a.toml", b"[[segments]]\nstart 0\n", "broken at line 2, column 7: expected '=' after a key"),
        ("a.toml", b"a = [1,", "broken at the end: invalid value"),
        ("a.json", b"\x89PNG\xff\x00", "expected text in UTF-8"),
        ("a.json", b"[" * 100_000, "nested too deeply"),
        ("a.json", b"[" + b"9" * 5000 + b"]", "broken: exceeds the limit"),
        ("a.txt", b"[[segments]]\nstart = 0\n", "name it .json or .toml"),
        ("folder.json", None, "found a folder"),
        ("missing.json", None, "no such file"),
        ("miss\0ing.json", None, "embedded null byte"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    """Each in words of its own, with the place where there is one."""
    (tmp_path / "folder.json").mkdir()
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MediaError, match="--segments: expected") as caught:
        read_data(path, "--segments", (JSON, TOML))
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b'{"a": [1]}'),
        ("a.toml", b"a = [1]"),
        ("A.TOML", b"a = [1]"),
        ("a.txt", b'{"a": [1]}'),  # JSON under any name, as from a pipe of the shell
        ("a.json", b'\xef\xbb\xbf{"a": [1]}'),  # as editors on Windows begin a file
    ],
)
def test_the_name_says_which_kind_a_file_is(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert read_data(path, "--segments", (JSON, TOML)) == {"a": [1]}


def test_where_only_json_will_do_its_errors_are_shown_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "boxes.txt"
    path.write_text("[[1, 2,]]")
    with pytest.raises(MediaError, match="--boxes: expected JSON, found it broken at line 1, column 8"):
        read_data(path, "--boxes", (JSON,))


def test_boxes_that_a_segment_names_are_found_in_the_message(
    run: Run, lipsync: FakeLipsync, tmp_path: Path
) -> None:
    """Which of several segments names the file that is not there."""
    path = tmp_path / "cast.json"
    path.write_text('[{"start": 0, "end": 1}, {"start": 1, "end": 2, "boxes": "nope.json"}]')
    outcome = run("sync", "a.mp4", "b.wav", "--segments", path)
    assert outcome.code == 3
    assert "segments[1]: --boxes: expected a JSON file, found no such file" in outcome.err
    assert lipsync.calls == []
