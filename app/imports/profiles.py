"""What somebody brings, looks for and wants of the day, and what is kept as it is."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from app.imports import cells
from app.imports.sheet import ColumnSource, KnownSheet
from app.imports.times import numbers_in, round_spans, rounds_after, rounds_before
from schemas import limits
from schemas.event import Event
from schemas.language import find_language

TEXTS = ("offers", "needs")
TOPICS = ("interests", "client_types", "already_served")
NUMBERS = ("min_meetings", "max_meetings", "priority")
BETWEEN_LANGUAGES = re.compile(r"[,;/&+\n]|\s(?:and|und|et|y|e|en|i|och|og|ja|a)\s")
NUMBER_OF_LABEL = 5
"""Characters that tell labels of one header apart."""


class RowProfiles:
    """Reads everything of a row that needs no other row."""

    def __init__(self, sheet: KnownSheet, event: Event | None) -> None:
        self.sheet = sheet
        self.event = event
        self.labels = [*self._labels()]
        self.commas = {one for field in TEXTS for one in sheet.of(field) if sheet.is_ticked(one)}
        self.known = {field: self._topics_of_event(field) for field in TOPICS}
        self.told_of_commas = set[ColumnSource]()
        self.unkept = Counter[ColumnSource]()
        self.spans = round_spans(event) if event else []

    def fill(self, number: int, row: Sequence[str], document: dict[str, Any]) -> None:
        """Everything that does not need to know the others."""
        for field in TEXTS:
            put(document, field, self._texts(number, row, field))
        for field in TOPICS:
            put(document, field, self._topics(number, row, field))
        put(document, "intents", self._intents(number, row))
        put(document, "languages", self._languages(number, row))
        consent = self._consent(number, row)
        if consent is not None:
            document["welcomes_pitches"] = consent
        for field in NUMBERS:
            self._put_number(number, row, field, document)
        self._put_table(number, row, document)
        self._put_absences(number, row, document)
        put(document, "labels", self._label_values(row))

    def _texts(self, number: int, row: Sequence[str], field: str) -> tuple[str, ...]:
        found: list[str] = []
        for source in self.sheet.of(field):
            found += self._clipped(number, source, self._written(source, row), limits.TEXT)
        return self.sheet.at_most(number, field, found, limits.TEXTS)

    def _written(self, source: ColumnSource, row: Sequence[str]) -> list[str]:
        """Answers by line, bullet or semicolon; by comma only where they were ticked."""
        if source.options:
            return source.ticked(row)
        if known := cells.split_options(source.cell(row), source.known):
            return known
        lines = cells.split_lines(source.cell(row))
        if len(lines) == 1 and source in self.commas:
            return self._by_commas(source, lines[0])
        return lines

    def _topics(self, number: int, row: Sequence[str], field: str) -> tuple[str, ...]:
        found: list[str] = []
        for source in self.sheet.of(field):
            cell = source.cell(row)
            topics = source.known or self.known[field]
            known = None if source.options else cells.split_options(cell, topics)
            lines = source.ticked(row) if source.options else known or cells.split_lines(cell)
            if len(lines) == 1 and not source.options and not known:
                lines = self._by_commas(source, lines[0])
            found += self._clipped(number, source, lines, limits.TAG)
        return self.sheet.at_most(number, field, [*dict.fromkeys(found)], limits.TAGS)

    def _topics_of_event(self, field: str) -> set[str]:
        """Topics that the event has already."""
        people = self.event.attendees if self.event else ()
        return {topic for person in people for topic in getattr(person, field)}

    def _by_commas(self, source: ColumnSource, cell: str) -> list[str]:
        parts = cells.split_commas(cell)
        if len(parts) > 1 and source not in self.told_of_commas:
            self.told_of_commas.add(source)
            message = "answers were told apart by commas: an answer with a comma in it becomes two"
            self.sheet.tell(None, source, "split_by_comma", message)
        return parts

    def _clipped(
        self, number: int, source: ColumnSource, texts: Sequence[str], most: int
    ) -> Iterator[str]:
        for text in texts:
            if len(text) > most:
                message = f"longer than {most} characters: cut short"
                self.sheet.tell(number, source, "cut_short", message)
            yield _clip(text, most)

    def _intents(self, number: int, row: Sequence[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for source in self.sheet.of("intents"):
            for intent in cells.intents_of(source.cell(row)):
                if intent is None:
                    self.sheet.tell(number, source, "unknown_intent", "no known intent: left out")
                else:
                    found[intent] = None
        return tuple(found)

    def _languages(self, number: int, row: Sequence[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for source in self.sheet.of("languages"):
            for part in BETWEEN_LANGUAGES.split(source.cell(row)):
                code = find_language(part.strip())
                if code:
                    found[code] = None
                elif part.strip():
                    self.sheet.tell(number, source, "unknown_language", "not a language: left out")
        return tuple(found)

    def _consent(self, number: int, row: Sequence[str]) -> bool | None:
        """Whether somebody welcomes pitches; None without a column about it."""
        told = [self._consents(number, source, row) for source in self.sheet.of("welcomes_pitches")]
        for source in self.sheet.of("refuses_pitches"):
            cell = source.cell(row)
            if cell and not cells.is_no(cell):
                told.append(False)
        return all(told) if told else None

    def _consents(self, number: int, source: ColumnSource, row: Sequence[str]) -> bool:
        consent = cells.consent_of(source.cell(row))
        if consent is None:
            self.sheet.tell(number, source, "unclear_consent", "neither yes nor no: taken as no")
        return bool(consent)

    def _put_number(
        self, number: int, row: Sequence[str], field: str, document: dict[str, Any]
    ) -> None:
        cell = self.sheet.first(field, row)
        value = cells.whole_number(cell)
        if value is not None:
            document[field] = value
        elif cell:
            source = self.sheet.of(field)[0]
            self.sheet.tell(number, source, "no_number", "not a whole number: left out")

    def _put_table(self, number: int, row: Sequence[str], document: dict[str, Any]) -> None:
        cell = self.sheet.first("table", row)
        tables = tuple(numbers_in(cell))
        if tables:
            document["table"] = tables[0] if len(tables) == 1 else tables
        elif cell:
            source = self.sheet.of("table")[0]
            self.sheet.tell(number, source, "no_number", "no number of a table: left out")

    def _put_absences(self, number: int, row: Sequence[str], document: dict[str, Any]) -> None:
        missed = set[int]()
        told = False
        for source in self.sheet.of("absent_rounds"):
            cell = source.cell(row)
            missed.update(numbers_in(cell))
            told = told or bool(cell)
        for field, rounds_of in (("arrives", rounds_before), ("leaves", rounds_after)):
            for source in self.sheet.of(field):
                if (cell := source.cell(row)) and self.spans:
                    told = True
                    missed |= self._missed(number, source, rounds_of(self.spans, cell))
        most = len(self.event.rounds) if self.event else limits.ROUNDS
        if any(not 1 <= k <= most for k in missed):
            self.sheet.tell(number, None, "no_such_round", "a round that there is not: left out")
        if told:
            document["absent_rounds"] = tuple(sorted(k for k in missed if 1 <= k <= most))

    def _missed(
        self, number: int, source: ColumnSource, rounds: frozenset[int] | None
    ) -> frozenset[int]:
        if rounds is None:
            message = "no time, or one that could be on several days: left out"
            self.sheet.tell(number, source, "unclear_time", message)
        return rounds or frozenset()

    def _labels(self) -> Iterator[tuple[str, ColumnSource]]:
        """The labels with their columns: by header, told apart by number where headers repeat."""
        names = Counter[str]()
        for source in self.sheet.of("label"):
            plain = _clip(" ".join(source.header.split()), limits.TAG - NUMBER_OF_LABEL) or "column"
            if plain == "column" or plain in names:
                names[plain] += 1
                key = f"{plain} ({names[plain]})" if names[plain] > 1 else plain
            else:
                names[plain], key = 1, plain
            if self.sheet.is_filled(source):
                yield key, source

    def _is_filled(self, source: ColumnSource) -> bool:
        return any(row[k] for row in self.sheet.table.rows for k in source.places)

    def _label_values(self, row: Sequence[str]) -> dict[str, str]:
        found = {}
        for key, source in self.labels[: limits.TAGS]:
            value = " ".join(source.cell(row).split())
            if len(value) > limits.NAME:
                self.unkept[source] += 1
            elif value:
                found[key] = value
        return found

    def tell_unkept(self) -> None:
        """Tell what did not fit, a problem a column."""
        for source, rows in self.unkept.items():
            message = f"longer than {limits.NAME} characters, too long for a label, in {rows} rows"
            self.sheet.tell(None, source, "too_long_for_label", message)
        for _, source in self.labels[limits.TAGS :]:
            message = f"not kept: an attendee has {limits.TAGS} labels at most"
            self.sheet.tell(None, source, "too_many_labels", message)


def put(document: dict[str, Any], field: str, value: Any) -> None:
    """Set a field of which something is said."""
    if value:
        document[field] = value


def _clip(text: str, most: int) -> str:
    """The text up to a word, with a sign that there was more."""
    if len(text) <= most:
        return text
    short = text[: most - 1]
    return (short.rsplit(None, 1)[0] if " " in short else short) + "\u2026"
