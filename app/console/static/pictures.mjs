// Draws the pictures of a page from the numbers that stand beside each; the same is told as a table.

const { echarts } = globalThis;
const drawn = [];
const dark = matchMedia("(prefers-color-scheme: dark)");

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// What all pictures share: our colours, patterns beside colours, and tooltips that are text.
function frame(options) {
  return {
    animation: false,
    color: [colour("best"), colour("bound"), colour("soft"), colour("bad")],
    textStyle: { color: colour("ink"), fontFamily: getComputedStyle(document.body).fontFamily },
    aria: { enabled: true, label: { enabled: false }, decal: { show: options.patterned } },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: colour("paper"),
      borderColor: colour("line"),
      textStyle: { color: colour("ink") },
      formatter: options.told,
    },
    ...options.rest,
  };
}

function axis(values, more) {
  const line = { lineStyle: { color: colour("line") } };
  return {
    type: values ? "category" : "value",
    data: values,
    axisLine: line,
    splitLine: { ...line, show: !values },
    axisLabel: { color: colour("ink"), hideOverlap: true },
    ...more,
  };
}

// So few bars have room for names of two lines; of more, long names are cut, and the table has all of them.
const FEW_BARS = 8;

// Bars by category, upright or sideways; a value may come with words to be shown in its place.
function bars(chart, place) {
  const few = chart.categories.length <= FEW_BARS;
  const names = axis(chart.categories, chart.sideways && {
    inverse: true,
    axisLabel: { color: colour("ink"), width: Math.min(place.clientWidth * 0.4, 420), lineHeight: 14, overflow: few ? "break" : "truncate" },
  });
  const numbers = axis(undefined, { minInterval: chart.whole ? 1 : 0, min: chart.from ?? 0, max: chart.to });
  const text = (series, k) => series.texts?.[k] ?? `${series.values[k]}`;
  return frame({
    patterned: chart.series.length > 1,
    told: ({ seriesIndex, dataIndex }) => {
      const series = chart.series[seriesIndex];
      return `${chart.categories[dataIndex]}\n${series.name}: ${text(series, dataIndex)}`;
    },
    rest: {
      grid: { left: 8, right: 40, top: chart.series.length > 1 ? 40 : 16, bottom: 8, containLabel: true },
      legend: { show: chart.series.length > 1, top: 0, textStyle: { color: colour("ink") } },
      xAxis: chart.sideways ? numbers : names,
      yAxis: chart.sideways ? names : numbers,
      series: chart.series.map((series) => ({
        type: "bar",
        name: series.name,
        data: series.values,
        barMaxWidth: 40,
        label: {
          show: true,
          position: chart.sideways ? "right" : "top",
          color: colour("ink"),
          formatter: ({ dataIndex }) => (series.values[dataIndex] ? text(series, dataIndex) : ""),
        },
      })),
    },
  });
}

// People and who of them meet; whoever is pointed at shows with their neighbours alone.
function network(chart, place) {
  const most = Math.max(...chart.nodes.map((node) => node.count), 1);
  const area = (place.clientWidth * place.clientHeight) / (chart.nodes.length + 1);
  const crowded = area < 10_000; // then names would hide each other
  return frame({
    patterned: false,
    told: ({ dataType, data }) => (dataType === "node" ? data.told : ""),
    rest: {
      series: [{
        type: "graph",
        left: "15%",
        right: "15%",
        top: "12%",
        bottom: "12%",
        layout: "force",
        force: { repulsion: Math.min(area / 25, 500), edgeLength: place.clientHeight / 7, gravity: 0.12, layoutAnimation: false },
        data: chart.nodes.map((node) => ({
          id: node.id,
          name: node.name,
          told: `${node.name}: ${node.count}`,
          symbolSize: 4 + Math.min(22, Math.sqrt(area) / 6) * Math.sqrt(node.count / most),
          label: { show: !crowded || node.id === chart.of },
          itemStyle: { color: colour(node.id === chart.of ? "bound" : "best") },
        })),
        links: chart.links.map(([source, target]) => ({ source, target })),
        label: { position: "right", color: colour("ink"), textBorderColor: colour("paper"), textBorderWidth: 2 },
        labelLayout: { hideOverlap: true },
        lineStyle: { color: colour("soft"), opacity: 0.4 },
        emphasis: { focus: "adjacency", label: { show: true } },
      }],
    },
  });
}

const kinds = { bars, network };

function draw({ chart, place, picture }) {
  const options = kinds[place.dataset.picture](chart, place);
  picture.setOption(options, true);
  if (options.series[0].layout === "force") fit(picture, options, place);
}

// Forces push whoever they will out of sight: draw all where they came to lie, as far apart as fits.
function fit(picture, options, place) {
  const [series] = options.series;
  const lying = picture.getModel().getSeriesByIndex(0).getData();
  const at = series.data.map((node, k) => lying.getItemLayout(k));
  const spread = (axis, size) => {
    const low = Math.min(...at.map((point) => point[axis]));
    const high = Math.max(...at.map((point) => point[axis]));
    return (point) => ((point[axis] - low) / (high - low || 1)) * size;
  };
  const x = spread(0, place.clientWidth * 0.7);
  const y = spread(1, place.clientHeight * 0.76);
  series.layout = "none";
  series.data = series.data.map((node, k) => ({ ...node, x: x(at[k]), y: y(at[k]) }));
  picture.setOption(options, true);
}

for (const place of document.querySelectorAll("[data-picture]")) {
  const chart = JSON.parse(document.getElementById(`${place.id}-numbers`).textContent);
  if (chart.sideways) place.style.height = `${70 + chart.categories.length * (18 + 14 * chart.series.length)}px`;
  const one = { chart, place, picture: echarts.init(place) };
  draw(one);
  drawn.push(one);
  // A click on somebody asks the form beside it the same question that keys can ask there.
  const choice = document.getElementById(place.dataset.choice ?? "");
  if (choice) {
    one.picture.on("click", ({ dataType, data }) => {
      if (dataType !== "node") return;
      choice.value = data.id;
      choice.form.requestSubmit();
    });
  }
}

dark.addEventListener("change", () => drawn.forEach(draw));
addEventListener("resize", () => {
  for (const one of drawn) {
    one.picture.resize();
    draw(one);
  }
});
