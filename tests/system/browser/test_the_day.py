"""The day in the browser: what one taps all others see, and nothing is lost without a network."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.processes import Client

NAMES = [f"Person {k:02}" for k in range(1, 13)]


@pytest.fixture
def place(service: Client) -> str:
    """The address in the api of an event with a published schedule."""
    benefits = [{"attendee": a, "partner": b, "value": 0.5} for a in NAMES for b in NAMES if a != b]
    people = [{"id": name.replace(" ", "-"), "name": name} for name in NAMES]
    for row in benefits:
        row |= {role: str(row[role]).replace(" ", "-") for role in ("attendee", "partner")}
    event = service.event(name="A day", rounds={"count": 5}, attendees=people, benefits=benefits)
    service.published(event)
    return event


@pytest.fixture
def away(chromium: Browser, service: Client) -> Iterator[BrowserContext]:
    """A device whose network is cut at times, so that it may complain of that."""
    context = chromium.new_context(base_url=str(service.http.base_url))
    yield context
    context.close()


def opened(context: BrowserContext, place: str, name: str) -> Page:
    page = context.new_page()
    page.goto(f"{place.removeprefix('/v1')}/{name}")
    return page


def tap(page: Page, name: str, word: str) -> None:
    """Tap a button in somebody's row."""
    row = page.locator("#people li").filter(has_text=name)
    row.get_by_role("button", name=word, exact=True).click()


def reported(service: Client, place: str) -> list[tuple[str, str | None]]:
    """The kinds of all incidents, with the person."""
    log = service.get(f"{place}/incidents")["incidents"]
    return [(incident["kind"], incident.get("attendee")) for incident in log]


def test_a_drop_out_is_seen_on_the_board_and_by_other_stewards(
    page: Page, chromium: Browser, service: Client, place: str
) -> None:
    other = chromium.new_context(base_url=str(service.http.base_url))
    board, steward = opened(other, place, "board"), opened(other, place, "day")
    page.goto(f"{place.removeprefix('/v1')}/day")
    expect(board.locator("#seats li")).to_have_count(12)
    tap(page, "Person 03", "Leaves for good")
    expect(board.locator("#seats")).not_to_contain_text("Person 03")
    expect(steward.locator("#people li").filter(has_text="Person 03")).to_contain_text(
        "has left for good"
    )
    expect(page.locator("#news")).to_contain_text("your meeting with Person 03 is off")
    other.close()


def test_taps_without_a_network_are_sent_once_it_is_back(
    away: BrowserContext, service: Client, place: str
) -> None:
    page = opened(away, place, "day")
    expect(page.locator("#connection")).to_contain_text("Connected")
    page.wait_for_function("caches.match(location.href)")
    away.set_offline(True)
    for name in ("Person 01", "Person 02", "Person 04"):
        tap(page, name, "Arrived")
    expect(page.locator("#connection")).to_contain_text("3 not sent yet")
    expect(page.locator("#offline")).to_be_visible()
    page.reload()
    expect(page.locator("#connection")).to_contain_text("3 not sent yet")
    expect(page.locator("#people li")).to_have_count(12)
    away.set_offline(False)
    expect(page.locator("#connection")).not_to_contain_text("not sent yet")
    expect(page.locator("#connection")).to_contain_text("Connected")
    assert reported(service, place) == [
        ("checked_in", f"Person-{number}") for number in ("01", "02", "04")
    ]


def test_an_answer_that_is_lost_is_asked_for_again_and_counts_once(
    chromium: Browser, service: Client, place: str
) -> None:
    away = chromium.new_context(base_url=str(service.http.base_url), service_workers="block")
    page = opened(away, place, "day")
    lost: list[Route] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST":
            lost.append(route)
        if len(lost) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/incidents", lose_the_first)
    tap(page, "Person 05", "Pause")
    expect(page.locator("#taps")).to_contain_text("Pause Person 05")
    expect(page.locator("#connection")).not_to_contain_text("not sent yet")
    assert len(lost) == 2
    assert reported(service, place) == [("pause", "Person-05")]
    away.close()


