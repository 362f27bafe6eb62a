"""The program as a whole: help, version, and how errors reach the shell."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lipwright import __version__, errors
from lipwright.cli.exit_codes import ERROR_CODES
from lipwright.errors import LipwrightError
from tests.unit.cli.fakes import FakeLipsync, Run, failing


def test_version_is_the_package_s(run: Run) -> None:
    outcome = run("--version")
    assert (outcome.code, outcome.out.strip()) == (0, f"lipwright {__version__}")


@pytest.mark.parametrize("module", ["lipwright", "lipwright.cli"])
def test_the_package_can_be_run_as_a_module(module: str) -> None:
    """For environments whose scripts are not on the path."""
    made = subprocess.run(
        [sys.executable, "-m", module, "--version"], check=True, capture_output=True, timeout=60
    )
    assert made.stdout.decode().strip() == f"lipwright {__version__}"


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_without_a_command_the_commands_are_listed(run: Run, arguments: tuple[str, ...]) -> None:
    outcome = run(*arguments)
    assert outcome.code == 0
    for command in ("sync", "score", "models", "doctor", "demo"):
        assert command in outcome.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("sing",),  # no such command
        ("sync",),  # nothing to sync
        ("sync", "a.mp4"),  # no voice
        ("sync", "a.mp4", "b.wav", "c.wav"),  # one too many
        ("sync", "a.mp4", "b.wav", "--louder"),  # no such option
        ("sync", "a.mp4", "b.wav", "--seed", "x"),  # not a number
        ("sync", "a.mp4", "b.wav", "-o"),  # an option without its value
    ],
)
def test_wrong_usage_is_one_line_and_code_2(
    run: Run, lipsync: FakeLipsync, arguments: tuple[str, ...]
) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("error: ")
    assert outcome.err.count("\n") == 1
    assert lipsync.calls == []


@pytest.mark.parametrize("kind", ERROR_CODES)
def test_an_error_is_one_line_on_stderr(run: Run, lipsync: FakeLipsync, kind: type[LipwrightError]) -> None:
    """Without --verbose: the message, the right code, no traceback, nothing on stdout."""
    lipsync.error = failing(kind("expected [red]this[/red],\nfound that; do so"))
    outcome = run("sync", "a.mp4", "b.wav")
    assert outcome.code == ERROR_CODES[kind].code
    assert outcome.err == "error: expected [red]this[/red], found that; do so\n"
    assert outcome.out == ""


def test_verbose_shows_the_cause(run: Run, lipsync: FakeLipsync) -> None:
    lipsync.error = failing(errors.MediaError("cannot read it"), cause="the deeper reason")
    outcome = run("sync", "a.mp4", "b.wav", "--verbose")
    assert outcome.code == 3
    assert outcome.err.startswith("error: cannot read it\n")
    assert "the deeper reason" in outcome.err
    assert "Traceback" in outcome.err


def test_interruption_is_code_130(run: Run, lipsync: FakeLipsync) -> None:
    lipsync.error = KeyboardInterrupt()
    outcome = run("sync", "a.mp4", "b.wav")
    assert outcome.code == 130
    assert outcome.err.strip() == "error: interrupted"


def program(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "lipwright.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_shell_gets_the_exit_code(tmp_path: Path) -> None:
    """The real program on a file that is not media: its code, one line, nothing left behind."""
    text = tmp_path / "text.mp4"
    text.write_text("not a film")
    done = program("sync", text, text, "-o", tmp_path / "out.mp4")
    assert done.returncode == 3
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["text.mp4"]


STOPPED = """
import os, shutil, signal, sys, tempfile
import lipwright.cli.main as main, lipwright.cli.models as models
from lipwright.scratch_folder import scratch_folder

first, is_late = signal.Signals[sys.argv[1]], sys.argv[2] == "late"
remove, kill = shutil.rmtree, os.kill

def send(number, me=os.getpid(), kill=os.kill):
    kill(me, number)

class Registry:
    def models():
        with scratch_folder() as folder:
            (folder / "part.mp4").touch()
            shutil.rmtree = removed
            if not is_late:
                send(first)

def removed(*arguments, **options):
    for number in [first] if is_late else [signal.SIGINT, signal.SIGTERM, signal.SIGHUP] * 2:
        send(number)
    shutil.rmtree = remove
    remove(*arguments, **options)

class Last:
    def __del__(self, send=send, number=int(signal.SIGINT)):
        send(number)

sys.last_of_all = Last()  # lives until Python has put its handlers away
models.registry = Registry
sys.argv[1:] = ["models"]
main.program()
"""


@pytest.mark.parametrize(
    ("first", "when", "code"),
    [
        ("SIGINT", "working", 130),
        ("SIGTERM", "working", 143),
        ("SIGHUP", "working", 129),
        ("SIGINT", "late", 130),  # the job is done, its folder half gone
    ],
)
def test_a_program_that_is_told_to_stop_leaves_nothing_behind(
    tmp_path: Path, first: str, when: str, code: int
) -> None:
    """Ctrl+C, ``kill`` or a closed terminal, at work or while it tidies up; more of them change nothing."""
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, first, when],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert list(tmp_path.glob("lipwright-*")) == []


def test_a_terminal_that_is_gone_is_not_written_to() -> None:
    """It would be an error of its own, with another exit code."""
    script = (
        "import sys, time, lipwright.cli.models as models, lipwright.cli.main as main\n"
        "class Registry:\n"
        "    def models():\n"
        "        try:\n"
        "            print('ready', flush=True)\n"
        "            time.sleep(50)\n"
        "        finally:\n"
        "            print('stopped', file=sys.stderr)\n"
        "            print('stopped')\n"
        "models.registry = Registry; sys.argv[1:] = ['models']; main.program()"
    )
    ours, theirs = os.openpty()
    started = subprocess.Popen([sys.executable, "-c", script], stdout=theirs, stderr=theirs)
    os.close(theirs)
    assert os.read(ours, 5) == b"ready"
    os.close(ours)
    started.send_signal(signal.SIGHUP)
    assert started.wait(timeout=30) == 129


def test_what_a_shell_had_ignored_stays_ignored() -> None:
    """``nohup lipwright sync ...`` outlives its terminal."""
    script = (
        "import os, signal, sys, lipwright.cli.models as models, lipwright.cli.main as main\n"
        "class Registry:\n"
        "    def models():\n"
        "        os.kill(os.getpid(), signal.SIGHUP)\n"
        "        return []\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "models.registry = Registry; sys.argv[1:] = ['models']; main.program()"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0


def test_native_libraries_are_not_heard() -> None:
    """The face mesh's own warnings do not reach the terminal; a good installation has nothing to say."""
    done = program("doctor")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "BROKEN" not in done.stdout


def test_a_defect_is_one_line_and_code_1() -> None:
    """What nobody foresaw shows no traceback either; --verbose does."""
    script = (
        "import sys, lipwright.cli.models as models, lipwright.cli.main as main\n"
        "models.registry = None; sys.argv[1:] = ['models', *{}]; main.program()"
    )
    command = [sys.executable, "-c"]
    brief, full = (
        subprocess.run(
            [*command, script.format(given)], capture_output=True, text=True, timeout=60, check=False
        )
        for given in ([], ["--verbose"])
    )
    assert (brief.returncode, full.returncode) == (1, 1)
    assert brief.stderr.startswith("error: AttributeError: 'NoneType' object has no attribute")
    assert brief.stderr.count("\n") == 1
    assert "Traceback" in full.stderr
