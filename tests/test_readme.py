"""The README: its commands run and print what it shows."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_commands_print_what_the_readme_shows() -> None:
    picture = README.partition("```console\n")[2].partition("```")[0]
    shown = re.findall(r"^\$ wrt (.*)\n((?:(?!\$ ).*\n)*)", picture, flags=re.MULTILINE)
    assert len(shown) >= 3
    for command, expected in shown:
        arguments = [sys.executable, "-X", "utf8", "-m", "wrt", *shlex.split(command)]
        done = subprocess.run(arguments, cwd=ROOT, capture_output=True, timeout=120, check=False)
        assert without_rounding(done.stdout.decode()) == without_rounding(expected)


def without_rounding(text: str) -> str:
    """Output without the size of rounding errors, which differs between machines."""
    return re.sub(r"\d+e-\d+", "...", text).strip()


def test_python_examples_run() -> None:
    for source in re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL):
        subprocess.run([sys.executable, "-c", source], cwd=ROOT, check=True, timeout=120)


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