def test_two_stewards_at_once_lose_no_tap(
    page: Page, chromium: Browser, service: Client, place: str
) -> None:
    second = chromium.new_context(base_url=str(service.http.base_url))
    other = opened(second, place, "day")
    page.goto(f"{place.removeprefix('/v1')}/day")
    for k in range(6):
        tap(page, NAMES[2 * k], "Arrived")
        tap(other, NAMES[2 * k + 1], "Arrived")
    expect(page.locator("#people li").filter(has_text="has arrived")).to_have_count(12)
    assert len(reported(service, place)) == 12
    expect(other.locator("#people li").filter(has_text="has arrived")).to_have_count(12)
    second.close()


def test_rounds_start_and_end_and_what_was_tapped_is_taken_back(
    page: Page, service: Client, place: str
) -> None:
    page.goto(f"{place.removeprefix('/v1')}/day")
    page.get_by_role("button", name="Start round 1").click()
    expect(page.locator("#clock")).to_contain_text("Round 1 is running")
    page.get_by_role("button", name="Finish round 1").click()
    expect(page.locator("#clock")).to_contain_text("Round 2 is next")
    tap(page, "Person 07", "Not here")
    row = page.locator("#people li").filter(has_text="Person 07")
    expect(row).to_contain_text("reported as not here")
    page.locator("#taps li").first.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("not seen yet")


def test_what_the_service_refuses_is_told_and_not_sent_again(
    away: BrowserContext, service: Client, place: str
) -> None:
    page = opened(away, place, "day")
    expect(page.locator("#people li")).to_have_count(12)
    page.evaluate(
        """(key) => localStorage.setItem(key, JSON.stringify([{at: 0, state: "queued",
        incident: {id: "late", kind: "round_started", round: 4}}]))""",
        f"tertius:taps:{place.rpartition('/')[2]}",
    )
    page.reload()
    expect(page.locator("#taps")).to_contain_text("not taken:")


def in_row(page: Page, list_id: str, text: str, word: str) -> None:
    """Tap a button in a row of one of the lists."""
    row = page.locator(f"#{list_id} li").filter(has_text=text)
    row.get_by_role("button", name=word, exact=True).click()


def walk_in(page: Page, name: str, **texts: str) -> None:
    page.get_by_text("Somebody who is on no list").click()
    for field, text in {"name": name, **texts}.items():
        page.locator(f"#walk-in [name={field}]").fill(text)
    page.get_by_role("button", name="Is here from now on").click()


def test_somebody_on_no_list_is_taken_in_without_a_network_once(
    away: BrowserContext, service: Client, place: str
) -> None:
    asked: list[str] = []
    page = opened(away, place, "day")
    page.on("request", lambda request: asked.append(request.url))
    expect(page.locator("#connection")).to_contain_text("Connected")
    page.wait_for_function("caches.match(location.href)")
    away.set_offline(True)
    walk_in(page, "Greta Sample", organisation="Sample & Co", offers="tax advice\nbookkeeping")
    expect(page.locator("#walk-in [name=name]")).to_have_value("")
    expect(page.locator("#taps")).to_contain_text("Walk-in Greta Sample not sent yet")
    page.reload()
    expect(page.locator("#taps")).to_contain_text("Walk-in Greta Sample not sent yet")
    away.set_offline(False)
    expect(page.locator("#people li").filter(has_text="Greta Sample")).to_contain_text("arrived")
    rows = service.get(f"{place}/attendees?limit=100")["attendees"]
    (greta,) = [row for row in rows if row.get("name") == "Greta Sample"]
    assert (greta["organisation"], greta["absent_rounds"]) == ("Sample & Co", [])
    assert [offer["text"] for offer in greta["offers"]] == ["tax advice", "bookkeeping"]
    expected = [("late_arrival", greta["id"]), ("checked_in", greta["id"])]
    assert reported(service, place) == expected
    assert not any(greta["id"] in url for url in asked)
    page.locator("#taps li").first.get_by_role("button", name="Undo").click()
    expect(page.locator("#people li").filter(has_text="Greta Sample")).to_contain_text(
        "reported as not here"
    )
    assert service.get(f"{place}/live")["checked_in"] == 0


