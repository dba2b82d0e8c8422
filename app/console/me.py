"""The page of an attendee, who followed their own link: a frame in every language.

Whose it is the page learns from the api, with the cookie for which it exchanges the secret of the
link: so one page does for all, and can be kept for when the network is away.
"""

from fastapi import APIRouter, Response

from app.console.page import PagesDep, Reader
from app.http.attendee_access import PAGE
from schemas.words.catalogue import held_languages
from schemas.words.message import message

router = APIRouter(include_in_schema=False)

WORDS = {
    "my_meetings": message("My meetings"),
    "my_day": message("My day"),
    "now": message("now"),
    "next": message("next"),
    "round": message("Round {round}"),
    "table": message("Table"),
    "unpublished": message("The schedule is not out yet."),
    "over": message("That was the last round. Thank you for coming!"),
    "skip": message("Skip round {round} quietly"),
    "quietly": message("You have no meeting in it then, and nobody is told who skipped it."),
    "late": message("I am late"),
    "from_round": message("I am there from round {round} on"),
    "away": message("You are not expected in these rounds: {rounds}."),
    "here_after_all": message("I am there after all"),
    "left": message("You have left for good. If that is wrong, please tell the organiser."),
    "how_was_it": message("How was it?"),
    "valuable": message("Worth it"),
    "not_valuable": message("Not worth it"),
    "not_held": message("We did not meet"),
    "would_refer": message("I would recommend them"),
    "undisclosed_pitch": message("It was a pitch in disguise"),
    "privately": message(
        "Your partner hears of it in one case alone: if both of you found it worth it."
    ),
    "wishes": message("Whom would you like to meet?"),
    "name": message("Their whole name"),
    "organisation": message("Their organisation, if several have the name"),
    "meet": message("I would like to meet them"),
    "avoid": message("I do not want to meet them"),
    "never_told": message(
        "Nobody will ever be told whom you do not want to meet. That you would like to meet"
        " somebody they learn only if they said the same of you."
    ),
    "wants_list": message("You would like to meet"),
    "avoid_list": message("You do not want to meet"),
    "take_back": message("Take back"),
    "unknown_name": message("Nobody on the list is called that. Please write the whole name."),
    "several": message("Several people are called that: say where they are from."),
    "not_taken": message("This cannot be taken here. Please tell the organiser."),
    "not_sent": message("That could not be sent. Please try again."),
    "follow_ups": message("Whom to follow up"),
    "calendar": message("Add to my calendar"),
    "leave": message("Forget me on this device"),
    "no_link": message(
        "This page opens by the link on your card or in your mail. If you came by it, the link is"
        " no longer good: please ask the organiser for a new one."
    ),
    "connected": message("Connected, as of {time}"),
    "offline": message("No connection: this is as of {time}"),
    "queued": message("not sent yet"),
    "refused": message("not taken: {why}"),
}
"""What the script of the page says; braces are filled in there."""


@router.get(PAGE)
async def show_own_page(pages: PagesDep) -> Response:
    """The page by which attendees see their own day."""
    languages = {code: Reader(code).say_all(WORDS) for code in sorted(held_languages())}
    return pages.page("me.html", words=languages[pages.reader.language], languages=languages)
