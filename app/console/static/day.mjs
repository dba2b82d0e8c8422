// The page of the day: the clock of rounds, who is here, who waits, and whom to tell.

import { clock, element, nameOf, place, replace, say } from "./elements.mjs";
import { Room } from "./room.mjs";
import { Taps } from "./taps.mjs";

const SHOWN = 40;
const TOLD = 50;
const AWAY = new Set(["not_here", "dropped_out", "left_early", "no_show", "paused", "late"]);
const KINDS = { checked_in: "arrived", return: "back", round_started: "start", round_finished: "finish", delay: "later" };
const event = document.getElementById("day").dataset.event;
const news = readNews();
let arrived = new Set();

const taps = new Taps(event, () => show());
const room = new Room(event, hear);
place("find").addEventListener("input", showPeople);
setInterval(showClock, 1000);
readArrivals();
readLastChange();
show();

function hear(what, change) {
  if (what === "change") {
    if (change.kind === "incidents") readArrivals();
    else keepNews(change);
  }
  show();
}

function show() {
  showConnection();
  showClock();
  showButtons();
  showPeople();
  showIdle();
  showNews();
  showTables();
  showProposals();
  showTaps();
}

function current() {
  return room.view?.running ?? room.view?.next ?? null;
}

function showConnection() {
  const time = clock(room.at || Date.now());
  const waiting = taps.list().filter((tap) => tap.state === "queued").length;
  const parts = room.connected === null ? [] : [say(room.connected ? "connected" : "away", { time })];
  if (waiting) parts.push(say("waiting", { count: waiting }));
  place("connection").textContent = parts.join(" · ");
  place("connection").classList.toggle("lost", room.connected === false);
  place("offline").hidden = room.connected !== false;
  place("room").hidden = !room.view; // nothing is shown that would be pushed aside at once
}

function showClock() {
  const view = room.view;
  if (!view) return;
  place("clock").textContent = clockText(view);
}

function clockText(view) {
  if (view.state === "unpublished") return say("unpublished");
  return room.clock() || say("over");
}

function showButtons() {
  const view = room.view;
  const buttons = [];
  if (view?.running) buttons.push(button("finish", { kind: "round_finished", round: view.running.round }, "main"));
  if (view?.next) {
    buttons.push(button("start", { kind: "round_started", round: view.next.round }, view.running ? "" : "main"));
    buttons.push(button("later", { kind: "delay", minutes: 2 }));
  }
  replace("rounds", buttons);
}

function button(word, incident, style = "") {
  const tell = () => taps.add(incident);
  return element("button", { type: "button", class: `big ${style}`, onclick: tell }, say(word, incident));
}

function people() {
  const now = current();
  if (!now) return [];
  const seated = now.seats.flatMap((seat) => seat.people.map((person) => ({ person, reason: null })));
  const known = new Map(seated.map((row) => [row.person.id, row]));
  for (const { person, reason } of now.idle) known.set(person.id, { person, reason });
  for (const { person, reason } of room.view.next?.idle ?? []) {
    // Who sits now and is gone from the next round on has been reported already.
    if (AWAY.has(reason)) known.set(person.id, { person, reason });
  }
  const title = ({ person }) => person.name ?? person.id;
  return [...known.values()].sort((a, b) => title(a).localeCompare(title(b)));
}

function showPeople() {
  const parts = place("find").value.toLocaleLowerCase().split(/\s+/);
  const all = people();
  const found = all.filter(({ person }) => {
    const told = `${person.name ?? ""} ${person.id} ${person.organisation ?? ""}`.toLocaleLowerCase();
    return parts.every((part) => told.includes(part));
  });
  const rows = found.slice(0, SHOWN).map(personRow);
  if (found.length > SHOWN) rows.push(element("li", { class: "hint" }, say("shown", { shown: SHOWN, all: found.length })));
  replace("people", rows);
}

function personRow({ person, reason }) {
  const mine = taps.list().find((tap) => tap.incident.attendee === person.id);
  const isAway = AWAY.has(reason);
  const state = isAway ? `reason_${reason}` : arrived.has(person.id) ? "here" : "not_seen";
  const about = (kind) => ({ kind, attendee: person.id });
  const choices = isAway
    ? [["back", "return"]]
    : [...(arrived.has(person.id) ? [] : [["arrived", "checked_in"]]), ["not_here", "not_here"], ["pause", "pause"], ["drop_out", "drop_out"]];
  return element(
    "li",
    { class: isAway ? "person away" : "person", "data-attendee": person.id },
    element("span", {}, nameOf(person), person.organisation ? element("bdi", { class: "hint" }, ` ${person.organisation}`) : null),
    element("span", { class: "hint" }, say(state), mine?.state === "queued" ? ` · ${say("queued")}` : null),
    element("span", { class: "buttons" }, ...choices.map(([word, kind]) => button(word, about(kind)))),
  );
}

