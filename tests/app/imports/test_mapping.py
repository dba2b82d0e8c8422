"""Columns to fields: by name, by content, by neighbours, and by whoever knows better."""

from collections.abc import Mapping, Sequence

import pytest

from app.errors import Invalid
from app.imports.mapping import propose_mapping
from app.imports.table import Table
from tests.app.imports.guests import columns_of, table_of

PEOPLE = ("Ada Ahorn", "Béla Birke", "Chloé Cypress", "Dörte Eibe")
MAILS = ("ada@a.example", "bela@b.example", "chloe@c.example", "doerte@d.example")


def fields(table: Table, corrections: Mapping[str, str] | None = None) -> dict[str, str]:
    columns = propose_mapping(table, corrections).columns
    return {column.header: column.field for column in columns}


def field_of(header: str, cells: Sequence[str]) -> str:
    return fields(columns_of({"Name": PEOPLE, header: cells}))[header]


TEXTS = ("Honey", "Bread for many", "Light", "Moss and ferns")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("What can you offer?", "offers"),
        ("Was kannst du anderen bieten?", "offers"),
        ("Qu'apportez-vous au groupe ?", "offers"),
        ("¿Qué puedes ofrecer a los demás?", "offers"),
        ("Cosa puoi offrire?", "offers"),
        ("Wat kun je anderen bieden?", "offers"),
        ("O que podes oferecer?", "offers"),
        ("Co możesz zaoferować innym?", "offers"),
        ("Vad kan du erbjuda?", "offers"),
        ("Was suchst du?", "needs"),
        ("Que cherchez-vous ?", "needs"),
        ("¿Qué estás buscando?", "needs"),
        ("Che cosa cerchi?", "needs"),
        ("Waar ben je naar op zoek? Wat zoek je?", "needs"),
        ("Czego szukasz?", "needs"),
        ("Hvad søger du?", "needs"),
        ("Who would you like to meet?", "needs"),
        ("Wofür interessierst du dich?", "interests"),
        ("What topics interest you?", "interests"),
        ("Quels sont vos centres d'intérêt ?", "interests"),
        ("Who are your customers?", "client_types"),
        ("Welche Kunden haben Sie?", "client_types"),
        ("Quels clients servez-vous ?", "client_types"),
        ("Do you have any dietary needs?", "label"),
        ("What do you need in terms of accessibility?", "label"),
        ("Suchen Sie ein Hotel?", "label"),
        ("What do you offer, and what are you looking for?", "label"),
        ("How did you hear about us?", "label"),
    ],
)
def test_questions_are_known_by_their_words(header: str, field: str) -> None:
    assert field_of(header, TEXTS) == field


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Pitches welcome", "welcomes_pitches"),
        ("May others pitch to you?", "welcomes_pitches"),
        ("Einwilligung", "welcomes_pitches"),
        ("No pitches please", "refuses_pitches"),
        ("I do not want to receive pitches", "refuses_pitches"),
        ("Consent to photos", "label"),
        ("Einwilligung Datenschutz", "label"),
        ("I agree to the privacy policy", "label"),
        ("Will you pitch on stage?", "label"),
        ("Newsletter", "label"),
        ("Open", "label"),
    ],
)
def test_consent_is_only_what_is_called_so(header: str, field: str) -> None:
    assert field_of(header, ("yes", "no", "", "yes")) == field


def test_an_elevator_pitch_is_no_consent() -> None:
    assert field_of("Pitches", TEXTS) == "label"
    assert field_of("Your pitch", TEXTS) == "label"


def test_a_question_answered_by_yes_and_no_is_no_offer() -> None:
    assert field_of("Are you looking for a parking place?", ("Yes", "No", "No", "")) == "label"
    assert field_of("Are you looking for a job?", ("Yes", "No", "No", "")) == "label"


@pytest.mark.parametrize("header", ["E_MAIL", "Email:", "eMail", "E-Mail (*)", "\uff25mail"])
def test_spelling_makes_no_difference(header: str) -> None:
    assert field_of(header, MAILS) == "email"


