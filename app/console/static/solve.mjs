// Draws how the best schedule and the bound move while a solve runs, and leads on once it ends.

const panel = document.getElementById("solve");
if (panel) watch(panel.dataset.progress);

function watch(address) {
  const points = [];
  const source = new EventSource(address);
  source.addEventListener("message", (event) => {
    points.push(JSON.parse(event.data));
    draw(points);
  });
  source.addEventListener("end", () => {
    source.close();
    location.reload();
  });
}

function draw(points) {
  const { gap } = points.at(-1);
  const text = (id) => document.getElementById(id).content.textContent;
  document.getElementById("state").textContent =
    gap === null ? text("searching") : text("within").replace("{percent}", (gap * 100).toFixed(1));
  const values = points.flatMap((p) => [p.objective, p.upper_bound]).filter((v) => v !== null);
  const high = Math.max(...values);
  const low = Math.max(Math.min(...values), high * 0.5); // the first steps would flatten all others
  const end = Math.max(points.at(-1).seconds, 1);
  const height = (value) => 190 - (Math.max(value - low, 0) / (high - low || 1)) * 180;
  const place = (p, value) =>
    `${((p.seconds / end) * 600).toFixed(1)},${height(value).toFixed(1)}`;
  for (const [name, field] of [["best", "objective"], ["bound", "upper_bound"]]) {
    const line = points.filter((p) => p[field] !== null).map((p) => place(p, p[field]));
    document.querySelector(`#curves polyline.${name}`).setAttribute("points", line.join(" "));
  }
}