function showIdle() {
  const now = current();
  const idle = (now?.idle ?? []).filter((row) => !AWAY.has(row.reason) && row.reason !== "absent");
  const inOrder = idle.sort((a, b) => (a.turn ?? Infinity) - (b.turn ?? Infinity));
  const rows = inOrder.map(({ person, reason, turn }) =>
    element("li", {}, nameOf(person), element("span", { class: "hint" }, ` ${turn ? say("turn", { turn }) : say(`reason_${reason}`)}`)),
  );
  replace("idle", rows.length ? rows : [element("li", { class: "hint" }, say("nobody_idle"))]);
}

function showTables() {
  const seats = current()?.seats ?? [];
  replace(
    "tables",
    seats.map((seat) =>
      element(
        "li",
        { class: seat.outcome === "missed" ? "missed" : null },
        element("b", {}, say("table", { table: seat.table })), " ",
        nameOf(seat.people[0]), " · ", nameOf(seat.people[1]),
        seat.outcome === "missed" ? element("span", { class: "hint" }, ` ${say("missed")}`) : null,
      ),
    ),
  );
}

function showProposals() {
  const rows = (room.view?.proposals ?? []).map((proposal) => {
    const publish = () => fetch(`/v1/events/${event}/proposals/${proposal.id}/publish`, { method: "POST" });
    const disabled = !room.connected;
    return element("li", { "data-proposal": proposal.id }, element("bdi", {}, proposal.text), " ", element("button", { type: "button", onclick: publish, disabled }, say("propose")));
  });
  replace("proposals", rows);
  place("proposed").hidden = !rows.length;
}

function showTaps() {
  const all = taps.list();
  const undone = new Set(all.map((tap) => tap.incident.incident));
  const names = new Map(people().map(({ person }) => [person.id, person]));
  const rows = all
    .filter((tap) => tap.incident.kind !== "undo" || tap.state === "refused")
    .slice(0, 12)
    .map((tap) => tapRow(tap, names.get(tap.incident.attendee), undone.has(tap.incident.id)));
  replace("taps", rows);
}

function tapRow(tap, person, isUndone) {
  const { kind } = tap.incident;
  const state = tap.state === "refused" ? say("refused", { why: tap.why }) : tap.state === "queued" ? say("queued") : "";
  return element(
    "li",
    { class: isUndone ? "missed" : null, "data-tap": tap.incident.id },
    `${clock(tap.at)} ${say(KINDS[kind] ?? kind, tap.incident)} `,
    person ? nameOf(person) : null,
    element("span", { class: "hint" }, isUndone ? ` ${say("undone")} ` : ` ${state} `),
    isUndone || tap.state === "refused" || kind === "undo"
      ? null
      : element("button", { type: "button", onclick: () => taps.undo(tap) }, say("undo")),
  );
}

function readNews() {
  return JSON.parse(localStorage.getItem(`tertius:news:${event}`) ?? "[]");
}

function keepNews(change) {
  for (const person of change.people ?? []) {
    const other = news.findIndex((row) => row.attendee === person.attendee && row.version === change.version);
    if (other < 0) news.unshift({ attendee: person.attendee, name: person.name, words: person.words, version: change.version, told: false });
  }
  saveNews();
}

// A device that comes to the day late is told what the last publication changed.
async function readLastChange() {
  if (localStorage.getItem(`tertius:news:${event}`) !== null) return;
  const versions = (await read("schedules"))?.schedules ?? [];
  const now = versions.find(({ status }) => status === "published");
  const before = versions.find(({ status, version }) => status === "superseded" && version < now?.version);
  const changed = before && (await read(`schedules/${now.version}/diff?from=${before.version}`));
  if (changed) keepNews(changed);
  show();
}

// What the api says at an address of this event; nothing where it cannot be asked.
async function read(address) {
  try {
    const answer = await fetch(`/v1/events/${event}/${address}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function saveNews() {
  news.splice(TOLD * 4);
  localStorage.setItem(`tertius:news:${event}`, JSON.stringify(news));
}

function showNews() {
  const open = news.filter((row) => !row.told).slice(0, TOLD);
  const rows = open.map((row) => {
    const told = () => {
      row.told = true;
      saveNews();
      showNews();
    };
    return element(
      "li",
      { class: "person", "data-attendee": row.attendee, "data-version": row.version },
      element("span", {}, element("b", {}, nameOf({ name: row.name, id: row.attendee })), ...row.words.map((line) => element("bdi", { class: "line" }, line))),
      element("button", { type: "button", onclick: told }, say("told")),
    );
  });
  replace("news", rows.length ? rows : [element("li", { class: "hint" }, say("nobody_to_tell"))]);
}

async function readArrivals() {
  const log = await read("incidents");
  if (!log) return; // it stays as it was told last
  const undone = new Set(log.incidents.filter(({ kind }) => kind === "undo").map(({ incident }) => incident));
  const seen = log.incidents.filter(({ kind, id }) => kind === "checked_in" && !undone.has(id));
  arrived = new Set(seen.flatMap(({ attendee, attendees }) => attendees ?? [attendee]));
  show();
}
