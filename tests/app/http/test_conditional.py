"""Conditional requests: which tags count as equal, and what nobody may leave out."""

from typing import Any

import pytest
from fastapi import Request

from app.errors import MissingPrecondition, Stale
from app.http.conditional import Match, get_match, json_answer, not_modified
from schemas.series import NewSeries

TAG = '"2.1"'


def request(**headers: str) -> Request:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {"type": "http", "headers": sent}
    return Request(scope)


EQUAL = [TAG, f"W/{TAG}", f'"1.0", {TAG}', f'{TAG},"1.0"', f'W/"1.0",W/{TAG} ', "*", " * "]
OTHER = ["", '"2.0"', "2.1", f"x{TAG}", '"2.1', 'w/"2.1"', '"2.1, "', '"12.1"', "**"]


@pytest.mark.parametrize("header", EQUAL)
def test_who_has_it_already_gets_nothing_but_the_tag(header: str) -> None:
    answer = not_modified(request(if_none_match=header), TAG)
    assert answer is not None
    assert (answer.status_code, answer.body, answer.headers["ETag"]) == (304, b"", TAG)


@pytest.mark.parametrize("header", OTHER)
def test_who_has_something_else_gets_it_whole(header: str) -> None:
    assert not_modified(request(if_none_match=header), TAG) is None


def test_who_does_not_say_gets_it_whole() -> None:
    assert not_modified(request(), TAG) is None


@pytest.mark.parametrize("header", [header for header in EQUAL if "W/" not in header])
def test_who_has_seen_the_newest_may_change_it(header: str) -> None:
    Match(header).check(TAG)


@pytest.mark.parametrize("header", [*OTHER, f"W/{TAG}"])
def test_nobody_else_may_nor_who_is_not_sure(header: str) -> None:
    with pytest.raises(Stale):
        Match(header).check(TAG)


def test_a_change_says_what_it_changes() -> None:
    with pytest.raises(MissingPrecondition) as refused:
        get_match(None)
    assert refused.value.errors[0].pointer == "header:If-Match"
    get_match(TAG).check(TAG)


def test_an_answer_has_its_tag_status_and_headers() -> None:
    answer = json_answer(NewSeries(name="x"), TAG, 201, {"Location": "/v1"})
    assert answer.status_code == 201
    assert answer.body == b'{"name":"x"}'
    assert (answer.headers["ETag"], answer.headers["Location"]) == (TAG, "/v1")
    assert answer.headers["Content-Type"] == "application/json"
    assert "ETag" not in json_answer("{}").headers
