import { button, h, newId } from "./dom.js"
import { said } from "./text.js"

// The list of macros, and mistakes in the texts of a postback at their place.

function insert(control, text, begin = control.selectionStart, end = control.selectionEnd) {
  control.setRangeText(text, begin, end, "end")
  control.dispatchEvent(new Event("input", { bubbles: true }))
  control.focus()
}

/**
 * A button with the list of macros, `{template, meaning}`; the chosen one goes to the cursor of the field that `target`
 * answers.
 */
export function macroMenu(macros, target) {
  const items = macros.map(({ template, meaning }, index) =>
    button([h("code", template), h("small", meaning)], () => {
      menu.hidePopover()
      insert(target(), template)
    }, { title: meaning, autofocus: index === 0 }))
  const menu = h("div.menu", { id: newId("macros"), popover: "auto", role: "group", "aria-label": "Macros", onkeydown(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    items.at((items.indexOf(document.activeElement) + step) % items.length).focus()
  } }, items)
  return h("span.macros",
    h("button.quiet", { type: "button", popovertarget: menu.id, "aria-haspopup": "true" }, "Insert macro"), menu)
}

/** The text around the place that a message names, with the mistake marked, and a button with the nearest name. */
export function mistake(control, message) {
  const place = / character (\d+)/.exec(message)
  if (!place || !("selectionStart" in control)) return undefined
  const text = control.value
  // The message counts characters from 1 on, a field UTF-16.
  const begin = [...text].slice(0, place[1] - 1).join("").length
  const found = /^\{[^}]*\}?|^[^]/u.exec(text.slice(begin))?.[0] ?? ""
  const end = begin + found.length
  const [, wrong = "", right = ""] = /has no [a-z]+ "([^"]+)".*; did you mean ":?([^"]+)"/.exec(message) ?? []
  const at = text.indexOf(wrong, begin)
  return h("span.mistake",
    h("span.place", said(text.slice(Math.max(0, begin - 24), begin)), h("mark", said(found)), said(text.slice(end, end + 12))),
    wrong && at >= 0 && at <= end && button(`Use ${found.replace(wrong, right)}`, () =>
      insert(control, right, at, at + wrong.length)))
}

/** The field that a warning names, undefined if none; and for a macro of another network: `{text, macro}`. */
export function foreign({ code, message }) {
  const [, text, macro] = /^\S+ has "(.*)", which is sent unchanged; the macro here is (\{.*?\})(?: \(|$)/s.exec(message) ?? []
  const field = code === "secret_in_url" ? "url" : /^(url|request(?:Params|Headers)\S*) /.exec(message)?.[1]
  return { field, text, macro }
}
