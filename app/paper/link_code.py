"""QR codes that lead to somebody's page."""

from io import BytesIO
from urllib.parse import quote

import segno

from app.exports.schedule_file import LINK_PLACE

MASK = 2
"""Of eight patterns, any of which scanners read; to weigh all of them takes five times as long."""


def code_of(link: str, v: str) -> str:
    """The code of the link to somebody's page, as SVG with its quiet zone.

    As small as can be; what is left of its size goes into the correction of errors.
    """
    code = segno.make(
        link.replace(LINK_PLACE, quote(v, safe="")), micro=False, error="l", mask=MASK
    )
    drawn = BytesIO()
    code.save(drawn, kind="svg", omitsize=True, xmldecl=False)
    return drawn.getvalue().decode()
