// The page of an attendee: their next meeting, their day, and what they have to say.
// Whose it is tells a cookie that no script can read, for which the secret of the link is exchanged.

import { clock, element, nameOf, place, replace, say, words } from "./elements.mjs";
import { keepPage } from "./kept_page.mjs";
import { Taps } from "./taps.mjs";

const LOOK = 20000; // about; as often as this while the service cannot tell of changes itself
const SPREAD = 5000; // not all phones of a room at once
const AGAIN = 2000;
const SOON = [700, 3000, 8000]; // a repair takes a moment
const OURS = "tertius:me";
const GONE = ["dropped_out", "left_early"];
const LATEST = 3;
const JSON_BODY = { "Content-Type": "application/json" };
const languages = JSON.parse(document.getElementById("languages").textContent);

const secret = takeSecret();
let isKnown = true;
let connected = null;
let source = null;
if (secret) await enter(secret);
const page = localStorage.getItem(OURS) ?? "none";
const kept = `${OURS}:${page}`;
let state = JSON.parse(localStorage.getItem(kept) ?? "null") ?? { day: null, etag: null, at: 0 };
const reports = new Taps(`me:${page}:incidents`, hear, "/v1/me/incidents");
const answers = new Taps(`me:${page}:feedback`, hear, "/v1/me/feedback", (said) => ({ feedback: [said] }));
let waiting = countWaiting();

place("wish").addEventListener("submit", sendWish);
place("leave").addEventListener("click", leave);
place("follow").addEventListener("toggle", showFollowUps);
addEventListener("storage", ({ key }) => key === OURS && location.reload());
addEventListener("online", listen);
addEventListener("offline", look);
document.addEventListener("visibilitychange", listen);
setInterval(() => document.hidden || isTold() || listen(), LOOK * (0.8 + 0.4 * Math.random()));
show();
look();
listen();
keepPage();

// The secret of the link; it stays in no address, and so in no history and on no screen.
function takeSecret() {
  const found = location.hash.slice(1);
  if (found) history.replaceState(null, "", location.pathname);
  return found;
}

// Exchanges the secret, as soon as there is a network.
async function enter(secret) {
  for (;;) {
    const answer = await ask("POST", "/v1/me", { secret });
    if (answer?.ok) return localStorage.setItem(OURS, (await answer.json()).page);
    if (answer && answer.status < 500 && answer.status !== 429) return (isKnown = false);
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

// What the service answers; nothing where it cannot be asked.
async function ask(method, path, body) {
  try {
    return await fetch(path, { method, ...(body ? { headers: JSON_BODY, body: JSON.stringify(body) } : {}) });
  } catch {
    return null;
  }
}

// Whether the service tells of changes as they come.
function isTold() {
  return source?.readyState === EventSource.OPEN;
}

// Has the service tell of changes, as long as somebody looks at the page; and looks what there is now.
function listen() {
  source?.close();
  source = null;
  if (document.hidden || !isKnown) return;
  source = new EventSource("/v1/me");
  source.addEventListener("open", look);
  source.addEventListener("error", look);
  source.addEventListener("change", ({ data }) => setTimeout(look, JSON.parse(data).mine ? 0 : SPREAD * Math.random()));
}

async function look() {
  if (!isKnown) return show();
  try {
    const headers = state.etag ? { "If-None-Match": state.etag } : {};
    const answer = await fetch("/v1/me", { cache: "no-store", headers });
    connected = answer.ok || answer.status === 304;
    if (answer.status === 401) return close();
    if (answer.ok) state = { day: await answer.json(), etag: answer.headers.get("ETag"), at: 0 };
    if (connected) keep();
  } catch {
    connected = false;
  }
  show();
}

function keep() {
  state.at = Date.now();
  localStorage.setItem(kept, JSON.stringify(state));
}

// Forgets all that this browser keeps of attendees.
function forget() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(OURS) || key.startsWith("tertius:taps:me:")) localStorage.removeItem(key);
  }
  state = { day: null, etag: null, at: 0 };
}

function close() {
  isKnown = false;
  listen();
  forget();
  show();
}

async function leave() {
  if ((await ask("DELETE", "/v1/me"))?.ok) close();
}

function countWaiting() {
  return [...reports.list(), ...answers.list()].filter((tap) => tap.state === "queued").length;
}

