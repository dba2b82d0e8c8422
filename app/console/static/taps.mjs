// What somebody taps: kept in this browser, each tap with an id of its own, until the service has it.
// A tap that was sent and not answered is sent again: the service takes every id once.

const AGAIN = 2000;
const KEPT = 200;

export class Taps {
  #key;
  #address;
  #onChange;
  #bodyOf;
  #sending = false;

  // Of an event's incidents, or under another name of what an address takes in a body.
  constructor(name, onChange, address = `/v1/events/${name}/incidents`, bodyOf = (incident) => ({ incidents: [incident] })) {
    this.#key = `tertius:taps:${name}`;
    this.#address = address;
    this.#onChange = onChange;
    this.#bodyOf = bodyOf;
    addEventListener("storage", ({ key }) => key === this.#key && onChange());
    addEventListener("online", () => this.send());
    this.send();
  }

  // All taps of this browser, the newest first.
  list() {
    return JSON.parse(localStorage.getItem(this.#key) ?? "[]");
  }

  add(incident) {
    const tap = { incident: { id: crypto.getRandomValues(new Uint32Array(4)).join("-"), ...incident }, at: Date.now(), state: "queued" };
    this.#keep([tap, ...this.list()]);
    this.send();
  }

  undo(tap) {
    this.add({ kind: "undo", incident: tap.incident.id });
  }

  async send() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#oldest()) if (!(await this.#sendOne(this.#oldest().incident))) break;
    } finally {
      this.#sending = false;
      if (this.#oldest()) setTimeout(() => this.send(), AGAIN);
    }
  }

  #oldest() {
    return this.list().findLast((tap) => tap.state === "queued");
  }

  // Whether it is known by now what became of an incident.
  async #sendOne(incident) {
    const outcome = await this.#post(incident);
    if (outcome) this.#keep(this.list().map((tap) => (tap.incident.id === incident.id ? { ...tap, ...outcome } : tap)));
    return outcome !== null;
  }

  // What became of an incident; nothing where nobody can tell yet.
  async #post(incident) {
    try {
      const answer = await fetch(this.#address, {
        method: "POST",
        headers: { "Content-Type": "application/json", Prefer: "wait=0" },
        body: JSON.stringify(this.#bodyOf(incident)),
      });
      if (answer.ok) return { state: "sent" };
      if (answer.status >= 500 || [401, 408, 429].includes(answer.status)) return null;
      const problem = await answer.json();
      return { state: "refused", why: problem.errors[0]?.message ?? problem.title };
    } catch {
      return null;
    }
  }

  #keep(taps) {
    const waiting = taps.filter((tap, place) => place < KEPT || tap.state === "queued");
    localStorage.setItem(this.#key, JSON.stringify(waiting));
    this.#onChange();
  }
}
