"""The rooms: data flows one way, and importing the package costs nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "wrt").rglob("*.py"))


def python(*arguments: str) -> str:
    """What a fresh Python process prints."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    ).stdout


def test_a_room_imports_only_the_rooms_below_it() -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_import_wrt_loads_the_standard_library_only() -> None:
    program = (
        "import sys; before = set(sys.modules); import wrt; "
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    loaded = set(python("-c", program).split())
    assert loaded - set(sys.stdlib_module_names) == {"wrt"}


def test_each_file_says_in_its_first_line_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in SOURCES if not path.read_text(encoding="utf-8").startswith(('"""', "#"))
    ]
    assert not silent
