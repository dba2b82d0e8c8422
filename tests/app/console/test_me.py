"""The page of attendees: a frame that anybody may have, in every language, and of nobody."""

import json
import re

import pytest

from app.console.me import WORDS
from schemas.words.catalogue import held_languages
from tests.app.console.reader import PageReader

pytestmark = pytest.mark.anyio


async def test_the_frame_needs_no_key_and_speaks_every_language(visitor: PageReader) -> None:
    text = await visitor.page("/me", language="de")
    assert 'lang="de"' in text
    assert "Meine Gespräche" in text
    found = re.search('id="languages">(.*?)</script>', text)
    assert found is not None
    languages = json.loads(found[1])
    assert languages.keys() == held_languages()
    for said in languages.values():
        assert said.keys() == WORDS.keys()
    assert languages["en"]["skip"] == "Skip round {round} quietly"


async def test_the_frame_is_the_same_for_everybody(visitor: PageReader) -> None:
    bare = await visitor.page("/me")
    visitor.client.cookies.set("tertius_me", "tertius_me_" + "A" * 24)
    assert await visitor.page("/me") == bare
