"""The day: a page for stewards with big buttons, and a board for everybody in the room.

Both are kept up to date by the browser itself, from the live view of the api; the taps of stewards
go straight to the api as incidents, and wait in the browser while the network is away.
"""

from fastapi import APIRouter, Response

from app.console.api_client import ApiDep
from app.console.page import PagesDep
from schemas.words.message import message

router = APIRouter(prefix="/events/{event_id}", include_in_schema=False)


BOARD_WORDS = {
    "unpublished": message("The schedule is not out yet."),
    "runs": message("Round {round}"),
    "before": message("Round {round} is next"),
    "over": message("That was the last round. Thank you for coming!"),
    "left": message("{time} left"),
    "due_in": message("starts in {time}"),
    "was_due": message("starts any moment"),
    "over_time": message("time is up"),
    "now": message("now"),
    "next": message("next"),
    "standby": message("standby"),
    "away": message("No connection: this is as of {time}"),
    "page": message("{page} of {pages}"),
}
"""What the script of the board says; braces are filled in there."""


DAY_WORDS = {
    "arrived": message("Arrived"),
    "not_here": message("Not here"),
    "pause": message("Pause"),
    "back": message("Back"),
    "drop_out": message("Leaves for good"),
    "undo": message("Undo"),
    "undone": message("taken back"),
    "start": message("Start round {round}"),
    "finish": message("Finish round {round}"),
    "later": message("2 minutes later"),
    "runs": message("Round {round} is running"),
    "left": message("{time} left"),
    "over_time": message("over time by {time}"),
    "due_in": message("starts in {time}"),
    "was_due": message("was due {time} ago"),
    "before": message("Round {round} is next"),
    "over": message("The last round is over"),
    "unpublished": message("Nothing is published yet: publish a schedule first."),
    "connected": message("Connected, as of {time}"),
    "away": message("No connection: this is as of {time}"),
    "waiting": message("{count} not sent yet"),
    "refused": message("not taken: {why}"),
    "queued": message("not sent yet"),
    "nobody_to_tell": message("Nobody has to be told anything."),
    "nobody_idle": message("Everybody who is here has somebody to meet."),
    "told": message("Told"),
    "untold": message("Not told after all"),
    "more": message("{count} more"),
    "walk_in": message("Walk-in"),
    "walked_in": message("{name} is here."),
    "known": message("Somebody of this name is on the list."),
    "correct": message("Correct"),
    "close": message("Close"),
    "open": message("Open again"),
    "closed": message("is closed"),
    "closed_from": message("is closed from round {round} on"),
    "add_table": message("Add table {table}"),
    "table_closed": message("Table {table} closed"),
    "table_opened": message("Table {table} opened"),
    "propose": message("Do this"),
    "table": message("Table {table}"),
    "missed": message("did not take place"),
    "here": message("has arrived"),
    "not_seen": message("not seen yet"),
    "turn": message("stands by, number {turn}"),
    "shown": message("{shown} of {all} shown: type a part of a name"),
    "reason_bye": message("no meeting in this round"),
    "reason_partner_missing": message("the partner is missing"),
    "reason_on_break": message("has a break"),
    "reason_place_closed": message("no table is open"),
    "reason_unplanned": message("not in the schedule yet"),
    "reason_absent": message("not expected in this round"),
    "reason_not_here": message("reported as not here"),
    "reason_dropped_out": message("has left for good"),
    "reason_left_early": message("left early"),
    "reason_no_show": message("did not show up"),
    "reason_paused": message("takes a pause"),
    "reason_late": message("comes later"),
}
"""What the script of the day's page says; braces are filled in there."""


@router.get("/day")
async def show_day(pages: PagesDep, api: ApiDep, event_id: str) -> Response:
    """The page that a steward holds in the hand."""
    pages.check_may("report_incidents")
    event = (await api.event(event_id)).document
    return pages.page("day.html", event=event, words=pages.reader.say_all(DAY_WORDS))


@router.get("/board")
async def show_board(pages: PagesDep, api: ApiDep, event_id: str) -> Response:
    """Who sits where, for a screen on the wall."""
    event = (await api.event(event_id)).document
    return pages.page("board.html", event=event, words=pages.reader.say_all(BOARD_WORDS))
