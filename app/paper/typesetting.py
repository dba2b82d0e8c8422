"""Typesetting: data and a template become a PDF, by typst.

Texts are handed over as JSON and never read as markup. Nothing but our fonts is used, and no clock
is read: equal data gives equal bytes.
"""

from collections.abc import Mapping
from pathlib import Path

import typst
from pydantic_core import to_json

from app.paper.fonts import FOLDER, check_fonts, printable

TEMPLATES = Path(__file__).parent / "templates"


def typeset(template: str, data: Mapping[str, object]) -> bytes:
    """The PDF that a template makes of the data; StateConflict if the fonts are not installed.

    What no font has is replaced by a character that says so.
    """
    check_fonts()
    made: bytes = typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=[str(FOLDER)],
        ignore_system_fonts=True,
        sys_inputs={"data": printable(to_json(data).decode())},
        pdf_tags=False,
    )
    return made
