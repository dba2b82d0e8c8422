"""What every document on the wire has in common: frozen, strict, nothing unknown."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from schemas import limits
from schemas.text import BLANK_OR_SHOWN, BREAKING, PATTERN, Described, check_text


class Wire(BaseModel):
    """A document, or a part of one: unknown fields, other types and infinities are refused."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )


class SentParts(NamedTuple):
    """The context of reading what somebody sends: which parts of a document are theirs.

    What was stored before a rule was made is read as it is.
    """

    languages: bool = True
    rounds: bool = True


SENT = SentParts()
"""All of the document is."""


class Objection(NamedTuple):
    """One thing wrong with a document that its shape alone does not show."""

    where: tuple[str | int, ...]
    code: str
    message: str


def refuse(title: str, findings: Iterable[Objection]) -> None:
    """Raise one ValidationError that points at every finding; none, and nothing happens.

    Values are left out: they may be personal.
    """
    details = [
        InitErrorDetails(
            type=PydanticCustomError(finding.code, finding.message),
            loc=finding.where,
            input=None,
        )
        for finding in findings
    ]
    if details:
        raise ValidationError.from_exception_data(title, details)


def first_of_each(findings: Iterable[Objection]) -> Iterator[Objection]:
    """Of what is wrong in the same way in one list of one attendee, the first."""
    told = set[object]()
    for finding in findings:
        where = finding.where
        is_listed = len(where) > 3 and where[0] == "attendees"
        key = (where[:3] if is_listed else where, finding.code)
        if key not in told:
            told.add(key)
            yield finding


def permille(value: float) -> int:
    """Thousandths as a whole number; exact, since the wire allows three places only."""
    return round(value * 1000)


def _three_places(value: float) -> float:
    if permille(value) / 1000 != value:
        raise PydanticCustomError("three_places", "at most three decimal places are allowed")
    return value + 0.0  # turns -0.0 into 0.0


def _not_dots(value: str) -> str:
    if set(value) == {"."}:
        raise PydanticCustomError("id_of_dots", "an id needs a character other than a dot")
    return value


Thousandths = Annotated[float, Field(ge=0, le=1), AfterValidator(_three_places)]
"""A number from 0 to 1 with at most three decimal places."""

ID_FORM = r"^[^\s\p{C}/?#%\\]+$"
Id = Annotated[
    str,
    StringConstraints(min_length=1, max_length=limits.ID, pattern=ID_FORM),
    AfterValidator(_not_dots),
    Described({"pattern": r"^(?!\.+$)[^\s\p{C}/?#%\\]+$"}),
]
"""A caller's own id: 1 to 64 characters, no white space, none of ``/ ? # % \\``; case matters."""

_ID: TypeAdapter[str] = TypeAdapter(Id)


def is_id(value: str) -> bool:
    """Whether a text may be an id."""
    try:
        _ID.validate_python(value)
    except ValidationError:
        return False
    return True


_PATTERN = Described({"pattern": PATTERN})
Name = Annotated[
    str,
    StringConstraints(max_length=limits.NAME, strip_whitespace=True),
    AfterValidator(check_text),
    Described({"pattern": BLANK_OR_SHOWN}),
]
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=limits.TEXT, strip_whitespace=True),
    AfterValidator(check_text),
    _PATTERN,
]
Topic = Annotated[
    str,
    StringConstraints(min_length=1, max_length=limits.TAG, strip_whitespace=True),
    AfterValidator(check_text),
    _PATTERN,
]
Sentence = Annotated[
    str, StringConstraints(max_length=limits.SENTENCE, pattern=f"^[^{BREAKING}]*$")
]
"""What a schedule says, and may have clipped in the middle of a flag."""

Natural = Annotated[int, Field(ge=0, le=limits.COUNT)]
Amount = Annotated[float, Field(ge=0, le=limits.COUNT)]
RoundNumber = Annotated[int, Field(ge=1, le=limits.ROUNDS)]
TableNumber = Annotated[int, Field(ge=1, le=limits.TABLES)]
Stability = Literal["strict", "balanced", "free"]
"""What a published meeting weighs against points: everything, a price, or nothing."""

Seed = Annotated[int, Field(ge=0, le=limits.SEED)]
Pair = tuple[Id, Id]


def pair_of(one: str, other: str) -> tuple[str, str]:
    """The two in order of their ids, whichever of them is named first."""
    return (one, other) if one < other else (other, one)
