"""Tables as Markdown, kept beside the plots with the commit and the machine of the run."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.provenance import ROOT, commit, machine

RESULTS = ROOT / "bench" / "results"


def markdown(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, its columns as wide as their widest cell."""
    lines = [titles, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    shown = [_line(line, widths) for line in lines]
    return "\n".join([shown[0], _line(["-" * width for width in widths], widths), *shown[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def keep(name: str, text: str) -> Path:
    """Write one file of results, in place of an older one."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / name
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    return path


def signed(text: str) -> str:
    """The text, and below it what was measured where."""
    return f"{text}\n\nCommit {commit()} on {machine()}."