// What was tapped has gone out, or waits for the network.
function hear() {
  const before = waiting;
  waiting = countWaiting();
  if (waiting < before) SOON.forEach((later) => setTimeout(look, later));
  show();
}

function show() {
  const { day } = state;
  speak(day);
  showConnection();
  place("nobody").hidden = isKnown;
  place("me").hidden = !isKnown || !day;
  if (isKnown && day) showDay(day);
}

// Speaks the reader's own language, else the browser's, else the event's.
function speak(day) {
  const wished = [day?.language, ...navigator.languages.map((tag) => tag.split("-")[0]), day?.event_language];
  const language = wished.find((code) => code in languages) ?? document.documentElement.lang;
  document.documentElement.lang = language;
  Object.assign(words, languages[language]);
  for (const part of document.querySelectorAll("[data-say]")) part.textContent = say(part.dataset.say);
  place("nobody").textContent = say("no_link");
  place("title").textContent = day?.event || say("my_meetings");
  document.title = place("title").textContent;
}

function showConnection() {
  const parts = connected === null || !isKnown ? [] : [say(connected ? "connected" : "offline", { time: clock(state.at || Date.now()) })];
  if (waiting) parts.push(say("queued"));
  place("connection").textContent = parts.join(" · ");
  place("connection").classList.toggle("lost", connected === false);
}

function showDay(day) {
  const rounds = day.agenda?.rounds ?? [];
  place("who").replaceChildren(nameOf(day.attendee));
  showNext(day, rounds);
  showReport(day, rounds);
  showWishes(day);
  place("day").hidden = !rounds.length;
  place("privately").hidden = !rounds.some(({ held }) => held);
  replace("rounds", rounds.map((round) => element("li", {}, ...roundRow(day, round))));
  place("calendar").hidden = !rounds.some(({ starts_at }) => starts_at);
  place("follow").hidden = !rounds.some(({ held }) => held);
}

function openRounds(rounds) {
  return rounds.filter(({ held, kind }) => !held && kind !== "cancelled");
}

function showNext(day, rounds) {
  const running = rounds.find((round) => round.running);
  const [next] = openRounds(rounds);
  const cards = [];
  if (running) cards.push(roundCard("now", running));
  if (next) cards.push(roundCard("next", next));
  if (!cards.length) cards.push(element("p", { class: "card" }, say(day.agenda ? "over" : "unpublished")));
  replace("next", cards);
}

function roundCard(when, round) {
  const meeting = meetingOf(round);
  return element(
    "section",
    { class: "card" },
    element("h2", {}, `${say(when)}: ${headOf(round)}`),
    meeting
      ? element(
          "div",
          { class: "meeting" },
          element("div", {}, element("bdi", { class: "partner" }, meeting.partner.name ?? meeting.partner.id), organisationOf(meeting)),
          element("p", { class: "number" }, say("table"), element("b", {}, String(meeting.table))),
        )
      : null,
    ...linesOf(round),
  );
}

function headOf({ round, starts_at }) {
  const head = say("round", { round });
  return starts_at ? `${head}, ${starts_at.slice(11, 16)}` : head;
}

function meetingOf(round) {
  return round.kind === "meeting" ? (round.meetings.findLast(({ outcome }) => outcome !== "missed") ?? null) : null;
}

function organisationOf({ partner }) {
  return partner.organisation ? element("bdi", {}, partner.organisation) : null;
}

// What is to be known of a round, below its heading; sentences are ready to be read.
function linesOf(round) {
  return round.text.split("\n").slice(1).map((line) => element("p", {}, line));
}

function roundRow(day, round) {
  const meeting = meetingOf(round);
  const title = element("b", {}, headOf(round));
  if (!meeting) return [title, " ", round.place];
  const where = ` · ${say("table")} ${meeting.table}`;
  const row = [title, where, " · ", nameOf(meeting.partner)];
  if (round.held) return [...row, feedbackOf(day, round, meeting.partner)];
  return [element("details", {}, element("summary", {}, ...row), organisationOf(meeting), ...linesOf(round))];
}

// What was said of a partner: what was tapped last, else what the service knows.
function saidOf(day, partner) {
  const tap = answers.list().find(({ incident, state }) => incident.partner === partner.id && state !== "refused");
  return tap?.incident ?? day.feedback.find((said) => said.partner === partner.id) ?? null;
}

