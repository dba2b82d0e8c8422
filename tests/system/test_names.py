"""Every file and module that the documents name is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("app", "bench", "docs", "schemas", "solver", "tests")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/**/*.md")])
MODULES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.py")
    if path != Path(__file__)  # which names what is not there
)

PLACE = re.compile(rf"(?<![\w./-])(?:{'|'.join(FOLDERS)})/[\w./*-]*\w/?")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
DOTTED = re.compile(rf"`(?:python -m )?((?:{'|'.join(FOLDERS)})(?:\.\w+)+)")
MADE = re.compile(r"^bench/results/.*")
"""What the benchmarks leave behind."""


def places_in(text: str) -> Iterator[str]:
    """Paths from the root of the repository; a star stands for any part of a name."""
    return (place for place in PLACE.findall(text) if not MADE.match(place))


def is_place(place: str) -> bool:
    return any(ROOT.glob(place.rstrip("/")))


def is_name(dotted: str) -> bool:
    """Whether it is a module or a package, or what a module says by that name."""
    module, _, name = dotted.rpartition(".")
    here = ROOT / dotted.replace(".", "/")
    if here.is_dir() or here.with_suffix(".py").is_file():
        return True
    source = (ROOT / module.replace(".", "/")).with_suffix(".py")
    return source.is_file() and bool(
        re.search(rf"^(?:(?:async )?def |class )?{name}\b", source.read_text("utf-8"), re.MULTILINE)
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    missing = [place for place in places_in(text) if not is_place(place)]
    missing += [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_module_that_a_page_names_is_there(page: Path) -> None:
    assert not [name for name in DOTTED.findall(page.read_text("utf-8")) if not is_name(name)]


def test_every_file_and_module_that_the_code_names_is_there() -> None:
    missing = [
        (str(path.relative_to(ROOT)), name)
        for path in MODULES
        for text in [path.read_text("utf-8")]
        for name in [
            *(place for place in places_in(text) if not is_place(place)),
            *(dotted for dotted in DOTTED.findall(text) if not is_name(dotted)),
        ]
    ]
    assert not missing


@pytest.mark.parametrize("name", ["solver/stars/", "app/work/jobs.py", "solver/*/anneal.py"])
def test_what_was_moved_would_be_missed(name: str) -> None:
    assert list(places_in(f"see `{name}`."))
    assert not is_place(name)


@pytest.mark.parametrize("name", ["bench.nothing", "solver.exact.Whole", "app.work.child"])
def test_what_was_renamed_would_be_missed(name: str) -> None:
    assert DOTTED.findall(f"`{name}`") == [name]
    assert not is_name(name)
    assert is_name("solver.exact.WholeDayModel")
