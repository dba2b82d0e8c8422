"""QR codes that lead to somebody's page."""

from io import BytesIO

import segno

MASK = 2
"""Of eight patterns, any of which scanners read; to weigh all of them takes five times as long."""


def code_of(address: str) -> str:
    """The code of an address, as SVG with its quiet zone.

    As small as can be; what is left of its size goes into the correction of errors.
    """
    code = segno.make(address, micro=False, error="l", mask=MASK)
    drawn = BytesIO()
    code.save(drawn, kind="svg", omitsize=True, xmldecl=False)
    return drawn.getvalue().decode()
