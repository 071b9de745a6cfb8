import { h, svg } from "./dom.js"
import { when } from "./time.js"

const [width, height] = [240, 48]

/**
 * Small bars, one for each point of time, with the same numbers in a table. `series` are `{name, kind, value(point)}`;
 * their bars stand on each other. `summary` says the result in words.
 */
export function plot({ title, points, series, summary, unit = "" }) {
  const sums = points.map((point) => series.reduce((sum, { value }) => sum + (Number(value(point)) || 0), 0))
  const most = Math.max(1, ...sums)
  const step = width / Math.max(1, points.length)
  const bars = points.flatMap((point, index) => {
    let y = height
    return series.map(({ kind, value }) => {
      const number = Number(value(point)) || 0
      const size = number ? Math.max(1, (number / most) * height) : 0
      y -= size
      return svg("rect", { x: (index * step).toFixed(2), y: y.toFixed(2), width: Math.max(1, step - 1).toFixed(2),
        height: size.toFixed(2), class: kind })
    })
  })
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "plot", role: "img",
    "aria-label": `${title}: ${summary}`, preserveAspectRatio: "none" },
    svg("path", { d: `M0 ${height - 0.5}H${width}`, class: "base" }), bars)
  const rows = points.filter((_, index) => sums[index] > 0)
  const numbers = h("details", { "data-key": `numbers-${title}` }, h("summary", null, "Numbers"),
    rows.length
      ? h("div", { class: "scroll short", tabindex: "0", role: "region", "aria-label": `${title}: numbers` }, h(
        "table", null, h("caption", { class: "unseen" }, title),
        h("thead", null, h("tr", null, h("th", { scope: "col" }, "Minute"),
          series.map(({ name }) => h("th", { scope: "col", class: "number" }, name)))),
        h("tbody", null, rows.map((point) => h("tr", null, h("td", null, when(point.at)),
          series.map(({ value }) => h("td", { class: "number" }, String(value(point) ?? "–"))))))))
      : h("p", { class: "none" }, "All of them are 0."))
  return h("figure", null, h("figcaption", null, h("b", null, title), h("span", null, summary)), picture,
    h("div", { class: "scale" }, h("span", null, "one hour ago"),
      h("span", null, `highest ${most.toLocaleString("en")}${unit}`)), numbers)
}
