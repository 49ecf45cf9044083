"""Running the command line: within this process, or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from wrt.cli import main

ROOT = Path(__file__).parents[2]


class Answer(NamedTuple):
    """What a command printed and its exit status."""

    status: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command within this process, in the root of the repository."""
    monkeypatch.chdir(ROOT)

    def call(*arguments: str) -> Answer:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        return Answer(int(left.value.code or 0), *capsys.readouterr())

    return call


@pytest.fixture
def process() -> Run:
    """Run `python -m wrt` as a process of its own, in the root of the repository."""

    def call(*arguments: str, **environment: str) -> Answer:
        command = [sys.executable, "-m", "wrt", *arguments]
        env = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"} | environment
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=120, check=False)
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call
