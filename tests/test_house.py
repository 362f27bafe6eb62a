"""The house rules that a machine can check."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from lipwright.cli.commands import app
from lipwright.cli.exit_codes import ERROR_CODES, HUNG_UP, INTERRUPTED, OK, TERMINATED

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    ROOT.glob("docs/**/*.md")
)
CLI_REFERENCE = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]

LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
OPTION_ROW = re.compile(r"^\| `(--[\w-]+)`(?:, `(-\w)`)? \|", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """The anchors that headings of a page make, as GitHub spells them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def section(command: str) -> str:
    """The part of the reference that describes a command."""
    found = re.search(rf"^## `lipwright {command}\b.*?(?=^## |\Z)", CLI_REFERENCE, re.MULTILINE | re.DOTALL)
    return found.group() if found else ""


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"\w+:", target):
            continue  # another site
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


def test_every_page_can_be_reached_from_the_index() -> None:
    linked = {
        (ROOT / "docs" / target).resolve() for target in LINK.findall((ROOT / "docs/README.md").read_text())
    }
    assert set(ROOT.glob("docs/*/*.md")) <= linked


@pytest.mark.parametrize("command", COMMANDS)
def test_reference_has_every_option_and_no_other(command: str) -> None:
    """What --help knows, the reference knows; --help and --verbose are described once for all."""
    known = {
        name for parameter in COMMANDS[command].params for name in parameter.opts if name.startswith("-")
    }
    described = {name for row in OPTION_ROW.findall(section(command)) for name in row if name}
    assert described == known - {"--help", "--verbose"}


def test_reference_has_every_command_and_no_other() -> None:
    assert set(re.findall(r"^## `lipwright (\w+)", CLI_REFERENCE, re.MULTILINE)) == set(COMMANDS)


def test_reference_has_every_exit_code() -> None:
    rows = [f"| {row.code} | `{kind.__name__}` | {row.meaning} |" for kind, row in ERROR_CODES.items()]
    rows += [f"| {row.code} | | {row.meaning} |" for row in (OK, HUNG_UP, INTERRUPTED, TERMINATED)]
    for row in rows:
        assert row in CLI_REFERENCE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_documented_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    used = set(re.findall(r"(?:^|`)make ([a-z][a-z-]+)", text, re.MULTILINE))
    assert used <= targets


def test_locks_hold_every_dependency_and_leave_out_what_is_never_imported() -> None:
    """Installing without dependency resolution is only right if the lock is complete."""
    locked = {
        name: (ROOT / f"requirements/{name}.lock").read_text() for name in ("runtime", "dev", "training")
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = {"runtime": [], "dev": extras["dev"], "training": extras["training"]}
    for name, text in locked.items():
        held = set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))
        asked = {re.split(r"[<>=\[ ]", entry)[0] for entry in [*project["dependencies"], *wanted[name]]}
        assert asked <= held
        assert not held & {"jax", "jaxlib", "sentencepiece", "sounddevice", "opencv-contrib-python"}
    assert "torch" not in locked["runtime"] + locked["dev"]


def test_there_is_no_media_in_the_repository() -> None:
    """Samples are drawn and spoken, never stored; one picture of the drawn presenter stands in the docs."""
    endings = {".mp4", ".mov", ".webm", ".mkv", ".wav", ".mp3", ".png", ".jpg", ".jpeg", ".gif"}
    folders = ("src", "tests", "docs", "training", "benchmarks", "scripts", "requirements")
    stored = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in endings]
    assert stored == [ROOT / "docs/reference/models.jpg"]
