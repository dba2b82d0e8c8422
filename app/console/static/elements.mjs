// Small helpers of our pages: elements that hold texts, and words with their places filled in.

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

export const words = JSON.parse(document.getElementById("words").textContent);

export function say(name, places = {}) {
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (all, place) => places[place] ?? all);
}

export function nameOf(person) {
  return element("bdi", {}, person.name ?? person.id);
}

export function clock(milliseconds) {
  return new Date(milliseconds).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function minutes(seconds) {
  const whole = Math.abs(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// What the api says at an address; nothing where it cannot be asked.
export async function readJson(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

export function join(...parts) {
  return parts.filter(Boolean).join(" · ");
}

export function place(id) {
  return document.getElementById(id);
}

// Puts parts in their place, if they say anything else than what is there: what is read out would be again.
// What had the focus, or stood open there, has and does so again. Rows about people or things carry their ids,
// for two who are called the same are not the same.
export function replace(id, parts) {
  const list = place(id);
  const made = element("div", {}, ...parts);
  if (made.innerHTML === list.innerHTML.replaceAll("<details open=\"\">", "<details>")) return;
  const held = (tag) => [...list.querySelectorAll(tag)];
  const focused = held("button, summary").indexOf(document.activeElement);
  const open = held("details").map((part) => part.open);
  list.replaceChildren(...made.childNodes);
  held("details").forEach((part, k) => (part.open = open[k] ?? false));
  if (focused >= 0) held("button, summary")[focused]?.focus();
}
