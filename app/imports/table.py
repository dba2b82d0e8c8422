"""What is left of a file once it was read: a header and rows of text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """One sheet of a file as text: header cells and rows, each as many cells as the header.

    Cells are stripped of blanks around them; empty ones are ""; ``numbers[k]`` is the number in
    the file, from 1, of the row ``rows[k]``; ``sheet`` is "" where a file has no sheets. ``notes``
    tell what was done to read it (encoding, delimiter, broken accents mended, sheets and rows left
    out), in words.
    """

    sheet: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    notes: tuple[str, ...] = ()
