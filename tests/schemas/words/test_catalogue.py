import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po

from bench.words import TEMPLATE, find_messages, read_catalogue
from schemas.words.catalogue import first_held, held_languages, in_all_languages, say
from schemas.words.message import counted, language_called, list_in_words, message
from tests.words import made_up_language

TRANSLATED = sorted(held_languages() - {"en"})


def places_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def entries(language: str) -> list[Entry]:
    return [entry for entry in read_catalogue(language) if entry.id]


def ids_of(entry: Entry) -> tuple[str, ...]:
    return tuple(entry.id) if isinstance(entry.id, list | tuple) else (entry.id,)


def strings_of(entry: Entry) -> tuple[str, ...]:
    said = entry.string if isinstance(entry.string, list | tuple) else (entry.string,)
    return tuple(text or "" for text in said)


def test_german_is_held() -> None:
    assert "de" in TRANSLATED


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_of_the_sources_is_translated_and_no_other(language: str) -> None:
    here = {ids_of(entry): entry for entry in entries(language)}
    assert here.keys() == {source.ids for source in find_messages()}
    assert [ids for ids, entry in here.items() if not all(strings_of(entry)) or entry.fuzzy] == []


def test_the_template_is_that_of_the_sources() -> None:
    with TEMPLATE.open("rb") as file:
        told = {ids_of(entry) for entry in read_po(file) if entry.id}
    assert told == {source.ids for source in find_messages()}


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_places_of_their_message(language: str) -> None:
    """And those alone, but for a place that a note to translators offers."""
    wrong = []
    for entry in entries(language):
        must = places_of(ids_of(entry)[0])
        may = must.union(*(places_of(note) for note in entry.auto_comments))
        wrong += [said for said in strings_of(entry) if not must <= places_of(said) <= may]
    assert wrong == []


def test_german_is_polite_and_quotes_as_germans_do() -> None:
    said = [text for entry in entries("de") for text in strings_of(entry)]
    assert [text for text in said if '"' in text or "'" in text] == []
    informal = {"du", "dich", "dir", "dein", "deine", "deinen", "deinem", "deiner", "euch"}
    assert [text for text in said if informal & set(text.casefold().split())] == []


def test_a_message_is_its_english_text() -> None:
    told = message('{name} opens: "{question}"', name="Ada", question="How {so}?")
    assert told == 'Ada opens: "How {so}?"'
    assert say(told, "de") == "Ada beginnt: „How {so}?“"


def test_what_is_in_a_message_is_translated_with_it() -> None:
    spoken = list_in_words([language_called(code) for code in ("fr", "de", "nl")])
    told = message("Languages you both speak: {languages}.", languages=spoken)
    assert told == "Languages you both speak: French, German and Dutch."
    assert say(told, "de") == "Sie sprechen beide Französisch, Deutsch und Niederländisch."


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 Personen zu benachrichtigen: x"),
        (1, "1 Person zu benachrichtigen: x"),
        (2, "2 Personen zu benachrichtigen: x"),
    ],
)
def test_numbers_decide_as_the_language_has_it(count: int, said: str) -> None:
    told = counted(
        "{count} to be told: {kinds}", "{count} to be told: {kinds}", count=count, kinds="x"
    )
    assert say(told, "de") == said


def test_what_is_no_message_stays_as_it_is() -> None:
    assert say("Table {table}", "de") == "Table {table}"


def test_the_first_language_counts_that_the_catalogue_holds() -> None:
    assert first_held(["fr", "de", "en"]) == "de"
    assert first_held(["en", "de"]) == "en"
    assert first_held(["fr", "tlh"]) == "en"


def test_a_third_language_needs_a_file_alone(tmp_path: Path) -> None:
    def shouted(text: str) -> str:
        return text.replace("Table", "TAFEL")

    with made_up_language("nl", tmp_path, shouted):
        told = message("Table {table}", table=4)
        assert first_held(["de", "nl"]) == "nl"
        assert say(told, "nl") == "TAFEL 4"
        assert in_all_languages(told) == {"Table 4", "TAFEL 4"}
    assert first_held(["nl", "de"]) == "de"


def test_nothing_is_read_for_english() -> None:
    script = (
        "import sys; from schemas.words.catalogue import first_held, say;"
        "from schemas.words.message import message;"
        "print(say(message('Table {table}', table=4), first_held(['en'])), 'babel' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert told.stdout == "Table 4 False\n"
