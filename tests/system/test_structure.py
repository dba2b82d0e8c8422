"""The tree keeps its word: one class a name, tests where their modules are, a light api."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [
    path for top in ("app", "bench", "schemas", "solver") for path in ROOT.glob(f"{top}/**/*.py")
]
TESTS = sorted(ROOT.glob("tests/**/*.py"))


def test_no_class_name_stands_for_two_things() -> None:
    names = Counter(
        node.name
        for path in (*SOURCES, *TESTS)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_tests_are_where_their_modules_are() -> None:
    """But for tests of the whole, in ``tests/system``."""
    lost = []
    for path in TESTS:
        place = path.relative_to(ROOT / "tests")
        if place.name.startswith("test_") and place.parts[0] != "system":
            subject = place.with_name(place.stem.removeprefix("test_"))
            homes = (ROOT, ROOT / "tests")
            if not any([*home.joinpath(subject.parent).glob(f"{subject.name}*")] for home in homes):
                lost.append(str(place))
    assert lost == []


@pytest.mark.parametrize("module", ["ortools", "numba", "scipy", "onnxruntime", "solver.instance"])
def test_the_api_never_loads_the_optimiser(module: str) -> None:
    script = (
        "import sys; from app.main import create_app; from app.settings import Settings;"
        f"create_app(Settings()); print({module!r} in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert told.stdout == "False\n"
