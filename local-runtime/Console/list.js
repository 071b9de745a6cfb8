import { call, whole } from "./call.js"
import { button, h, isGiven, newId } from "./dom.js"
import { choice, input as textField, showFaults, suggestions } from "./form.js"
import { here, param } from "./query.js"
import { follow } from "./shell.js"
import { brief, count, counted, fromField, named, none, said, shape, when } from "./text.js"

export const headline = (title, { back, actions, below } = {}) => h("div.headline",
  h("div", back && h("p.back", back), h("h1", title), below), h("div.tools", actions))

export const facts = (pairs) => h("div.facts", pairs.filter(([, value]) => isGiven(value))
  .map(([name, value]) => h("dl", h("dt", name), h("dd", value))))

const kinds = {
  time: when, stacked: when, number: count, name: named, word: shape, wide: said, code: (text) => h("code", text),
}

/** A value in the form of its kind, which is also the class of its cell. */
const shown = (value, kind) => (isGiven(value) ? (kinds[kind] ?? brief)(value) : none())

/**
 * A table. A column is `[title, content, kind, head]`; `content` is the name of a row's member or a function of the row.
 * On a narrow screen each row becomes a block with the columns' titles before the values; the roles are written out,
 * because a changed `display` takes them from the elements. `above` is a row over the titles, `detail(row)` what is
 * open below a row.
 */
export function table({ title, columns, above, detail, rowKey, kind = "blocks" }, rows) {
  const row = (properties, ...cells) => h("tr", { role: "row", ...properties }, cells)
  const cell = (properties, ...content) => h("td", { role: "cell", ...properties }, content)
  const whole = (name, content) => content && row({ class: name }, cell({ colspan: columns.length }, content))
  return h("table", { role: "table", class: kind }, h("caption.unseen", title),
    h("thead", { role: "rowgroup" }, whole("above", above?.()), row({}, columns.map(([name, , kind, head = name]) =>
      h("th", { role: "columnheader", scope: "col", class: kind }, head)))),
    h("tbody", { role: "rowgroup" }, rows.map((one) => [
      row({ id: rowKey?.(one) }, columns.map(([name, content, kind]) => cell({ class: kind, "data-title": name },
        h("div", typeof content === "string" ? shown(one[content], kind) : content(one))))),
      whole("detail", detail?.(one)),
    ])))
}

/**
 * A part of a page with data of its own. It loads, fails and is refreshed by itself, and draws four states apart:
 * loading, an error with "Try again", nothing yet, and no match with "Clear filters". The clock refreshes it if `isLive`,
 * and after an error that may pass. Answers its element, which has the method `redraw`.
 */
export function panel({ title, load, draw, isEmpty, empty, noMatch, clear, hasHeading, isLive = true }) {
  const heading = h("h2", { id: newId("panel"), class: !hasHeading && "unseen" }, title)
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
    const key = body.contains(document.activeElement) && document.activeElement.dataset.key
    const kept = [...body.querySelectorAll("details[open], :checked")].map((one) => one.dataset.key)
    if (!isEmpty?.(data)) {
      node.dataset.state = "shown"
      body.replaceChildren(...[draw(data)].flat().filter(Boolean))
    } else if (noMatch) state("no-match", h("p", noMatch), h("a.button", { href: clear }, "Clear filters"))
    else state("nothing", h("p", empty))
    for (const keyed of body.querySelectorAll("[data-key]")) {
      if (kept.includes(keyed.dataset.key)) keyed.open = keyed.checked = true
      if (keyed.dataset.key === key) keyed.focus()
    }
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
      state("error", h("div", { role: "alert" }, h("strong", `${title}: no answer to show. `), showFaults(body, error)), again())
    }
  }

  follow((isAsked) => (isAsked || isLive || mayPass) && refresh(true))
  document.addEventListener("signed-in", () => node.dataset.state === "error" && refresh())
  refresh()
  node.redraw = () => drawn !== undefined && show(current, true)
  return node
}

/** The end of a list: how many rows are shown, which is not their total, and the way to more. */
function ending(number, noun, next, isPaged) {
  const isFirst = !param("after")
  const rest = next ? "there are more" : isFirst ? "these are all" : "this is the end"
  const sentence = h("span", `${counted(number, noun)} shown; ${rest}`)
  return !isPaged ? h("p.pages", sentence) : h("nav.pages", { "aria-label": "Pages of the list" }, sentence,
    !isFirst && h("a.button", { href: here({ after: null, open: null }) }, "First page"),
    next && h("a.button", { href: here({ after: next, open: null }), rel: "next" }, "Next page"))
}

/**
 * A panel with a table of records. The title, such as "Offers", names them: `listOffers` is the function that `load` asks
 * for a page of them if it is not given, and `offers` the `member` of its answer. `clear` is the address without filters,
 * if there are some. `footer(answer)` stands below instead of the number of rows.
 */
export function list({ title, input, footer, clear, isPaged = true, member = title.toLowerCase(), ...more }) {
  const noun = member.replace(/ies$/, "y").replace(/s$/, "")
  return panel({
    title, clear, load: () => call(`list${title}`, { limit: 50, after: param("after"), ...input }),
    isEmpty: (answer) => !answer[member].length, noMatch: clear && `No ${noun} matches these filters.`, ...more,
    draw(answer) {
      const rows = answer[member]
      return [h("div.scroll", table({ title, ...more }, rows)), !rows.length ? h("div.state.nothing", h("p", more.empty))
        : footer ? h("p.pages", footer(answer)) : ending(rows.length, noun, answer.next, isPaged)]
    },
  })
}

const lists = { offers: "listOffers", affiliates: "listAffiliates" }

/**
 * Filters are a form whose fields become the page's URL, so that the browser's history and bookmarks hold them. A field
 * is `[name, label, kind, example]`: `kind` is "offers" or "affiliates" (with suggestions), "number", "time", "short",
 * or the options of a choice. Answers the form, the input that the fields stand for, and the address without filters if
 * one is set.
 */
export function filters(fields) {
  const form = h("form.filters", { "aria-label": "Filters", onformdata({ formData }) {
    for (const [name, value] of [...formData]) if (value.trim() === "") formData.delete(name)
  } })
  const filter = {}
  for (const [name, label, kind = "text", placeholder] of fields) {
    const value = param(name)
    const id = newId("filter")
    const isTime = kind === "time"
    const control = Array.isArray(kind) ? choice([["", "Any"], ...kind], value, { id, name })
      : textField({ id, name, placeholder, value: value ?? "", type: isTime ? "datetime-local" : "text" })
    form.append(h("div", { class: Array.isArray(kind) ? "choice" : kind }, h("label", { for: id }, label), control))
    // Suggestions are a help only: without them the field is a plain one.
    if (lists[kind]) call(lists[kind], { limit: 1000 }).then((answer) => {
      const ids = suggestions(answer[kind])
      control.after(ids)
      control.setAttribute("list", ids.id)
    }, () => undefined)
    if (value) filter[name] = kind === "number" ? whole(value) : isTime ? fromField(value) : value
  }
  const clear = Object.keys(filter).length > 0 && location.pathname
  form.append(h("div.go", h("button", "Apply"), clear && h("a.button.quiet", { href: clear }, "Clear filters")))
  return { form, filter, clear }
}
