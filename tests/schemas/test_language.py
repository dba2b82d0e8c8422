"""Languages: what stands for one becomes its code, and what stands for none is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.base import SENT
from schemas.language import (
    SHORTEST,
    Language,
    find_language,
    fold,
    known_languages,
    language_name,
)

LANGUAGE: TypeAdapter[str] = TypeAdapter(Language)
KNOWN = known_languages()
SPELLED = {
    "de": [
        *("de", "DE", "De", "deu", "ger", "de-AT", "de_CH", "de-Latn-DE", "de-1996", "DE-de-1996"),
        *("German", "german", "Deutsch", "DEUTSCH", "Allemand", "Duits", "Tedesco", "Alemán"),
        *("aleman", "niemiecki", "német", "Немецкий", "ドイツ語", "德语", "German (Austria)"),
    ],
    "en": ["en-GB", "English (UK)", "English (IN)", "Englisch (Großbritannien)", "İngilizce"],
    "fr": ["français", "Francais", "FRANÇAIS", "fre", "fra", "Canadian French", "fr-CA"],
    "no": ["nb", "nn", "nob", "Bokmål", "Norsk", "Norwegian Nynorsk", "no-NO"],
    "zh": ["zh-Hant-TW", "zh_CN", "cmn", "中文", "Mandarin", "Traditional Chinese", "\uff5a\uff48"],
    "pt": ["pt-BR", "Brazilian Portuguese", "Português (Brasil)", " portuguese "],
    "uk": ["uk", "Українська", "українська", "Ukrainian"],
    "sr": ["sr-Latn", "srpski", "српски", "Serbo-Croatian"],
    "he": ["he", "iw", "עברית", "Hebrew"],
    "dsb": ["bas-sorabe", "Lower Sorbian"],  # not Basaa, bas, in some variant
    "yue": ["Cantonese", "yue-HK"],
    "bfi": ["bfi", "BSL", "British Sign Language"],
    "tlh": ["tlh", "Klingon"],
}


def sent(text: str) -> str:
    """What a language somebody sends is taken as."""
    return LANGUAGE.validate_json(json.dumps(text), context=SENT)


def refusal(text: str) -> str:
    """Why a language that somebody sends is none."""
    with pytest.raises(ValidationError) as refused:
        sent(text)
    (error,) = refused.value.errors()
    assert error["type"] == "language"
    return error["msg"]


@pytest.mark.parametrize(("code", "spelled"), SPELLED.items())
def test_codes_names_and_regions_of_a_language_are_one(code: str, spelled: list[str]) -> None:
    assert {text: sent(text) for text in spelled} == dict.fromkeys(spelled, code)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Portugese", "did you mean Portuguese, pt?"),
        ("Gemran", "did you mean German, de?"),
        ("deutch", "did you mean German, de?"),
        ("Ukranian", "did you mean Ukrainian, uk?"),
        ("German, English", "did you mean German, de?"),
        ("fluent English", "did you mean English, en?"),
        ("Chinese (Cantonese)", "did you mean Chinese, zh?"),
        ("Elvish", "a code looks like de or en"),
        ("xx", "a code looks like"),
        ("qaa", "a code looks like"),
        ("gb", "a code looks like"),
        ("any", "a code looks like"),
        ("mul", "a code looks like"),
        ("no idea", "a code looks like"),
        ("no-idea", "a code looks like"),
        ("n/a", "a code looks like"),
        ("de-", "a code looks like"),
        ("de-somewhere-else", "a code looks like"),
        ("x" * 100, "a code looks like"),
    ],
)
def test_what_is_no_language_is_refused_with_the_one_that_was_meant(text: str, told: str) -> None:
    assert told in refusal(text)


def test_what_was_stored_before_is_read_whatever_it_is() -> None:
    assert [LANGUAGE.validate_python(text) for text in ("Elvish", "German")] == ["Elvish", "de"]


def test_every_code_stands_for_itself_and_every_name_for_a_code() -> None:
    codes = {*KNOWN.codes.values(), *KNOWN.names.values()}
    assert len(codes) > 7_000
    assert {code for code in codes if find_language(code) != code} == set()
    astray = {name for name, code in KNOWN.names.items() if find_language(name) != code}
    assert astray == set()


def test_every_language_is_known_by_its_english_name_unless_that_is_a_code() -> None:
    names = {code: name for code, name in KNOWN.english.items() if fold(name) not in KNOWN.codes}
    assert len(names) > 650
    assert {code: name for code, name in names.items() if find_language(name) != code} == {}


def test_a_language_without_an_english_name_is_called_by_its_code() -> None:
    assert [language_name(code) for code in ("de", "aaa", "Elvish")] == ["German", "aaa", "Elvish"]


texts = st.one_of(
    st.text(max_size=100),
    st.sampled_from(sorted(KNOWN.names)),
    st.from_regex("[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8}){0,2}", fullmatch=True),
    st.builds("{} ({})".format, st.sampled_from(sorted(KNOWN.names)), st.text(max_size=9)),
)


@given(texts)
def test_a_language_that_was_found_is_found_again(text: str) -> None:
    code = find_language(text)
    assert code is None or find_language(code) == code


@given(texts)
def test_case_and_width_and_blanks_tell_no_languages_apart(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert find_language(f" {text.upper()}") == find_language(f"{text.upper().lower()}  ")


@given(st.sampled_from(sorted(KNOWN.english.values())), st.data())
def test_a_name_that_lacks_a_letter_is_told_what_it_may_mean(
    name: str, data: st.DataObject
) -> None:
    """Which language, two may be near."""
    at = data.draw(st.integers(0, len(name) - 1))
    short = name[:at] + name[at + 1 :]
    if len(fold(short)) >= SHORTEST and find_language(short) is None:
        assert "did you mean" in refusal(short)