def test_a_walk_in_that_is_refused_can_be_corrected(
    away: BrowserContext, service: Client, place: str
) -> None:
    page = opened(away, place, "day")
    expect(page.locator("#people li")).to_have_count(12)
    walk_in(page, "person 01")
    assert "not taken" not in page.locator("#taps").inner_text()
    page.locator("#walk-in [name=name]").fill("PERSON 02")
    expect(page.locator("#walked-in")).to_have_text("Somebody of this name is on the list.")
    many = "\n".join(f"offer {k}" for k in range(21))
    page.locator("#walk-in [name=name]").fill("Hal Sample")
    page.locator("#walk-in [name=offers]").fill(many)
    page.get_by_role("button", name="Is here from now on").click()
    expect(page.locator("#taps li").first).to_contain_text("not taken:")
    in_row(page, "taps", "Hal Sample", "Correct")
    expect(page.locator("#walk-in [name=offers]")).to_have_value(many)
    page.locator("#walk-in [name=offers]").fill("one offer")
    page.get_by_role("button", name="Is here from now on").click()
    expect(page.locator("#people li").filter(has_text="Hal Sample")).to_contain_text("arrived")


def test_a_table_closed_by_one_steward_shows_on_anothers_page(
    page: Page, chromium: Browser, service: Client, place: str
) -> None:
    other = chromium.new_context(base_url=str(service.http.base_url))
    steward = opened(other, place, "day")
    page.goto(f"{place.removeprefix('/v1')}/day")
    in_row(page, "tables", "Table 2", "Close")
    closed = steward.locator("#closed-tables li")
    expect(closed).to_contain_text("Table 2 is closed")
    steward.reload()
    expect(closed).to_be_visible()
    expect(steward.locator("#tables")).not_to_contain_text("Table 2")
    in_row(steward, "closed-tables", "Table 2", "Open again")
    expect(page.locator("#closed-tables li")).to_have_count(0)
    in_row(page, "tables", "Table 3", "Close")
    in_row(page, "taps", "Table 3 closed", "Undo")
    expect(page.locator("#tables")).to_contain_text("Table 3")
    in_row(page, "tables", "Add table 7", "Add table 7")
    expect(steward.locator("#tables")).to_contain_text("Table 7")
    other.close()


def test_a_table_closed_while_a_round_runs_is_closed_from_the_next_one_on(
    page: Page, service: Client, place: str
) -> None:
    service.report(place, {"id": "1", "kind": "round_started", "round": 1})
    page.goto(f"{place.removeprefix('/v1')}/day")
    in_row(page, "tables", "Table 2", "Close")
    closed = page.locator("#closed-tables li")
    expect(closed).to_contain_text("Table 2 is closed from round 2 on")
    seats = service.get(f"{place}/live")["running"]["seats"]
    (sitters,) = [seat["people"] for seat in seats if seat["table"] == 2]
    for person in sitters:
        expect(closed).to_contain_text(person["name"])


SECOND = 1.0


def test_whom_one_steward_has_told_no_other_has_to_tell(
    page: Page, chromium: Browser, service: Client, place: str
) -> None:
    other = chromium.new_context(base_url=str(service.http.base_url))
    steward = opened(other, place, "day")
    page.goto(f"{place.removeprefix('/v1')}/day")
    page.get_by_label("Your name, shown to other stewards").fill("<b>Mia</b>")
    for one in (page, steward):
        expect(one.locator("#people li")).to_have_count(12)
    tap(page, "Person 03", "Leaves for good")
    notices = steward.locator("#news li[data-attendee]")
    expect(page.locator("#news li[data-attendee]").first).to_be_visible()
    expect(notices).to_have_count(page.locator("#news li[data-attendee]").count())
    name = notices.locator("b").first.inner_text()
    steward.evaluate(GONE, name)
    page.evaluate(TELL, name)
    taken = (steward.evaluate("window.gone") - page.evaluate("window.tapped")) / 1000
    assert taken < SECOND, f"{taken:.3f} s"
    print(f"a tick was seen elsewhere after {taken:.3f} s")
    for one in (page, steward):
        one.reload()
        expect(one.locator("#people li").first).to_be_visible()
        expect(one.locator("#news")).not_to_contain_text(name)
        one.get_by_text("Told already").click()
        expect(one.locator("#told-list li").filter(has_text=name)).to_contain_text("<b>Mia</b>")
    in_row(steward, "told-list", name, "Undo")
    expect(page.locator("#news")).to_contain_text(name)
    other.close()


