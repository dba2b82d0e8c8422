// The tables: who sits where, which are closed, and buttons to close and open them.

import { element, nameOf, place, replace, say } from "./elements.mjs";

const MOST = 500;
const FEW = 24;
let isNew = true;

// `now` is the round that is shown, `next` the first one in which a table can close or open.
export function showTables(now, next, taps, button) {
  const round = next ?? now;
  if (!round) return;
  const closed = round.closed_tables;
  const seats = new Map();
  for (const seat of now.seats) seats.set(seat.table, [...(seats.get(seat.table) ?? []), seat]);
  const sittersOf = (table) => (seats.get(table) ?? []).map(seatOf);
  const known = Array.from({ length: Math.min(round.tables, MOST) }, (_, k) => k + 1);
  const numbers = [...new Set([...known, ...seats.keys()])].filter((table) => !closed.includes(table)).sort((a, b) => a - b);
  const tap = (word, kind, table) => (next ? button(word, { kind, table }, "small") : null);
  const row = (table, ...parts) => element("li", { class: "person", "data-table": table }, ...parts);
  const waits = (table) => (taps.some((one) => one.state === "queued" && one.incident.table === table) ? element("span", { class: "hint" }, say("queued")) : null);
  const isLate = next && next.round !== now.round;
  const closure = (table) => element("span", {}, element("b", {}, say("table", { table })), " ", element("span", { class: "bad" }, say(isLate ? "closed_from" : "closed", next ?? {})), ...sittersOf(table));
  replace("closed-tables", closed.map((table) => row(table, closure(table), waits(table), tap("open", "table_opened", table))));
  replace("tables", [
    ...numbers.map((table) => row(table, element("span", {}, element("b", {}, say("table", { table })), ...sittersOf(table)), waits(table), tap("close", "table_closed", table))),
    next ? row(round.tables + 1, tap("add_table", "table_opened", round.tables + 1)) : null,
  ].filter(Boolean));
  if (isNew) place("all-tables").open = numbers.length <= FEW;
  isNew = false;
}

function seatOf(seat) {
  const isMissed = seat.outcome === "missed";
  return element(
    "span",
    { class: isMissed ? "missed" : null },
    " ", nameOf(seat.people[0]), " · ", nameOf(seat.people[1]),
    isMissed ? element("span", { class: "hint" }, ` ${say("missed")}`) : null,
  );
}
