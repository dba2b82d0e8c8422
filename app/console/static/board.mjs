// Who sits where, now and next: pages turn by themselves where people are many.

import { clock, element, join, nameOf, place, say } from "./elements.mjs";
import { Room } from "./room.mjs";

const TURN = 8000;
const room = new Room(place("board").dataset.event, show);
let rows = [];
let pages = [];
let shown = 0;

setInterval(showClock, 1000);
setInterval(() => turn(shown + 1), TURN);
addEventListener("resize", layOut);
show();

function show() {
  rows = room.view ? rowsOf(room.view) : [];
  place("lost").hidden = room.connected !== false;
  place("lost").textContent = say("away", { time: clock(room.at || Date.now()) });
  showClock();
  layOut();
}

function showClock() {
  place("clock").textContent = room.clock();
}

function rowsOf(view) {
  if (view.state === "unpublished") return [message("unpublished")];
  if (!view.running && !view.next) return [message("over")];
  place("legend").textContent = view.running ? join(say("now"), view.next && say("next")) : say("before", { round: view.next.round });
  const now = placesOf(view.running ?? view.next);
  const next = view.running ? placesOf(view.next) : new Map();
  const people = new Map([...now, ...next].map(([id, { person }]) => [id, person]));
  const title = (person) => person.name ?? person.id;
  return [...people.values()]
    .sort((a, b) => title(a).localeCompare(title(b)))
    .map((person) =>
      element(
        "li",
        {},
        nameOf(person),
        element("span", { class: "now" }, now.get(person.id)?.text ?? "–"),
        view.running ? element("span", { class: "next" }, next.get(person.id)?.text ?? "–") : null,
      ),
    );
}

function message(name) {
  place("legend").textContent = "";
  return element("li", { class: "message" }, say(name));
}

// Where everybody is to be in a round who is there: by id, the person and a table, or the standby point.
function placesOf(round) {
  if (!round) return new Map();
  const waiting = round.idle.filter((row) => row.turn !== null).map(({ person }) => [person.id, { person, text: say("standby") }]);
  const seated = round.seats
    .filter((seat) => seat.outcome !== "missed")
    .flatMap((seat) => seat.people.map((person) => [person.id, { person, text: String(seat.table) }]));
  return new Map([...waiting, ...seated]);
}

// All rows are laid out in columns once; those that stand beyond the right edge are on later pages.
function layOut() {
  const list = place("seats");
  list.replaceChildren(...rows);
  const width = list.getBoundingClientRect().width;
  const start = rows.map((row) => Math.abs(row.offsetLeft - rows[0].offsetLeft));
  const numbers = start.map((left) => Math.floor((left + 1) / (width + 1)));
  pages = [];
  rows.forEach((row, k) => (pages[numbers[k]] ??= []).push(row));
  turn(shown);
}

function turn(page) {
  shown = pages.length ? page % pages.length : 0;
  place("seats").replaceChildren(...(pages[shown] ?? []));
  place("page").textContent = pages.length > 1 ? say("page", { page: shown + 1, pages: pages.length }) : "";
}
