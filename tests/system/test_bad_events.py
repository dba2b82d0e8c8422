"""Bad events: each is refused with a pointer, repeats nothing, and changes nothing."""

import json
import time
from typing import Any

import pytest

from tests.api import TWO, Api
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]


def with_(**fields: Any) -> str:
    return json.dumps(TWO | fields)


NESTED = 100_000

NOT_AN_EVENT = {
    "empty": "",
    "null": "null",
    "list": "[]",
    "text": '"text"',
    "number": "5",
    "true": "true",
    "cut in a string": '{"name": "Spri',
    "two documents": with_() + with_(),
    "trailing comma": '{"rounds": [{}],}',
    "single quotes": "{'rounds': [{}]}",
    "comment": '{"rounds": [{}]} // note',
    "invalid UTF-8": b'{"rounds": [{}], "name": "\xff\xfe"}',
    "byte order mark": b"\xef\xbb\xbf" + with_().encode(),
    "lone surrogate": '{"rounds": [{}], "name": "\\ud800"}',
    "5,000 digits": '{"rounds": [{}], "seed": ' + "7" * 5_000 + "}",
    "nested lists": "[" * NESTED,
    "nested objects": '{"a":' * NESTED,
}


@pytest.mark.parametrize("raw", NOT_AN_EVENT.values(), ids=NOT_AN_EVENT.keys())
async def test_what_is_no_event_at_all_is_refused(api: Api, raw: str | bytes) -> None:
    await api.refuses("POST", "/v1/events", raw=raw, pointer="")
    url = await api.create()
    tag = await api.tag(url)
    for verb in ("PUT", "PATCH"):
        await api.refuses(verb, url, raw=raw, tag=tag, about=url)


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"rounds":', '{"labels":[{"a":'])
async def test_deep_nesting_is_refused_at_once(api: Api, opening: str) -> None:
    started = time.perf_counter()
    await api.refuses("POST", "/v1/events", raw=opening * NESTED)
    assert time.perf_counter() - started < 1


AT = "/rounds/0/starts_at"
WRONG_FIELDS = {
    "NaN as a weight": ('{"weights": {"byes": NaN}}', "/weights/byes"),
    "Infinity as a weight": ('{"weights": {"byes": Infinity}}', "/weights/byes"),
    "-Infinity as a weight": ('{"weights": {"byes": -Infinity}}', "/weights/byes"),
    "an overflowing weight": ('{"weights": {"byes": 1e999}}', "/weights/byes"),
    "NaN as a benefit": (
        '{"benefits": [{"attendee": "a", "partner": "b", "value": NaN}]}',
        "/benefits/0/value",
    ),
    "an overflowing benefit": (
        '{"benefits": [{"attendee": "a", "partner": "b", "value": 1e999}]}',
        "/benefits/0/value",
    ),
    "NaN as a time": ('{"rounds": [{"starts_at": NaN}]}', AT),
    "NaN as a count": ('{"rounds": {"count": NaN}}', "/rounds/count"),
    "too many rounds by far": (f'{{"rounds": {{"count": {10**30}}}}}', "/rounds/count"),
    "a negative count": ('{"rounds": {"count": -1}}', "/rounds/count"),
    "no rounds": ('{"rounds": {"count": 0}}', "/rounds/count"),
    "a count of 1.0": ('{"rounds": {"count": 1.0}}', "/rounds/count"),
    "a count of 1.5": ('{"rounds": {"count": 1.5}}', "/rounds/count"),
    "a count in quotes": ('{"rounds": {"count": "5"}}', "/rounds/count"),
    "a count of true": ('{"rounds": {"count": true}}', "/rounds/count"),
    "an empty list of rounds": ('{"rounds": []}', "/rounds"),
    "rounds as a number": ('{"rounds": 5}', "/rounds"),
    "one round too many": ('{"rounds": {"count": 401}}', "/rounds/count"),
    "an unknown field": ('{"is_admin": true}', "/is_admin"),
    "an unknown field of an attendee": (
        '{"attendees": [{"id": "a", "is_admin": true}]}',
        "/attendees/0/is_admin",
    ),
    "id": ('{"id": "e"}', "/id"),
    "owner": ('{"owner": "me"}', "/owner"),
    "organisation_id": ('{"organisation_id": "other"}', "/organisation_id"),
    "created_at": ('{"created_at": "2027-01-01T00:00:00Z"}', "/created_at"),
    "revision": ('{"revision": 7}', "/revision"),
    "published": ('{"published": {"rounds": [{"round": 1}]}}', "/published"),
    "held rounds": ('{"held_rounds": 1}', "/held_rounds"),
    "a repeated key": ('{"name": "x", "rounds": [{}], "name": "y"}', "/name"),
    "a repeated key inside": (
        '{"attendees": [{"id": "a"}, {"id": "b", "table": 1, "table": 2}]}',
        "/attendees/1/table",
    ),
    "a key repeated by escape": ('{"seed": 1, "s\\u0065ed": 2}', "/seed"),
    "NUL in a name": ('{"name": "a\\u0000b"}', "/name"),
    "an unknown time zone": ('{"timezone": "Mars/Phobos"}', "/timezone"),
    "a path as time zone": ('{"timezone": "../../etc/passwd"}', "/timezone"),
    "the zone of this machine": ('{"timezone": "localtime"}', "/timezone"),
    "the zone of a clock nobody has set": ('{"timezone": "Factory"}', "/timezone"),
    "seconds since 1970 as a time": ('{"rounds": [{"starts_at": 1764460800}]}', AT),
    "the same in quotes": ('{"rounds": [{"starts_at": "1764460800"}]}', AT),
    "a day as a time": ('{"rounds": [{"starts_at": "2027-03-04"}]}', AT),
    "the year 1": ('{"rounds": [{"starts_at": "0001-01-01T00:00+14:00"}]}', AT),
    "the year 9999": ('{"rounds": [{"starts_at": "9999-12-31T23:59"}]}', AT),
    "rounds into the year 2200": (
        '{"rounds": {"count": 9, "first_starts_at": "2199-12-31T23:30"}}',
        "/rounds/first_starts_at",
    ),
    "no character in a name": ('{"name": "a\\uffffb"}', "/name"),
    "a tag in a name": ('{"name": "a\\udb40\\udc41b"}', "/name"),
    "a name nobody can see": ('{"name": "\\u3164"}', "/name"),
    "4,000 digits": ('{"seed": ' + "7" * 4_000 + "}", "/seed"),
    "a weight of 2^63": (f'{{"weights": {{"byes": {2**63}}}}}', "/weights/byes"),
    "a pair with itself": (
        '{"pair_rules": [{"kind": "forbid", "pair": ["a", "a"]}]}',
        "/pair_rules/0/pair",
    ),
    "an opinion on a meeting that was not": (
        '{"pair_rules": [{"kind": "forbid", "pair": ["a", "b"], "valuable": ["a"]}]}',
        "/pair_rules/0/valuable",
    ),
    "an opinion of somebody else": (
        '{"pair_rules": [{"kind": "met", "pair": ["a", "b"], "would_refer": ["c"]}]}',
        "/pair_rules/0/would_refer",
    ),
    "a weight of a reason there is not": (
        '{"matching": {"reason_weights": {"charm": 1}}}',
        "/matching/reason_weights/charm",
    ),
    "a share beyond the whole": (
        '{"attendees": [{"id": "a", "known_share": 1.5}]}',
        "/attendees/0/known_share",
    ),
    "a topic without a name": ('{"matching": {"topics": [{}]}}', "/matching/topics/0/name"),
    "a pair with a stranger": (
        '{"pair_rules": [{"kind": "forbid", "pair": ["a", "q"]}]}',
        "/pair_rules/0/pair/1",
    ),
    "a pointer to be escaped": ('{"labels/~": 1}', "/labels~1~0"),
}


@pytest.mark.parametrize(("raw", "pointer"), WRONG_FIELDS.values(), ids=WRONG_FIELDS.keys())
async def test_a_wrong_field_is_refused_where_it_stands(api: Api, raw: str, pointer: str) -> None:
    await api.refuses("POST", "/v1/events", raw=_completed(raw), pointer=pointer)
    await api.create()


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [case for name, case in WRONG_FIELDS.items() if name not in ("published", "held rounds")],
    ids=[name for name in WRONG_FIELDS if name not in ("published", "held rounds")],
)
async def test_the_same_is_refused_of_a_replacement_and_a_patch(
    api: Api, raw: str, pointer: str
) -> None:
    url = await api.create()
    tag = await api.tag(url)
    await api.refuses("PUT", url, raw=_completed(raw), pointer=pointer, tag=tag, about=url)
    await api.refuses("PATCH", url, raw=raw, pointer=pointer, tag=tag, about=url)
    answer = await api.send("PATCH", url, {"name": "Spring"}, tag=tag)
    assert answer.json()["revision"] == 2


def _completed(raw: str) -> str:
    """The object with the fields of an event for two that it lacks."""
    missing = {key: value for key, value in TWO.items() if key not in json.loads(raw)}
    if not missing:
        return raw
    return json.dumps(missing)[:-1] + ", " + raw[1:]


async def test_a_missing_field_is_named(api: Api) -> None:
    await api.refuses("POST", "/v1/events", {"attendees": []}, pointer="/rounds", code="missing")
    event = TWO | {"benefits": [{"attendee": "a", "value": 1}]}
    await api.refuses("POST", "/v1/events", event, pointer="/benefits/0/partner")


async def test_a_huge_unknown_key_is_not_repeated(api: Api) -> None:
    key = "x" * 1_000_000
    await api.refuses("POST", "/v1/events", TWO | {key: 1}, pointer="", hides="xxxx" * 20)


async def test_a_value_is_not_repeated(api: Api) -> None:
    secret = "a-very-private-remark"
    for wrong in ({"timezone": secret}, {"seed": secret}, {"policy": {"idle": secret}}):
        await api.refuses("POST", "/v1/events", TWO | wrong, hides=secret)


async def test_a_hundred_thousand_empty_attendees_get_a_short_answer(api: Api) -> None:
    started = time.perf_counter()
    body: dict[str, Any] = {"rounds": [{}], "attendees": [{}] * 100_000}
    await api.refuses("POST", "/v1/events", body, pointer="/attendees/0/id")
    assert time.perf_counter() - started < 5


MANY = 60_000

OF_VERY_MANY: dict[str, tuple[dict[str, Any], str]] = {
    "benefits": ({"benefits": [{}] * MANY}, "/benefits/0"),
    "benefits that are numbers": ({"benefits": [0] * MANY}, "/benefits/0"),
    "rules": ({"pair_rules": [[]] * MANY}, "/pair_rules/0"),
    "somebody's offers": ({"attendees": [{"id": "a", "offers": [[]] * MANY}]}, "/attendees/0"),
    "labels": ({"attendees": [{"id": "a", "labels": {str(k): 0 for k in range(MANY)}}]}, ""),
    "shares": ({"published": {"rounds": [], "attendees": [{}] * MANY}}, "/published"),
    "unknown fields": ({f"u{k}": 0 for k in range(MANY)}, ""),
    "synonyms": ({"matching": {"synonyms": [[0]] * MANY}}, "/matching/synonyms/0/0"),
}


@pytest.mark.parametrize("fields", OF_VERY_MANY)
async def test_very_many_errors_are_found_elsewhere_and_few_are_told(
    api: Api, monkeypatch: pytest.MonkeyPatch, fields: str
) -> None:
    """What is wrong is neither read nor counted in this process."""
    wrong, pointer = OF_VERY_MANY[fields]
    url = await api.create()
    tag = await api.tag(url)
    for module in ("strict_json", "planning.document"):
        monkeypatch.setattr(f"app.{module}.validate_json", _nothing_large)
    for method, where, body in (("POST", "/v1/events", TWO | wrong), ("PATCH", url, wrong)):
        problem = await api.refuses(method, where, body, tag=tag, about=url)
        assert len(problem["errors"]) < MOST_OF_ONE
        assert all(error["pointer"].startswith(pointer) for error in problem["errors"])


MOST_OF_ONE = 10
"""Errors that one object may have."""


def _nothing_large(*_: object) -> None:
    raise AssertionError("read in the process of the api")


async def test_one_attendee_too_many_is_refused_with_the_limit(api: Api) -> None:
    body = {"rounds": [{}], "attendees": [{"id": f"a{k}"} for k in range(100_001)]}
    problem = await api.refuses("POST", "/v1/events", body, pointer="/attendees")
    assert "100000" in problem["errors"][0]["message"]


async def test_an_event_without_anybody_or_with_one_person_is_an_event(api: Api) -> None:
    """Documented: there are just no meetings."""
    for ids in ([], ["a"]):
        url = await api.create(attendees=[{"id": v} for v in ids])
        assert [row["id"] for row in (await api.get(url))["attendees"]] == ids
