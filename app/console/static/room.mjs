// The room as the service tells it, as it changes; without a connection, as it was told last.

import { join, minutes, say } from "./elements.mjs";
import { keepPage } from "./kept_page.mjs";

const AGAIN = 2000;
const SOON = 12 * 3600;

keepPage();

export class Room {
  #address;
  #key;
  #tell;
  #source;
  view = null; // as GET …/live answers
  at = 0; // when it came, by this browser's clock
  connected = null; // whether the service tells the room; null while that is not known

  // `tell` hears "room" for every new view, "change" with the news, "connection" when that changes.
  constructor(event, tell) {
    this.#address = `/v1/events/${event}/live`;
    this.#key = `tertius:room:${event}`;
    this.#tell = tell;
    const kept = localStorage.getItem(this.#key);
    if (kept) Object.assign(this, JSON.parse(kept));
    addEventListener("offline", () => this.#lose());
    addEventListener("online", () => this.#connect());
    this.#connect();
  }

  // Which round runs or is next, and how long yet; nothing where there is none.
  clock() {
    const { running, next, seconds, ends_in } = this.view ?? {};
    if (running) return join(say("runs", running), this.#left(ends_in, "left", "over_time"));
    return next ? join(say("before", next), this.#left(seconds, "due_in", "was_due")) : "";
  }

  #left(seconds, ahead, past) {
    const left = this.#secondsTo(seconds);
    return left === null ? null : say(left < 0 ? past : ahead, { time: minutes(left) });
  }

  // Seconds until a moment that the view tells in seconds from its own time; null if that is on another day.
  #secondsTo(seconds) {
    const left = Math.round((seconds ?? Infinity) - (Date.now() - this.at) / 1000);
    return Math.abs(left) < SOON ? left : null;
  }

  #connect() {
    this.#source?.close();
    this.#source = new EventSource(this.#address);
    this.#source.addEventListener("now", ({ data }) => this.#take(JSON.parse(data)));
    this.#source.addEventListener("change", ({ data }) => this.#tell("change", JSON.parse(data)));
    this.#source.addEventListener("error", () => this.#lose());
  }

  #take(view) {
    Object.assign(this, { view, at: Date.now(), connected: true });
    localStorage.setItem(this.#key, JSON.stringify({ view, at: this.at }));
    this.#tell("room");
    this.#tell("connection");
  }

  #lose() {
    this.connected = false;
    this.#tell("connection");
    if (this.#source.readyState === EventSource.CLOSED) setTimeout(() => this.#connect(), AGAIN);
  }
}
