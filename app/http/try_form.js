"use strict";

// Sends what the forms of the page say, to this service alone, and shows what it answers as text.
// The key stays in its input: nothing is stored.

const SHOWN = ["Content-Type", "ETag", "Location", "Retry-After"];
const EVENT_TAG = /^"\d+\.\d+"$/;
const MOST_SHOWN = 200_000;
const under_way = new Map();

for (const form of document.querySelectorAll("form[data-path]")) form.hidden = false;
document.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target);
});
document.addEventListener("click", (event) => {
  if (event.target.type === "button") under_way.get(event.target.form)?.abort();
});
document.addEventListener("change", (event) => {
  if (event.target.dataset.in === "path") fill("path", event.target.name, event.target.value);
});

/** Send the request of a form and show the answer below it, as it comes. */
async function send(form) {
  const [status, headers, body] = form.querySelectorAll("output, pre");
  const control = new AbortController();
  under_way.get(form)?.abort();
  under_way.set(form, control);
  status.textContent = "…";
  headers.textContent = body.textContent = "";
  headers.hidden = body.hidden = true;
  try {
    const answer = await fetch(address(form), { ...request(form), signal: control.signal });
    status.textContent = `${answer.status} ${answer.statusText}`;
    const seen = SHOWN.filter((name) => answer.headers.has(name));
    headers.textContent = seen.map((name) => `${name}: ${answer.headers.get(name)}`).join("\n");
    headers.hidden = !seen.length;
    take_up(answer);
    await show(answer, body);
  } catch (error) {
    if (under_way.get(form) !== control) return; // sent again meanwhile
    const stopped = error.name === "AbortError";
    status.textContent = stopped ? "Stopped" : `Not sent, or no answer: ${error.message}`;
  }
}

/** Where a form's request goes: its path and query, at the service that the page is from. */
function address(form) {
  const path = form.dataset.path.replace(/{(\w+)}/g, (_, name) =>
    encodeURIComponent(field(form, "path", name).value),
  );
  const query = new URLSearchParams(given(form, "query")).toString();
  return "." + path + (query && "?" + query);
}

/** Verb, headers and body of a form's request. */
function request(form) {
  const key = document.getElementById("key").value;
  const headers = new Headers(given(form, "header"));
  const body = form.querySelector("textarea");
  if (key) headers.set("Authorization", `Bearer ${key}`);
  if (body) headers.set("Content-Type", body.dataset.type);
  const method = form.dataset.method;
  return { method, headers, body: body?.value, credentials: "omit", cache: "no-store" };
}

/** Names and values of the filled inputs of a kind. */
function given(form, kind) {
  const inputs = [...form.querySelectorAll(`[data-in="${kind}"]`)];
  return inputs.filter((one) => one.value).map((one) => [one.name, one.value]);
}

function field(form, kind, name) {
  return form.querySelector(`[data-in="${kind}"][name="${name}"]`);
}

/** Offer what an answer says of where things are, and in which state, to the other forms. */
function take_up(answer) {
  const tag = answer.headers.get("ETag");
  if (EVENT_TAG.test(tag)) fill("header", "if-match", tag);
  const place = answer.headers.get("Location");
  for (const { dataset } of place ? document.forms : []) {
    const names = [];
    const form = dataset.path.replace(/{(\w+)}/g, (_, name) => (names.push(name), "([^/]+)"));
    const found = new RegExp(`^${form}$`).exec(place);
    if (found) names.forEach((name, k) => fill("path", name, decodeURIComponent(found[k + 1])));
  }
}

function fill(kind, name, value) {
  const same = document.querySelectorAll(`[data-in="${kind}"][name="${name}"]:required`);
  for (const input of same) input.value = value;
}

/** Show a body as it comes; JSON is laid out at its end. */
async function show(answer, body) {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part; reader && !(part = await reader.read()).done; ) {
    text += part.value;
    body.textContent = clipped(text);
    body.hidden = false;
  }
  if (/[/+]json/.test(answer.headers.get("Content-Type"))) body.textContent = clipped(laid_out(text));
}

function clipped(text) {
  return text.length > MOST_SHOWN ? text.slice(0, MOST_SHOWN) + "\n… and more" : text;
}

/** JSON on several lines; numbers and texts stay as they were written. */
function laid_out(json) {
  let depth = 0;
  const line = (step) => "\n" + " ".repeat((depth = Math.max(0, depth + step)));
  return json.replace(/"(?:[^"\\]|\\.)*"|\[\]|{}|[[{\]},:]/g, (token) => {
    if (token === "[" || token === "{") return token + line(1);
    if (token === "]" || token === "}") return line(-1) + token;
    if (token === ",") return token + line(0);
    return token === ":" ? ": " : token;
  });
}
