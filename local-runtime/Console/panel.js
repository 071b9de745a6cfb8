import { follow } from "./clock.js"
import { button, h, newId } from "./dom.js"
import { write } from "./json.js"
import { said } from "./text.js"

/**
 * A part of a page with data of its own. It loads, fails and is refreshed by itself, and draws four states apart:
 * loading, an error with "Try again", nothing yet, and no match with "Clear filters". The clock refreshes it if `isLive`.
 */
export function panel({ title, load, draw, isEmpty, empty, noMatch, clear, tools, isHeadingHidden, isLive = true }) {
  const heading = h("h2", { id: newId("panel"), class: isHeadingHidden ? "unseen" : undefined }, title)
  const body = h("div", { class: "body" })
  const stale = h("div", { class: "stale", role: "status" })
  const node = h(
    "section", { class: "panel", "aria-labelledby": heading.id },
    h("div", { class: "head" }, heading, h("div", { class: "tools" }, tools)), stale, body)
  let drawn
  let shown
  let turn = 0

  const state = (kind, ...content) => {
    node.dataset.state = kind
    body.replaceChildren(h("div", { class: `state ${kind}` }, content))
  }
  const again = () => button("Try again", () => refresh())

  function show(data, isForced) {
    const text = write(data)
    if (text === drawn && !isForced) return
    drawn = text
    shown = data
    const key = body.contains(document.activeElement) ? document.activeElement.dataset.key : undefined
    const open = [...body.querySelectorAll("details[open][data-key]")].map((details) => details.dataset.key)
    if (isEmpty?.(data)) {
      if (noMatch) state("no-match", h("p", null, noMatch), h("a", { class: "button", href: clear }, "Clear filters"))
      else state("nothing", empty)
    } else {
      node.dataset.state = "shown"
      body.replaceChildren(...[draw(data)].flat())
    }
    for (const details of body.querySelectorAll("details[data-key]")) details.open ||= open.includes(details.dataset.key)
    if (key) body.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus()
  }

  /** Loads anew. `isQuiet` keeps what is shown until the answer is there, and also if there is none. */
  async function refresh({ isQuiet = false } = {}) {
    const mine = (turn += 1)
    if (!isQuiet || drawn === undefined) {
      drawn = undefined
      state("loading", h("p", null, "Loading…"))
    }
    try {
      const data = await load()
      if (mine !== turn) return
      stale.replaceChildren()
      show(data)
    } catch (error) {
      if (mine !== turn) return
      if (drawn !== undefined) {
        stale.replaceChildren(h("p", null, "Not refreshed: ", said(error.message), " "), again())
        return
      }
      if (!error.code) console.error(error)
      state("error", h("p", { role: "alert" }, h("strong", null, `${title}: no answer to show. `), said(error.message)),
        (error.details ?? []).filter(({ message }) => message !== error.message)
          .map(({ field, message }) => h("p", null, said(`${field} ${message}`))), again())
    }
  }

  if (isLive) follow(() => refresh({ isQuiet: true }))
  document.addEventListener("signed-in", () => node.dataset.state === "error" && refresh())
  refresh()
  return { node, refresh: () => refresh({ isQuiet: true }), redraw: () => drawn !== undefined && show(shown, true) }
}
