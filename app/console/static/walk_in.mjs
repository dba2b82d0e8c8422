// Somebody stands at the desk who is on no list: a form, and what it tells the day.

import { place, say } from "./elements.mjs";

export class WalkInForm {
  #form = place("walk-in");
  #taps;
  #people;

  // `people` tells who is known already: the same person is not to be there twice.
  constructor(taps, people) {
    this.#taps = taps;
    this.#people = people;
    this.#form.addEventListener("submit", (submission) => this.#add(submission));
    this.#form.elements.name.addEventListener("input", () => this.#warn());
  }

  // Has what the service refused corrected.
  fill({ name, organisation = "", offers = [], needs = [] }) {
    const texts = { name, organisation, offers: offers.join("\n"), needs: needs.join("\n") };
    for (const [field, text] of Object.entries(texts)) this.#form.elements[field].value = text;
    this.#form.closest("details").open = true;
    this.#form.elements.name.focus();
  }

  #add(submission) {
    submission.preventDefault();
    const text = (field) => this.#form.elements[field].value.trim();
    const lines = (field) => text(field).split("\n").map((line) => line.trim()).filter(Boolean);
    const id = `walk-in-${crypto.getRandomValues(new Uint32Array(3)).join("-")}`;
    const profile = { id, name: text("name"), organisation: text("organisation"), offers: lines("offers"), needs: lines("needs") };
    this.#taps.add({ kind: "late_arrival", attendee: id, profile });
    this.#form.reset();
    this.#form.elements.name.focus();
    place("walked-in").textContent = say("walked_in", { name: profile.name });
  }

  #warn() {
    const plain = (name) => (name ?? "").trim().toLocaleLowerCase();
    const name = plain(this.#form.elements.name.value);
    const isKnown = name && this.#people().some(({ person }) => plain(person.name) === name);
    place("walked-in").textContent = isKnown ? say("known") : "";
  }
}

// What one tap tells the day: a walk-in is on the list and was seen at the door, both or neither.
export function batchOf(incident, taps) {
  const seen = (id) => `${id}-seen`;
  const { id, kind, attendee, incident: before } = incident;
  if (incident.profile) return { incidents: [incident, { id: seen(id), kind: "checked_in", attendee }] };
  const isWalkIn = taps.some((tap) => tap.incident.id === before && tap.incident.profile);
  return { incidents: [...(isWalkIn ? [{ id: seen(id), kind, incident: seen(before) }] : []), incident] };
}
