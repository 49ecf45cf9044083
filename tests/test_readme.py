"""The README and the pages of docs: their commands run and print what is shown, their links lead somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = {page.name: page for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
TEXTS = {name: page.read_text(encoding="utf-8") for name, page in PAGES.items()}
COMMANDS = [
    (name, command, expected)
    for name, text in TEXTS.items()
    for picture in re.findall(r"```console\n(.*?)```", text, flags=re.DOTALL)
    for command, expected in re.findall(r"^\$ wrt ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", picture, flags=re.MULTILINE)
]
EXAMPLES = [
    (name, source)
    for name, text in TEXTS.items()
    for source in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
]


def test_the_readme_shows_what_commands_print() -> None:
    assert sum(name == "README.md" for name, _, _ in COMMANDS) >= 3


@pytest.mark.parametrize(
    ("name", "command", "expected"), COMMANDS, ids=[f"{name}: {each}" for name, each, _ in COMMANDS]
)
def test_commands_print_what_is_shown(name: str, command: str, expected: str) -> None:
    arguments = [sys.executable, "-X", "utf8", "-m", "wrt", *shlex.split(command.replace("\\\n", ""))]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert without_rounding(done.stdout.decode()) == without_rounding(expected)


def without_rounding(text: str) -> str:
    """Output without the size of rounding errors, which differs between machines and with every change of a form."""
    return re.sub(r"\d+e-\d+|\d+ digits", "...", text).strip()


@pytest.mark.parametrize(("name", "source"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_python_examples_run(name: str, source: str) -> None:
    subprocess.run([sys.executable, "-c", source], cwd=ROOT, check=True, timeout=120)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", TEXTS[name]):
        assert (PAGES[name].parent / target).exists(), target
