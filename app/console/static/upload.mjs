// A chosen file is sent to be tried, again with every correction of a column, and at last to be kept.

const upload = document.getElementById("upload");
const input = document.getElementById("file");
const preview = document.getElementById("preview");
let latest = 0;

input.addEventListener("change", () => input.files.length && send(false));
preview.addEventListener("change", (event) => {
  if (event.target.matches("select[data-column]")) {
    event.target.dataset.given = "";
    send(false);
  }
});
preview.addEventListener("click", (event) => event.target.id === "keep" && send(true));

if (input.files.length) send(false); // chosen before this was loaded, or kept by the browser over a reload

function corrections() {
  const given = preview.querySelectorAll("select[data-given]");
  return Object.fromEntries([...given].map((select) => [select.dataset.column, select.value]));
}

async function send(keep) {
  const number = ++latest;
  const address = new URL(upload.dataset.address, location.href);
  const said = corrections();
  if (Object.keys(said).length) address.searchParams.set("mapping", JSON.stringify(said));
  if (keep) address.searchParams.set("keep", "true");
  else if (!preview.childElementCount) preview.replaceChildren(contentOf("reading"));
  const answer = await ask(address);
  if (number !== latest) return;
  if (!answer) preview.replaceChildren(contentOf("unreachable"));
  else if (answer.next) location.assign(answer.next);
  else show(answer.html);
}

async function ask(address) {
  const headers = { "Content-Type": "application/octet-stream", "HX-Request": "true" };
  try {
    const answer = await fetch(address, { method: "POST", body: input.files[0], headers });
    return { next: answer.headers.get("HX-Redirect"), html: await answer.text() };
  } catch {
    return null;
  }
}

function show(html) {
  const focused = document.activeElement?.id;
  const parsed = new DOMParser().parseFromString(html, "text/html");
  preview.replaceChildren(...parsed.body.childNodes);
  const again = focused ? preview.querySelector(`#${CSS.escape(focused)}`) : null;
  (again ?? preview.querySelector("#found"))?.focus();
}

function contentOf(id) {
  return document.getElementById(id).content.cloneNode(true);
}
