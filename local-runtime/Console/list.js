import { h } from "./dom.js"
import { here, link, param } from "./query.js"
import { counted } from "./text.js"

/**
 * A table. A column is `{title, cell, kind}`; `kind` is the class of its cells. On a narrow screen each row becomes a
 * block with the columns' titles before the values; the roles are written out, because a changed `display` takes them
 * from the elements. `above` is a row over the titles, `detail(row)` what is open below a row.
 */
export function table({ caption, columns, rows, above, detail, rowKey }) {
  const body = h("tbody", { role: "rowgroup" })
  for (const row of rows) {
    body.append(h(
      "tr", { role: "row", id: rowKey?.(row) }, columns.map(({ title, cell, kind }) => h(
        "td", { role: "cell", class: kind, "data-title": title },
        h("div", null, cell(row))))))
    const more = detail?.(row)
    if (more) {
      body.append(h("tr", { role: "row", class: "detail" }, h("td", { role: "cell", colspan: columns.length }, more)))
    }
  }
  const titles = columns.map(({ title, head, kind }) =>
    h("th", { role: "columnheader", scope: "col", class: kind }, head ?? title))
  return h(
    "div", { class: "scroll" },
    h(
      "table", { role: "table", class: "blocks" }, h("caption", { class: "unseen" }, caption),
      h("thead", { role: "rowgroup" }, above, h("tr", { role: "row" }, titles)), body))
}

/** The end of a list: how many rows are shown, which is not their total, and the way to more. */
export function pages(shown, next, noun, nouns) {
  const isFirst = !param("after")
  const size = `${counted(shown, noun, nouns)} shown`
  return h(
    "nav", { class: "pages", "aria-label": "Pages" },
    h("span", null, next ? `${size}; there are more` : isFirst ? `${size}; these are all` : `${size}; this is the end`),
    !isFirst && h("a", { class: "button", href: here({ after: null, open: null }) }, "First page"),
    next && h("a", { class: "button", href: here({ after: next, open: null }), rel: "next" }, "Next page"))
}

/** A link in the words of a table. */
export const to = (page, values, content, properties) => h("a", { href: link(page, values), ...properties }, content)

/** Names and values. Values that are not there are left out. */
export const facts = (pairs) =>
  h("div", { class: "facts" }, pairs.filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => h("dl", null, h("dt", null, name), h("dd", null, value))))