GONE = """(name) => { window.gone = new Promise((done) => {
  const news = document.getElementById("news");
  const look = () => news.textContent.includes(name) || done(Date.now());
  new MutationObserver(look).observe(news, { childList: true });
}); }"""
TELL = """(name) => {
  const rows = [...document.querySelectorAll("#news li")];
  const row = rows.find((row) => row.textContent.includes(name));
  window.tapped = Date.now();
  row.querySelector("button").click();
}"""


def test_ticks_without_a_network_are_sent_once_it_is_back(
    away: BrowserContext, service: Client, place: str
) -> None:
    service.report(place, {"id": "1", "kind": "drop_out", "attendee": "Person-03"})
    page = opened(away, place, "day")
    expect(page.locator("#news li[data-attendee]").first).to_be_visible()
    page.wait_for_function("caches.match(location.href)")
    away.set_offline(True)
    name = page.locator("#news li b").first.inner_text()
    in_row(page, "news", name, "Told")
    expect(page.locator("#connection")).to_contain_text("1 not sent yet")
    page.reload()
    expect(page.locator("#told-list")).to_contain_text("not sent yet")
    expect(page.locator("#news")).not_to_contain_text(name)
    away.set_offline(False)
    expect(page.locator("#connection")).not_to_contain_text("not sent yet")
    (told,) = service.get(f"{place}/ticks")["told"]
    assert told["attendee"] == name.replace(" ", "-")
    expect(page.locator("#news")).not_to_contain_text(name)


def test_a_later_version_asks_again_and_what_is_as_before_nobody_is_told(
    page: Page, service: Client, place: str
) -> None:
    page.goto(f"{place.removeprefix('/v1')}/day")
    tap(page, "Person 03", "Leaves for good")
    notices = page.locator("#news li[data-attendee]")
    expect(notices.first).to_be_visible()
    name = notices.locator("b").first.inner_text()
    in_row(page, "news", name, "Told")
    expect(page.locator("#news")).not_to_contain_text(name)
    in_row(page, "taps", "Leaves for good", "Undo")
    expect(page.locator("#news")).to_contain_text(name)
    expect(notices).to_have_count(1)


def test_what_was_published_while_the_page_was_closed_is_told_when_it_opens(
    page: Page, service: Client, place: str
) -> None:
    address = f"{place.removeprefix('/v1')}/day"
    page.goto(address)
    expect(page.locator("#people li")).to_have_count(12)
    key = f"tertius:news:{place.rpartition('/')[2]}"
    page.wait_for_function("(key) => localStorage.getItem(key)?.includes('seen')", arg=key)
    page.goto("/sign-in")
    service.report(place, {"id": "1", "kind": "drop_out", "attendee": "Person-03"})
    service.report(place, {"id": "2", "kind": "drop_out", "attendee": "Person-05"})
    page.goto(address)
    expect(page.locator("#news")).to_contain_text("your meeting with Person 03 is off")
    expect(page.locator("#news")).to_contain_text("your meeting with Person 05 is off")


def test_letters_on_the_board_are_seen_from_the_back_of_the_room(page: Page, place: str) -> None:
    for width, height in ((1920, 1080), (1280, 720), (3840, 2160)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{place.removeprefix('/v1')}/board")
        expect(page.locator("#seats li").first).to_be_visible()
        sizes = page.evaluate(
            """[...document.querySelectorAll("#seats bdi, #seats span, footer span, h1, #clock")]
            .map((part) => parseFloat(getComputedStyle(part).fontSize))"""
        )
        capitals = 0.7  # of the font size, about, are the height of a capital letter
        assert min(sizes) * capitals >= height / 40


def test_the_pages_of_the_board_turn_and_leave_nobody_out(page: Page, service: Client) -> None:
    people = [{"id": f"p{k:03}", "name": f"Somebody with a long name {k:03}"} for k in range(120)]
    event = service.event(rounds={"count": 1}, attendees=people, policy={"idle": "fill"})
    service.published(event)
    page.goto(f"{event.removeprefix('/v1')}/board")
    seen = set[str]()
    expect(page.locator("#page")).to_contain_text("1 of")
    pages = int(page.locator("#page").inner_text().rpartition(" ")[2])
    assert pages > 1
    for number in range(1, pages + 1):
        expect(page.locator("#page")).to_have_text(f"{number} of {pages}")
        seen |= set(page.locator("#seats bdi").all_inner_texts())
    assert len(seen) == 120
