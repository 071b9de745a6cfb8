import { call, whole } from "./call.js"
import { choice } from "./dialog.js"
import { button, h, input as textField, newId } from "./dom.js"
import { here, link, param } from "./query.js"
import { follow } from "./shell.js"
import { brief, count, counted, fromField, named, none, said, shape, when } from "./text.js"

export const to = (page, values, content, properties) => h("a", { href: link(page, values), ...properties }, content)

export const facts = (pairs) =>
  h("div.facts", pairs.filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => h("dl", h("dt", name), h("dd", value))))

/** A value as its kind says, which is also the class of its cell. */
function shown(value, kind) {
  if (value === undefined || value === null) return none()
  return ({ time: when, number: count, name: named, word: shape }[kind] ?? brief)(value)
}

/**
 * A table. A column is `[title, content, kind, head]`; `content` is the name of a row's member or a function of the row.
 * On a narrow screen each row becomes a block with the columns' titles before the values; the roles are written out,
 * because a changed `display` takes them from the elements. `above` is a row over the titles, `detail(row)` what is
 * open below a row.
 */
export function table({ caption, columns, rows, above, detail, rowKey, kind = "blocks" }) {
  const row = (properties, ...cells) => h("tr", { role: "row", ...properties }, cells)
  const cell = (properties, ...content) => h("td", { role: "cell", ...properties }, content)
  return h("table", { role: "table", class: kind }, h("caption.unseen", caption),
    h("thead", { role: "rowgroup" }, above && row({ class: "above" }, cell({ colspan: columns.length, class: "action" }, above)),
      row({}, columns.map(([title, , kind, head]) =>
        h("th", { role: "columnheader", scope: "col", class: kind }, head ?? title)))),
    h("tbody", { role: "rowgroup" }, rows.map((one) => {
      const more = detail?.(one)
      return [
        row({ id: rowKey?.(one) }, columns.map(([title, content, kind]) =>
          cell({ class: kind, "data-title": title },
          h("div", typeof content === "string" ? shown(one[content], kind) : content(one))))),
        more && row({ class: "detail" }, cell({ colspan: columns.length }, more)),
      ]
    })))
}

/** The end of a list: how many rows are shown, which is not their total, and the way to more. */
function pageLinks(shown, next, nouns) {
  const isFirst = !param("after")
  return h("nav.pages", { "aria-label": "Pages" },
    h("span", `${counted(shown, ...nouns)} shown; `, next ? "there are more" : isFirst ? "these are all" : "this is the end"),
    !isFirst && h("a.button", { href: here({ after: null, open: null }) }, "First page"),
    next && h("a.button", { href: here({ after: next, open: null }), rel: "next" }, "Next page"))
}

/**
 * A part of a page with data of its own. It loads, fails and is refreshed by itself, and draws four states apart:
 * loading, an error with "Try again", nothing yet, and no match with "Clear filters". The clock refreshes it if `isLive`,
 * and after an error that may pass.
 */