def test_several_columns_of_answers_may_be_numbered() -> None:
    assert field_of("offer_2", TEXTS) == "offers"
    assert field_of("E-Mail 2", MAILS) == "email"
    assert field_of("Company 2", TEXTS) == "label"


def test_whom_somebody_wants_to_meet_is_a_person_or_a_need() -> None:
    question = "Wen möchtest du treffen?"
    assert field_of(question, ("Béla Birke", "Dörte Eibe; Ada Ahorn", "", "")) == "wants"
    assert field_of(question, ("Bakers", "Whoever has bees", "", "")) == "needs"
    firsts, lasts = zip(*(name.split() for name in PEOPLE), strict=True)
    parts = {"Name": lasts, "Vorname": firsts, question: ("Béla Birke", "", "", "")}
    assert fields(columns_of(parts))[question] == "wants"


def test_letters_lost_to_an_encoding_are_filled_in() -> None:
    assert field_of("Pr?nom", ("Ada", "Béla", "Chloé", "Dörte")) == "first_name"
    assert field_of("Soci\ufffdt\ufffd", TEXTS) == "organisation"


def test_addresses_tell_a_column_that_no_name_does() -> None:
    assert field_of("So erreicht man dich", MAILS) == "email"


def test_of_two_columns_of_addresses_none_is_guessed() -> None:
    table = columns_of({"Name": PEOPLE, "One": MAILS, "Other": MAILS[::-1]})
    assert fields(table)["One"] == fields(table)["Other"] == "label"


def test_an_address_of_whoever_ordered_is_nobodys() -> None:
    table = columns_of({"Name": PEOPLE, "Order e-mail": MAILS, "Purchaser name": PEOPLE[::-1]})
    assert fields(table) == {"Name": "name", "Order e-mail": "ignore", "Purchaser name": "ignore"}


def test_a_bare_address_beside_attendees_and_orders_is_the_orders() -> None:
    table = columns_of({"Order code": "ABCD", "Attendee name": PEOPLE, "Email": MAILS})
    assert fields(table)["Email"] == "ignore"
    assert fields(columns_of({"Attendee name": PEOPLE, "Email": MAILS}))["Email"] == "email"


def test_whoever_registered_is_not_who_comes_if_both_are_told() -> None:
    both = {"Registrant name": PEOPLE[::-1], "Registrant email": MAILS[::-1]}
    attendees = {"Attendee name": PEOPLE, "Attendee email": MAILS}
    found = fields(columns_of(both | attendees))
    assert [*found.values()] == ["ignore", "ignore", "name", "email"]
    assert [*fields(columns_of(both)).values()] == ["name", "email"]


def test_bare_parts_of_a_name_beside_attendees_and_orders_are_the_orders() -> None:
    table = columns_of({"First name": "ABCD", "Attendee name": PEOPLE, "Order ID": "1122"})
    assert fields(table)["First name"] == "ignore"


def test_the_state_of_an_order_counts_where_there_is_no_other() -> None:
    states = {"Payment status": ("paid", "refunded", "paid", "paid")}
    assert field_of("Payment status", states["Payment status"]) == "status"
    both = columns_of({"Name": PEOPLE, "Status": ("ok",) * 4} | states)
    assert fields(both)["Payment status"] == "ignore"


def test_equal_names_are_told_apart_by_their_place() -> None:
    table = table_of(
        ("Name", "Company", "Email", "Company", "Invoice address name"),
        [(n, "Moss", m, "Payer", "Payer") for n, m in zip(PEOPLE, MAILS, strict=True)],
    )
    kinds = [column.field for column in propose_mapping(table).columns]
    assert kinds == ["name", "organisation", "email", "ignore", "ignore"]


def test_a_name_beside_a_first_name_is_the_last() -> None:
    firsts, lasts = zip(*(name.split() for name in PEOPLE), strict=True)
    assert fields(columns_of({"Name": lasts, "Vorname": firsts}))["Name"] == "last_name"
    assert fields(columns_of({"Name": PEOPLE, "Vorname": firsts}))["Name"] == "name"


