"""Codes that telephones can read."""

from io import BytesIO

import pypdfium2
import pytest
import zxingcpp

from app.exports.schedule_file import FileRequest, PaperKind
from app.paper.link_code import code_of
from app.paper.printing import print_paper
from schemas.day import DayState
from schemas.event import Attendee
from schemas.limits import ID, LINK
from tests.app.exports.rooms import PEOPLE, TWO_ROUNDS, day_of

LINKS = "https://event.example.org/day/{id}?from=card"


def codes_on(content: bytes) -> set[str]:
    """What a scanner reads on all pages."""
    pages = pypdfium2.PdfDocument(BytesIO(content))
    pictures = (page.render(scale=200 / 72).to_pil() for page in pages)
    return {code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)}


@pytest.mark.parametrize("paper", ["badges", "cards"])
def test_every_card_leads_to_its_own_page(paper: PaperKind) -> None:
    people = (*PEOPLE[:3], Attendee(id="d+ü&", name="Dö"))
    schedule = TWO_ROUNDS.model_validate_json(TWO_ROUNDS.model_dump_json().replace('"d"', '"d+ü&"'))
    request = FileRequest("pdf", paper=paper, link=LINKS)
    made = print_paper(day_of(*people), schedule, DayState(), request)
    expected = {LINKS.format(id=v) for v in ("a", "b", "c", "d%2B%C3%BC%26")}
    assert codes_on(made.content) == expected


def test_without_a_link_there_is_no_code() -> None:
    made = print_paper(day_of(), TWO_ROUNDS, DayState(), FileRequest("pdf"))
    assert codes_on(made.content) == set()


def test_the_longest_link_to_the_longest_id_fits_into_a_code() -> None:
    link = "https://example.org/".ljust(LINK - 4, "x") + "{id}"
    assert code_of(FileRequest("pdf", link=link).address_for("ü" * ID) or "").startswith("<svg")
