import { count, counted, h, svg, table } from "./kit.js"

const [width, height] = [240, 48]

/**
 * Small bars, one for each point of time, with the same numbers in a table. `series` are `[name, member of a point, kind]`;
 * their bars stand on each other. `summary` says the result in words, which is the sum if it is left out.
 */
export function plot(title, points, series, summary, unit = "") {
  const parts = points.map((point) => series.map(([, member]) => Number(point[member]) || 0))
  const sums = parts.map((numbers) => numbers.reduce((sum, number) => sum + number))
  const most = Math.max(1, ...sums)
  const result = summary ?? counted(sums.reduce((sum, number) => sum + number, 0), "attempt")
  const step = width / points.length
  const bars = parts.map((numbers, index) => {
    let y = height
    return numbers.map((number, part) => {
      const size = number && Math.max(1, (number / most) * height)
      y -= size
      return svg("rect", { class: series[part][2], x: index * step, y, width: Math.max(1, step - 1), height: size })
    })
  })
  const rows = points.filter((_, index) => sums[index] > 0)
  const columns = [["Minute", "at", "time"], ...series.map(([name, member]) => [name, member, "number"])]
  return h("figure", h("figcaption", h("b", title), h("span", result)),
    svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "plot", role: "img", "aria-label": `${title}: ${result}`,
      preserveAspectRatio: "none" }, svg("path", { d: `M0 ${height - 0.5}H${width}`, class: "base" }), bars),
    h("div.scale", h("span", "one hour ago"), h("span", `highest ${count(most)}${unit}`)),
    h("details", { "data-key": title }, h("summary", "Numbers"), rows.length
      ? h("div.scroll.short", { tabindex: "0", role: "region", "aria-label": `${title}: numbers` },
        table({ title, columns, kind: "plain" }, rows)) : h("p.none", "All of them are 0.")))
}
