"""The command as a process: entry points, encodings, colours, pipes, and how fast it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wrt

Run = Callable[..., Any]
ROOT = Path(__file__).parents[2]


def test_version(process: Run) -> None:
    assert process("--version") == (0, f"wrt {wrt.__version__}\n", "")


@pytest.mark.parametrize("command", [[], ["derive"], ["check"], ["functions"]], ids=str)
def test_help_has_examples(run: Run, command: list[str]) -> None:
    answer = run(*command, "--help")
    assert answer.status == 0
    assert "Examples:\n" in answer.out
    assert "  wrt " in answer.out
    assert run(*command, "-h") == answer


def test_every_example_in_the_help_runs(run: Run) -> None:
    import shlex

    text = run("--help").out.partition("Examples:")[2].partition("Exit status")[0].replace("\\\n", " ")
    examples = [shlex.split(line)[1:] for line in text.splitlines() if line.strip().startswith("wrt ")]
    assert len(examples) >= 8
    for example in examples:
        assert run(*example).status == (example[0] == "doctor"), example


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_terminals_without_unicode_get_ascii(process: Run, encoding: str) -> None:
    for arguments in (
        ["derive", "σ(x)*λ", "x"],
        ["functions"],
        ["check", "x**2", "x", "--claim", "x"],
        ["derive", "σ(", "x"],
    ):
        command = [sys.executable, "-m", "wrt", *arguments]
        env = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": encoding}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=120, check=False)
        assert b"Traceback" not in done.stderr
        assert done.stdout.isascii()
        assert done.stderr.isascii()


def test_a_pipe_gets_no_colours(process: Run) -> None:
    assert "\x1b" not in process("derive", "x**2", "x").out
    assert "\x1b" not in process("functions", FORCE_COLOR="1", NO_COLOR="1").out


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_colours_on_a_terminal_unless_refused() -> None:
    assert "\x1b[" in on_a_terminal("derive", "x**2", "x")
    for refusal in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        for arguments in (
            ["derive", "x**2", "x"],
            ["functions", "relu"],
            ["functions"],
            ["check", "x", "x", "--claim", "1"],
        ):
            assert "\x1b" not in on_a_terminal(*arguments, **refusal), arguments


def on_a_terminal(*arguments: str, **environment: str) -> str:
    """What a command writes to a pseudo-terminal."""
    import pty

    ours, theirs = pty.openpty()
    env = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    env |= {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color"} | environment
    child = subprocess.Popen([sys.executable, "-m", "wrt", *arguments], cwd=ROOT, env=env, stdout=theirs, stderr=theirs)
    os.close(theirs)
    written = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not more:
            break
        written += more
    child.wait(timeout=120)
    os.close(ours)
    return written.decode()


def test_a_reader_that_leaves_early_is_no_error() -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        [sys.executable, "-m", "wrt", "functions"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert b"Traceback" not in child.stderr.read()
