"""The example of docs/briefs.md is what the code gives."""

import re
from pathlib import Path

from schemas.event import Event
from solver.compatibility.graph import build_graph
from solver.compatibility.purpose import purpose_of_meeting
from tests.app.briefs.rooms import agendas, schedule
from tests.solver.compatibility.words import HandEncoder

PAGE = (Path(__file__).parents[2] / "docs" / "briefs.md").read_text()


def test_the_example_of_the_page_is_what_is_printed() -> None:
    (document,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (text,) = re.findall(r"```text\n(.*?)\n```", PAGE, re.DOTALL)
    event = Event.model_validate_json(document)
    line = purpose_of_meeting(build_graph(event, HandEncoder()), "a", "b").line
    found = agendas(event, schedule([["ab"], ["ac"]], purpose_line=line))
    assert found.of("a").rounds[0].text == text
    assert "Cy" not in found.of("b").model_dump_json()