function feedbackOf(day, round, partner) {
  const said = saidOf(day, partner);
  const tell = (more) => answers.add({ partner: partner.id, round: round.round, ...more });
  const more = (name) => tell({ valuable: said.valuable, would_refer: !!said.would_refer, undisclosed_pitch: !!said.undisclosed_pitch, [name]: !said[name] });
  const first = [
    choice("valuable", said?.valuable === true, () => tell({ valuable: true })),
    choice("not_valuable", said?.valuable === false, () => tell({ valuable: false })),
    choice("not_held", said?.held === false, () => tell({ held: false })),
  ];
  const second = ["would_refer", "undisclosed_pitch"].map((name) => choice(name, !!said?.[name], () => more(name)));
  const isAsked = said && said.held !== false && typeof said.valuable === "boolean";
  return element(
    "div",
    { role: "group", "aria-label": say("how_was_it") },
    element("p", { class: "hint" }, say("how_was_it")),
    element("div", { class: "buttons" }, ...first),
    isAsked ? element("div", { class: "buttons" }, ...second) : null,
  );
}

function choice(word, isPressed, onclick) {
  return element("button", { type: "button", "aria-pressed": String(isPressed), onclick }, say(word));
}

function button(text, onclick) {
  return element("button", { type: "button", onclick }, text);
}

function showReport(day, rounds) {
  const open = openRounds(rounds);
  place("report").hidden = !open.length;
  replace("report", open.length ? [...reportParts(day, open), ...refusals()] : []);
}

function reportParts(day, [next, ...later]) {
  if (GONE.includes(day.away)) return [element("p", {}, say("left"))];
  if (day.away_rounds.length) {
    return [
      element("p", {}, say("away", { rounds: day.away_rounds.join(", ") })),
      button(say("here_after_all"), () => reports.add({ kind: "return" })),
    ];
  }
  const from = later.slice(0, LATEST).map(({ round }) => button(say("from_round", { round }), () => reports.add({ kind: "late_arrival", round })));
  return [
    button(say("skip", next), () => reports.add({ kind: "pause", round: next.round })),
    element("p", { class: "hint" }, say("quietly")),
    from.length ? element("details", {}, element("summary", {}, say("late")), element("div", { class: "buttons" }, ...from)) : null,
  ].filter(Boolean);
}

// The last thing that was tapped, while it waits or if it was refused.
function refusals() {
  const [tap] = [...reports.list(), ...answers.list()].sort((one, other) => other.at - one.at);
  if (tap?.state === "queued") return [element("p", { class: "hint" }, say("queued"))];
  return tap?.state === "refused" ? [element("p", { class: "bad" }, say("refused", { why: tap.why }))] : [];
}

function showWishes(day) {
  place("wishing").hidden = !day.may_wish;
  replace("wished", [...wishList("wants_list", day.wishes.wants), ...wishList("avoid_list", day.wishes.avoid)]);
}

function wishList(title, people) {
  if (!people.length) return [];
  const rows = people.map((person) => {
    const wish = { name: person.name ?? person.id, wish: "neither", ...(person.organisation ? { organisation: person.organisation } : {}) };
    return element("li", { class: "person" }, nameOf(person), button(say("take_back"), () => tellWish(wish)));
  });
  return [element("h3", {}, say(title)), element("ul", { class: "plain" }, ...rows)];
}

async function sendWish(event) {
  event.preventDefault();
  const { name, organisation } = Object.fromEntries(new FormData(event.target));
  const wish = { name, wish: event.submitter?.value || "meet", ...(organisation ? { organisation } : {}) };
  if (await tellWish(wish)) event.target.reset();
}

async function tellWish(wish) {
  const answer = await ask("POST", "/v1/me/wishes", wish);
  const problem = answer && !answer.ok ? await answer.json() : null;
  const code = problem?.errors[0]?.code;
  place("answer").textContent = answer?.ok ? "" : say(code in words ? code : "not_sent");
  if (answer?.ok) await look();
  return answer?.ok ?? false;
}

async function showFollowUps() {
  if (!place("follow").open) return;
  const answer = await ask("GET", "/v1/me/follow-ups");
  const { meetings } = answer?.ok ? await answer.json() : { meetings: [] };
  const rows = meetings.map(({ partner, they_can, you_can }) =>
    element("li", {}, nameOf(partner), ...[...they_can, ...you_can].map((line) => element("p", {}, line))),
  );
  replace("follow-ups", rows);
}