export function panel({ title, load, draw, isEmpty, empty, noMatch, clear, hasHeading, isLive = true }) {
  const heading = h("h2", { id: newId("panel"), class: hasHeading ? "" : "unseen" }, title)
  const body = h("div.body")
  const stale = h("div.stale", { role: "status" })
  const node = h("section.panel", { "aria-labelledby": heading.id }, heading, stale, body)
  let [drawn, current, turn, mayPass] = [undefined, undefined, 0, false]

  const state = (kind, ...content) => {
    node.dataset.state = kind
    body.replaceChildren(h("div.state", { class: kind }, content))
  }
  const again = () => button("Try again", () => refresh())

  function show(data, isForced) {
    const text = JSON.stringify(data)
    if (text === drawn && !isForced) return
    ;[drawn, current] = [text, data]
    const key = body.contains(document.activeElement) ? document.activeElement.dataset.key : undefined
    const open = [...body.querySelectorAll("details[open][data-key]")].map((details) => details.dataset.key)
    if (!isEmpty?.(data)) {
      node.dataset.state = "shown"
      body.replaceChildren(...[draw(data)].flat().filter(Boolean))
    } else if (noMatch) state("no-match", h("p", noMatch), h("a.button", { href: clear }, "Clear filters"))
    else state("nothing", h("p", empty))
    for (const details of body.querySelectorAll("details[data-key]")) details.open ||= open.includes(details.dataset.key)
    if (key) body.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus()
  }

  /** Loads anew. `isQuiet` keeps what is shown until the answer is there, and also if there is none. */
  async function refresh(isQuiet) {
    const mine = (turn += 1)
    if (!isQuiet) {
      drawn = undefined
      state("loading", h("p", "Loading…"))
    }
    try {
      const data = await load()
      if (mine !== turn) return
      stale.replaceChildren()
      mayPass = false
      show(data)
    } catch (error) {
      if (mine !== turn) return
      mayPass = error.retryable
      if (drawn !== undefined) {
        stale.replaceChildren(h("p", "Not refreshed: ", said(error.message)), again())
        return
      }
      if (!error.code) console.error(error)
      state("error", h("p", { role: "alert" }, h("strong", `${title}: no answer to show. `), said(error.message)),
        (error.details ?? []).filter(({ message }) => message !== error.message)
          .map(({ field, message }) => h("p", said(`${field} ${message}`))), again())
    }
  }

  follow(() => (isLive || mayPass) && refresh(true))
  document.addEventListener("signed-in", () => node.dataset.state === "error" && refresh())
  refresh()
  return { node, refresh: () => refresh(true), redraw: () => drawn !== undefined && show(current, true) }
}

/**
 * A panel with a table. `rows(answer)` are its rows, `nouns` the word for one and for many of them; `footer(answer)`
 * stands below instead of the links to other pages.
 */
export const list = ({ title, rows, columns, above, detail, rowKey, nouns, footer, ...more }) => panel({
  title, isEmpty: (answer) => !rows(answer).length, ...more,
  draw(answer) {
    const found = rows(answer)
    return [h("div.scroll", table({ caption: title, columns, rows: found, above: above?.(), detail, rowKey })),
      !found.length ? h("div.state.nothing", h("p", more.empty))
        : footer ? h("p.pages", footer(answer)) : pageLinks(found.length, answer.next, nouns)]
  },
})

/** Suggestions for ids. They are a help only: without them the field is a plain one. */
function suggestions(kind) {
  const node = h("datalist", { id: newId(kind) })
  call(kind === "offers" ? "listOffers" : "listAffiliates", { limit: 1000 }).then(
    (answer) => node.append(...answer[kind].map(({ id, name }) => h("option", { value: id }, name))), () => undefined)
  return node
}

/**
 * Filters are a form whose fields become the page's URL, so that the browser's history and bookmarks hold them. A field
 * is `[name, label, kind, example]`: `kind` is "offers" or "affiliates" (with suggestions), "number", "time", "short",
 * or the options of a choice. Answers the form, the input that the fields stand for, and whether one is set.
 */
export function filters(page, fields) {
  const form = h("form.filters", { action: `${page}.html`, "aria-label": "Filters" })
  const input = {}
  for (const [name, label, kind = "", placeholder] of fields) {
    const value = param(name)
    const id = newId("filter")
    const isChoice = Array.isArray(kind)
    const suggested = ["offers", "affiliates"].includes(kind) && suggestions(kind)
    const control = isChoice ? choice([["", "Any"], ...kind], value, { id, name }) : textField({
      id, name, placeholder, value: value ?? "", type: kind === "time" ? "datetime-local" : "text", list: suggested?.id })
    form.append(h("div", { class: isChoice ? "" : kind }, h("label", { for: id }, label), control, suggested))
    if (value !== undefined) input[name] = kind === "number" ? whole(value) : kind === "time" ? fromField(value) : value
  }
  const isActive = Object.keys(input).length > 0
  form.append(h("div.go", h("button", { type: "submit" }, "Apply"),
    isActive && h("a.button.quiet", { href: link(page) }, "Clear filters")))
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value.trim() === "") formData.delete(name)
  })
  return { form, input, isActive, clear: link(page) }
}
