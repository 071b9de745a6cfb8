import { count, h, svg, table } from "./kit.js"

const [width, height] = [240, 48]

/**
 * Small bars, one for each point of time, with the same numbers in a table. `series` are `[name, kind, value(point)]`;
 * their bars stand on each other. `summary` says the result in words.
 */
export function plot(title, points, summary, series, unit = "") {
  const sums = points.map((point) => series.reduce((sum, [, , value]) => sum + (Number(value(point)) || 0), 0))
  const most = Math.max(1, ...sums)
  const step = width / Math.max(1, points.length)
  const bars = points.flatMap((point, index) => {
    let y = height
    return series.map(([, kind, value]) => {
      const number = Number(value(point)) || 0
      const size = number ? Math.max(1, (number / most) * height) : 0
      y -= size
      return svg("rect", { class: kind, x: (index * step).toFixed(2), y: y.toFixed(2),
        width: Math.max(1, step - 1).toFixed(2), height: size.toFixed(2) })
    })
  })
  const rows = points.filter((_, index) => sums[index] > 0)
  const columns = [["Minute", "at", "time"],
    ...series.map(([name, , value]) => [name, (point) => String(value(point) ?? "–"), "number"])]
  return h("figure", h("figcaption", h("b", title), h("span", summary)),
    svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "plot", role: "img", "aria-label": `${title}: ${summary}`,
      preserveAspectRatio: "none" }, svg("path", { d: `M0 ${height - 0.5}H${width}`, class: "base" }), bars),
    h("div.scale", h("span", "one hour ago"), h("span", `highest ${count(most)}${unit}`)),
    h("details", { "data-key": title }, h("summary", "Numbers"), rows.length
      ? h("div.scroll.short", { tabindex: "0", role: "region", "aria-label": `${title}: numbers` },
        table({ caption: title, rows, columns, kind: "" })) : h("p.none", "All of them are 0.")))
}