def test_an_id_tells_everybody_apart() -> None:
    assert field_of("ID", "1234") == "id"
    assert field_of("ID", "1122") == "label"
    assert field_of("ID", ("1", "2", "3", "")) == "label"


def test_a_running_number_is_no_id() -> None:
    assert field_of("Nr.", "1234") == "label"


def test_a_region_is_no_status() -> None:
    assert field_of("State", ("Upper Moss", "Lower Moss", "Fernhill", "Fernhill")) == "label"
    assert field_of("State", ("approved", "approved", "declined", "")) == "status"


def test_a_column_an_answer_is_one_question() -> None:
    table = columns_of(
        {
            "Name": PEOPLE,
            "Welche Themen? \u2013 Honig": ("Ja", "Nein", "Ja", ""),
            "Welche Themen? \u2013 Brot, Salz": ("Ja", "Ja", "Nein", ""),
            "Wishes (bees)": ("true", "false", "true", "false"),
            "Wishes (light)": ("false", "false", "true", "false"),
            "Room - size": ("1", "2", "3", "4"),
        }
    )
    _, honey, bread, bees, _, room = propose_mapping(table).columns
    assert (honey.field, honey.question, honey.option) == ("interests", "Welche Themen?", "Honig")
    assert (bread.field, bread.option) == ("interests", "Brot, Salz")
    assert (bees.field, bees.question, bees.option) == ("label", "Wishes", "bees")
    assert (room.field, room.question) == ("label", None)


def test_the_language_of_a_form_is_not_what_somebody_speaks() -> None:
    assert field_of("Language", ("en", "de", "en", "fr-CA")) == "label"
    assert field_of("Language", ("English", "German, English", "", "French")) == "languages"
    assert field_of("Sprachen", ("de", "de, en", "", "fr")) == "languages"


def test_corrections_are_by_name_or_number() -> None:
    table = columns_of({"Name": PEOPLE, "E-Mail": MAILS, "Moss": TEXTS})
    corrected = fields(table, {"moss": "needs", "2": "ignore"})
    assert corrected == {"Name": "name", "E-Mail": "ignore", "Moss": "needs"}


def test_only_columns_of_lists_have_options() -> None:
    table = columns_of({"Name": PEOPLE, "Moss": TEXTS})
    (_, moss) = propose_mapping(
        table, {"Moss": {"field": "interests", "options": ["Honey, dark", "Bread"]}}
    ).columns
    assert (moss.field, moss.options) == ("interests", ("Honey, dark", "Bread"))
    with pytest.raises(Invalid) as refusal:
        propose_mapping(table, {"Name": {"field": "name", "options": ["Ada"]}})
    assert [error.code for error in refusal.value.errors] == ["no_list"]


def test_a_correction_takes_the_place_of_what_was_proposed() -> None:
    table = columns_of({"Name": PEOPLE, "Badge text": PEOPLE[::-1]})
    assert fields(table, {"Badge text": "name"}) == {"Name": "label", "Badge text": "name"}


def test_a_name_of_two_columns_is_no_correction() -> None:
    table = table_of(("Name", "Note", "Note"), [("Ada", "x", "y")])
    with pytest.raises(Invalid) as refusal:
        propose_mapping(table, {"Note": "needs"})
    (error,) = refusal.value.errors
    assert (error.code, error.message) == (
        "several_columns",
        "columns 2, 3 have this name: say which",
    )


def test_every_column_says_why() -> None:
    table = columns_of({"Name": PEOPLE, "Moss": TEXTS, "Price": "1234", "Email": MAILS})
    assert all(column.why for column in propose_mapping(table).columns)


def test_a_table_of_nothing_has_a_mapping() -> None:
    assert propose_mapping(Table("", (), (), ())).columns == ()
    assert fields(Table("", ("Name", "X"), (), ())) == {"Name": "name", "X": "label"}
