// The page of the day: the clock of rounds, who is here, who waits, tables, and whom to tell.

import { clock, element, nameOf, place, readJson, replace, say } from "./elements.mjs";
import { Notices } from "./notices.mjs";
import { Room } from "./room.mjs";
import { showTables } from "./tables.mjs";
import { Taps } from "./taps.mjs";
import { batchOf, WalkInForm } from "./walk_in.mjs";

const SHOWN = 40;
const TOLD = 50;
const AWAY = new Set(["not_here", "dropped_out", "left_early", "no_show", "paused", "late"]);
const KINDS = { checked_in: "arrived", return: "back", round_started: "start", round_finished: "finish", delay: "later", late_arrival: "walk_in" };
const STEWARD = "tertius:steward";
const event = document.getElementById("day").dataset.event;
let arrived = new Set();
let isListening = false;

const taps = new Taps(event, () => show(), `/v1/events/${event}/incidents`, (incident) => batchOf(incident, taps.list()));
const notices = new Notices(event, () => show());
const room = new Room(event, hear);
const form = new WalkInForm(taps, people);
place("find").addEventListener("input", showPeople);
place("steward").value = localStorage.getItem(STEWARD) ?? "";
place("steward").addEventListener("input", () => localStorage.setItem(STEWARD, steward()));
setInterval(showClock, 1000);
show();

function hear(what, change) {
  if (what === "change" && change.kind === "incidents") readArrivals();
  if (what === "change" && change.kind === "ticks") notices.readTold();
  if (what === "change" && change.kind === "published") notices.hear(change);
  if (what === "room") notices.catchUp(room.view.last_change);
  if (room.connected && !isListening) {
    // What came meanwhile was not heard.
    readArrivals();
    notices.readTold();
  }
  isListening = room.connected;
  show();
}

// What other stewards are told who this is.
function steward() {
  return place("steward").value.replace(/\p{C}/gu, "").trim();
}

function show() {
  showConnection();
  showClock();
  showButtons();
  showPeople();
  showIdle();
  showNotices();
  showTables(current(), room.view?.next, taps.list(), button);
  showProposals();
  showTaps();
}

function current() {
  return room.view?.running ?? room.view?.next ?? null;
}

function showConnection() {
  const time = clock(room.at || Date.now());
  const waiting = everyTap().filter((tap) => tap.state === "queued").length;
  const parts = room.connected === null ? [] : [say(room.connected ? "connected" : "away", { time })];
  if (waiting) parts.push(say("waiting", { count: waiting }));
  place("connection").textContent = parts.join(" · ");
  place("bar").classList.toggle("lost", room.connected === false);
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

function showProposals() {
  const rows = (room.view?.proposals ?? []).map((proposal) => {
    const publish = () => fetch(`/v1/events/${event}/proposals/${proposal.id}/publish`, { method: "POST" });
    const disabled = !room.connected;
    return element("li", { "data-proposal": proposal.id }, element("bdi", {}, proposal.text), " ", element("button", { type: "button", onclick: publish, disabled }, say("propose")));
  });
  replace("proposals", rows);
  place("proposed").hidden = !rows.length;
}

// All taps of this browser, the newest first.
function everyTap() {
  return [...taps.list(), ...notices.ticks.list()].sort((a, b) => b.at - a.at);
}

function showTaps() {
  const all = everyTap();
  const undone = new Set(all.map((tap) => tap.incident.incident));
  const names = new Map(people().map(({ person }) => [person.id, person]));
  const rows = all
    .filter((tap) => tap.incident.kind !== "undo" || tap.state === "refused")
    .slice(0, 12)
    .map((tap) => tapRow(tap, names.get(tap.incident.attendee) ?? tap.incident.profile, undone.has(tap.incident.id)));
  replace("taps", rows);
}

function tapRow(tap, person, isUndone) {
  const state = tap.state === "refused" ? say("refused", { why: tap.why }) : tap.state === "queued" ? say("queued") : "";
  return element(
    "li",
    { class: isUndone ? "missed" : null, "data-tap": tap.incident.id },
    `${clock(tap.at)} ${wordOf(tap.incident)} `,
    person ? nameOf(person) : null,
    element("span", { class: tap.state === "refused" ? "bad" : "hint" }, isUndone ? ` ${say("undone")} ` : ` ${state} `),
    isUndone ? null : choiceOf(tap),
  );
}

function wordOf(incident) {
  if (incident.version) return say(incident.told ? "told" : "untold");
  return say(KINDS[incident.kind] ?? incident.kind, incident);
}

// What can be done about what somebody tapped.
function choiceOf(tap) {
  const { kind, profile, version } = tap.incident;
  const choice = (word, onclick) => element("button", { type: "button", onclick }, say(word));
  if (tap.state === "refused") return profile ? choice("correct", () => form.fill(profile)) : null;
  return kind === "undo" || version ? null : choice("undo", () => taps.undo(tap));
}

function showNotices() {
  const all = notices.list();
  const open = all.filter((row) => !row.tick);
  const told = all.filter((row) => row.tick);
  const rows = open.slice(0, TOLD).map((row) =>
    noticeRow(row, row.words.map((line) => element("bdi", { class: "line" }, line)), "told", "", true),
  );
  if (open.length > TOLD) rows.push(element("li", { class: "hint" }, say("more", { count: open.length - TOLD })));
  replace("news", rows.length ? rows : [element("li", { class: "hint" }, say("nobody_to_tell"))]);
  const done = told.slice(0, TOLD).map((row) => noticeRow(row, [tickText(row.tick)], "undo", "quiet", false));
  replace("told-list", done);
  place("news-count").textContent = open.length;
  place("told-count").textContent = told.length;
  place("told-part").hidden = !told.length;
}

function noticeRow(row, parts, word, style, isTold) {
  return element(
    "li",
    { class: "person", "data-attendee": row.attendee, "data-version": row.version },
    element("span", {}, element("b", {}, nameOf({ name: row.name, id: row.attendee })), ...parts),
    element("button", { type: "button", class: style, onclick: () => notices.tick(row.tick ?? row, isTold, steward()) }, say(word)),
  );
}

function tickText({ by, at, state }) {
  const told = element("span", { class: "hint" }, " ");
  if (by) told.append(element("bdi", {}, by), " · ");
  told.append(at ? clock(Date.parse(at)) : state === "queued" ? say("queued") : "");
  return told;
}

async function readArrivals() {
  const log = await readJson(`/v1/events/${event}/incidents`);
  if (!log) return; // it stays as it was told last
  const undone = new Set(log.incidents.filter(({ kind }) => kind === "undo").map(({ incident }) => incident));
  const seen = log.incidents.filter(({ kind, id }) => kind === "checked_in" && !undone.has(id));
  arrived = new Set(seen.flatMap(({ attendee, attendees }) => attendees ?? [attendee]));
  show();
}
