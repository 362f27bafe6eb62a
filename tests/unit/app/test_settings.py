import os
import re
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lipwright.app.load_settings import load_settings
from lipwright.app.settings import FetchLimits, Plan, Settings, WebhookLimits
from lipwright.errors import OutputError, UsageError

REFERENCE = Path(__file__).resolve().parents[3] / "docs/reference/settings.md"
SECRET = "0123456789abcdef0123456789abcdef"
UNITS = ("_seconds", "_bytes", "_days", "_hours", "_per_minute")


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither variables nor a file of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("LIPWRIGHT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LIPWRIGHT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def documented(model: type[BaseModel], prefix: str = "") -> list[str]:
    """The rows that the reference should have for a model; tables in it have pages of their own."""
    fields = {
        name: field for name, field in model.model_fields.items() if not isinstance(field.default, BaseModel)
    }
    return [
        f"| `{prefix}{name}` | {default_text(field)} | {field.description} |"
        for name, field in fields.items()
    ]


def default_text(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if isinstance(extra, dict):
        return str(extra["default_text"])
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def test_the_reference_has_every_setting_and_no_other() -> None:
    """With its default and meaning, word for word."""
    expected = [
        *documented(Settings),
        *documented(Plan, "plans.{name}."),
        *documented(FetchLimits, "fetch."),
        *documented(WebhookLimits, "webhooks."),
    ]
    assert re.findall(r"^\| `.*\|$", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE) == expected


def test_the_example_of_the_reference_can_be_read(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", REFERENCE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    (tmp_path / "lipwright.toml").write_text(example[1])
    found = load_settings()
    assert (found.slots, found.plan("free").max_seconds) == (4, 60)
    assert found.prices == {"lipsync-2": Decimal("0.04")}


def test_every_setting_that_is_measured_names_its_unit() -> None:
    for model in (Settings, Plan, FetchLimits, WebhookLimits):
        for name, field in model.model_fields.items():
            if field.annotation is float:
                assert name.endswith(UNITS)


def test_everything_has_a_default(tmp_path: Path) -> None:
    """Database and blobs lie in the data folder."""
    found = load_settings()
    assert found.database_url == f"sqlite:///{tmp_path}/data/lipwright.db"
    assert found.blobs_url == f"{tmp_path}/data/blobs"
    assert found.own_url() == "http://127.0.0.1:8000"
    assert found.slots >= 1


def test_a_variable_overrules_the_file_and_the_command_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also inside a table, whose other settings stay."""
    file = tmp_path / "other.toml"
    file.write_text("port = 1\nslots = 2\nhost = '::1'\n[fetch]\nmax_redirects = 3\nmax_bytes = 10\n")
    monkeypatch.setenv("LIPWRIGHT_CONFIG", str(file))
    monkeypatch.setenv("LIPWRIGHT_SLOTS", "3")
    monkeypatch.setenv("LIPWRIGHT_PORT", "4")
    monkeypatch.setenv("LIPWRIGHT_FETCH__MAX_REDIRECTS", "0")
    found = load_settings(port=5, host=None)
    assert (found.port, found.slots, found.host) == (5, 3, "::1")
    assert (found.fetch.max_redirects, found.fetch.max_bytes) == (0, 10)


def test_plans_begin_with_the_default(tmp_path: Path) -> None:
    """An account keeps working when its plan is taken out of the settings."""
    (tmp_path / "lipwright.toml").write_text("[plans.studio]\nconcurrency = 9\n")
    found = load_settings()
    assert found.plan("studio") == Plan(concurrency=9)
    assert found.plan("default") == found.plan("none") == Plan()
    (tmp_path / "lipwright.toml").write_text("[plans.default]\nconcurrency = 9\n")
    assert load_settings().plan("none").concurrency == 9


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SLOTS", "many", r"^setting slots \(environment variable LIPWRIGHT_SLOTS\) .*integer.*'many'$"),
        ("slots", "0", r"environment variable LIPWRIGHT_slots\).*greater than or equal to 1"),
        # what a service called lipwright brings in Kubernetes
        ("PORT", "tcp://10.0.0.1:80", r"^setting port \(environment variable LIPWRIGHT_PORT\)[^;]*$"),
        ("PORT", "65536", r"less than or equal to 65535, found '65536'"),
        ("PLANS__PRO__CONCURRENCY", "-1", r"plans.pro.concurrency \(.*LIPWRIGHT_PLANS__PRO__CONCURRENCY\)"),
        ("FETCH__MAX_BITES", "1", r"found fetch.max_bites \(.*\); did you mean max_bytes\?$"),
        ("PLANS", "{", r"expected JSON in an environment variable: .*plans"),
        ("PRICES", '{"lipsync-2": -1}', r"prices.lipsync-2 \(environment variable LIPWRIGHT_PRICES\)"),
        ("PUBLIC_URL", "example.com", r"public_url"),
        ("LOG_FORMAT", "xml", r"'console' or 'json', found 'xml'"),
        ("CONFIG", "none.toml", r"expected a TOML file, found none at none.toml"),
    ],
)
def test_a_wrong_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(f"LIPWRIGHT_{name}", value)
    with pytest.raises(UsageError, match=message):
        load_settings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slots = 'x'", r"setting slots \(lipwright.toml\)"),
        ("slotz = 1", r"found slotz \(lipwright.toml\); did you mean slots\?"),
        ("banana = 1", r"found banana \(lipwright.toml\); leave it out"),
        ("[plans.pro]\nconcurency = 1", r"plans.pro.concurency .*did you mean concurrency\?"),
        ("slots = ", r"expected TOML in lipwright.toml"),
        ("slots = 'a'\nport = 'b'", r"setting port .*; setting slots"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "lipwright.toml").write_text(text)
    with pytest.raises(UsageError, match=message):
        load_settings()


def test_a_wrong_option_is_named() -> None:
    with pytest.raises(UsageError, match=r"setting port \(given to the command\)"):
        load_settings(port=-1)


def test_settings_do_not_show_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither when they are printed nor when they are refused."""
    monkeypatch.setenv("LIPWRIGHT_SECRET_KEY", SECRET)
    monkeypatch.setenv("LIPWRIGHT_DATABASE_URL", "postgresql://user:hush@host/name")
    assert load_settings().secret_key == SECRET
    assert SECRET not in repr(load_settings())
    assert "hush" not in repr(load_settings())
    monkeypatch.setenv("LIPWRIGHT_SECRET_KEY", "short secret")
    with pytest.raises(UsageError) as error:
        load_settings()
    assert "short secret" not in str(error.value)


def test_a_secret_key_is_made_once(tmp_path: Path) -> None:
    """Readable by the server's user only; another folder has another."""
    first = load_settings().secret_key
    assert len(first) >= 32
    assert load_settings().secret_key == first
    assert (tmp_path / "data/secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]
    assert load_settings(data_dir=tmp_path / "other").secret_key != first


def test_a_key_that_is_given_is_not_kept(tmp_path: Path) -> None:
    load_settings(secret_key=SECRET)
    assert not (tmp_path / "data").exists()


def test_a_damaged_or_impossible_key_file_is_named(tmp_path: Path) -> None:
    load_settings()
    (tmp_path / "data/secret_key").write_text("short")
    with pytest.raises(OutputError, match="found 5; delete the file"):
        load_settings()
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="correct data_dir"):
        load_settings(data_dir=tmp_path / "file/data")


def test_a_public_url_begins_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """With or without a slash at its end."""
    monkeypatch.setenv("LIPWRIGHT_PUBLIC_URL", "https://example.com/lipsync/")
    assert load_settings().own_url() == "https://example.com/lipsync"
