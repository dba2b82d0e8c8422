// Whom to tell what was published: what it changes for each of them, and who was told already, and by whom.
// What stewards tick off is the service's, for all of them to see; what waits here to be sent counts here already.

import { readJson } from "./elements.mjs";
import { Taps } from "./taps.mjs";

const KEPT = 2000;

export class Notices {
  #address;
  #key;
  #onChange;
  #rows = []; // of everybody what changed since they were told last, the newest first
  #published = {}; // by version when it was published last, as far as this browser knows
  #seen = null; // the version up to which this browser knows what changed
  #told = []; // as the service tells it
  #taken = new Set(); // ids of taps that the service had when it told this
  #isBehind = false;
  ticks; // taps

  constructor(event, onChange) {
    this.#address = `/v1/events/${event}`;
    this.#key = `tertius:news:${event}`;
    this.#onChange = onChange;
    this.ticks = new Taps(`${event}:ticks`, onChange, `${this.#address}/ticks`, (tick) => ({ ticks: [tick] }));
    const kept = JSON.parse(localStorage.getItem(this.#key) ?? "{}");
    this.#rows = kept.rows ?? [];
    this.#published = kept.published ?? {};
    this.#seen = kept.seen ?? null;
    this.#told = kept.told ?? [];
    this.#taken = new Set(kept.taken ?? []);
  }

  // Everybody whom something was changed for: what, and the tick by which they were told, if they were.
  list() {
    const ticks = this.#current();
    return this.#rows.map((row) => ({ ...row, tick: ticks.find((tick) => this.#covers(tick, row)) ?? null }));
  }

  tick(row, told, by) {
    this.ticks.add({ version: row.version, attendee: row.attendee, told, by });
  }

  // A version was published.
  async hear(change) {
    const time = Date.parse(change.at);
    if (this.#seen === change.version && this.#published[change.version] === time) return;
    this.#published[change.version] = time;
    this.#seen = change.version;
    await this.#take(change, time);
  }

  // What was published while this browser did not listen.
  async catchUp(last) {
    if (!last || last.version === this.#seen || this.#isBehind) return;
    this.#isBehind = true;
    const from = this.#seen ?? (await this.#versionBefore(last.version));
    const change = from === 0 ? { people: [] } : from && (await this.#difference(from, last.version));
    this.#isBehind = false;
    if (change) await this.hear({ ...change, version: last.version, previous: from, at: last.at });
  }

  async readTold() {
    const taken = this.ticks.list().filter((tap) => tap.state === "sent").map((tap) => tap.incident.id);
    const answer = await readJson(`${this.#address}/ticks`);
    if (!answer) return; // it stays as it was told last
    this.#told = answer.told;
    this.#taken = new Set(taken);
    this.#keep();
  }

  // Who was told by now, the latest first: by the service, and by what was tapped since.
  #current() {
    const ours = this.ticks.list().filter((tap) => tap.state !== "refused" && !this.#taken.has(tap.incident.id));
    const latest = new Map();
    for (const { incident, state } of ours) {
      const key = `${incident.version} ${incident.attendee}`;
      if (!latest.has(key)) latest.set(key, { ...incident, at: null, state });
    }
    const theirs = this.#told.filter(({ version, attendee }) => !latest.has(`${version} ${attendee}`));
    return [...latest.values()].filter(({ told }) => told).concat(theirs.reverse());
  }

  // Who knows a version knows what changed before; who was told of it before it was published again does not.
  #covers(tick, row) {
    if (tick.attendee !== row.attendee) return false;
    const published = this.#published[tick.version] ?? (tick.version === row.version ? row.at : -Infinity);
    return row.at <= published && (tick.at === null || published <= Date.parse(tick.at));
  }

  // Whoever was not told yet what changed before is told all of it at once, or nothing if it is as it was.
  async #take({ people, version, previous }, time) {
    const open = new Map(this.list().filter(({ tick }) => !tick).map((row) => [row.attendee, row]));
    const changed = (people ?? []).map(({ attendee, name, words }) => {
      const before = open.get(attendee);
      return { attendee, name, version, at: time, from: before?.from ?? previous, words: [...(before?.words ?? []), ...words] };
    });
    const ids = new Set(changed.map(({ attendee }) => attendee));
    this.#rows = [...changed, ...this.#rows.filter(({ attendee }) => !ids.has(attendee))].slice(0, KEPT);
    this.#keep();
    for (const from of new Set(changed.map((row) => row.from))) if (from !== previous) await this.#sumUp(from, version);
  }

  async #sumUp(from, version) {
    const whole = from === version ? { people: [] } : await this.#difference(from, version);
    if (!whole) return;
    const words = new Map(whole.people.map((person) => [person.attendee, person.words]));
    this.#rows = this.#rows
      .map((row) => (row.from === from && row.version === version ? { ...row, words: words.get(row.attendee) ?? [] } : row))
      .filter((row) => row.words.length);
    this.#keep();
  }

  #difference(from, version) {
    return readJson(`${this.#address}/schedules/${version}/diff?from=${from}`);
  }

  // The version that was published before; 0 if there was none, nothing if that cannot be told.
  async #versionBefore(version) {
    const versions = (await readJson(`${this.#address}/schedules`))?.schedules;
    const before = versions?.filter((one) => one.status === "superseded" && one.version < version);
    return before && Math.max(0, ...before.map((one) => one.version));
  }

  #keep() {
    const kept = { rows: this.#rows, published: this.#published, seen: this.#seen, told: this.#told, taken: [...this.#taken] };
    localStorage.setItem(this.#key, JSON.stringify(kept));
    this.#onChange();
  }
}
