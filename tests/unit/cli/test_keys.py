"""``lipwright keys``: made, listed, revoked."""

import json
from pathlib import Path

import pytest

from lipwright.app.access import make_first_key, open_database
from lipwright.cli.main import main
from lipwright.store.keys import Keys


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIPWRIGHT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def test_a_key_is_shown_once_and_opens_its_account(capsys: pytest.CaptureFixture[str]) -> None:
    """The secret alone on stdout, for scripts."""
    assert main(["keys", "create", "--account", "ann", "--name", "laptop", "--plan", "default"]) == 0
    secret = capsys.readouterr().out.strip()
    database = open_database()
    with database.read() as connection:
        key = Keys(connection).find(secret)
    database.close()
    assert key is not None
    assert key.name == "laptop"


def test_keys_are_listed_without_their_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    """Whose they are and what they begin with."""
    main(["keys", "create", "--account", "ann", "--json"])
    made = json.loads(capsys.readouterr().out)
    assert main(["keys", "list", "--json"]) == 0
    shown = capsys.readouterr().out
    [row] = json.loads(shown)
    assert (row["key"], row["account"]) == (made["id"], "ann")
    assert made["key"].startswith(row["begins with"])
    assert made["key"] not in shown


@pytest.mark.parametrize("way", ["id", "prefix"])
def test_a_revoked_key_opens_nothing(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By its id, or by what it begins with."""
    main(["keys", "create", "--json"])
    made = json.loads(capsys.readouterr().out)
    assert main(["keys", "revoke", made["id"] if way == "id" else made["key"][:10]]) == 0
    database = open_database()
    with database.read() as connection:
        assert Keys(connection).find(made["key"]) is None
    database.close()


def test_an_unknown_key_cannot_be_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    """In one line that says what to do."""
    assert main(["keys", "revoke", "key_nobody"]) == 8
    assert "list the keys" in capsys.readouterr().err


def test_only_the_first_start_makes_a_key() -> None:
    """Of an account ``default``."""
    database = open_database()
    first = make_first_key(database)
    assert first is not None
    assert first.account.name == "default"
    assert make_first_key(database) is None
    database.close()
