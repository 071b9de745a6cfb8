import { button, h } from "./dom.js"
import { said } from "./text.js"

// The macros of a postback's texts, as functions/README.md lists them, and mistakes in them at their place.

const macros = `{click_id} The affiliate's id of the click.
{transaction_id} The advertiser's id of the transaction.
{status} pending, done or rejected.
{payout} What the affiliate earns.
{currency} The currency of the amounts.
{sub1} The conversion's parameter sub1, and so on to {sub10}.
{params.page} Any of the conversion's parameters, here page.
{conversion_id} The conversion's id in this system.
{event_id} The id of the event: one change of a conversion.
{event_sequence} 1 for the conversion's first event, 2 for the next, and so on.
{delivery_id} The delivery's id, the same on each retry; use it to drop repeats.
{attempt} 1 for the first attempt, 2 for the next, and so on.
{affiliate_id} The affiliate's id.
{affiliate_name} The affiliate's name.
{offer_id} The offer's id.
{offer_name} The offer's name.
{goal_id} The goal's id.
{goal_name} The goal's name.
{previous_status} The status before; empty for the first event.
{status_reason} The reason of the status.
{revenue} What the network earns.
{sale_amount} What the customer paid.
{ip} The visitor's address.
{country} The visitor's country, two letters.
{user_agent} The visitor's browser.
{clicked_at} The time of the click.
{occurred_at} The time of the conversion.
{status_at} The time of the change to the status.
{timestamp} The time of the attempt.
{random} A UUID, the same on each retry.
{is_test} 1 for a test, else 0.
{status:pending=2,done=1,rejected=3} Replaces words.
{occurred_at:unix} Whole seconds since 1970.
{payout:number} A JSON number with the same digits.
{sub2|none} The text to use if there is no value.`.split("\n").map((line) => {
  const end = line.indexOf("} ") + 1
  return [line.slice(0, end), line.slice(end + 1)]
})

function insert(control, text, begin = control.selectionStart, end = control.selectionEnd) {
  control.setRangeText(text, begin ?? control.value.length, end ?? control.value.length, "end")
  control.dispatchEvent(new Event("input", { bubbles: true }))
  control.focus()
}

/** A button with the list of macros; the chosen one goes to the cursor of the field that `target` answers. */
export function macroMenu(target) {
  const menu = h("div", { popover: "auto", class: "menu", role: "group", "aria-label": "Macros" }, macros.map(
    ([macro, meaning]) => button(h("code", null, macro), () => {
      menu.hidePopover()
      insert(target(), macro)
    }, { title: meaning })))
  for (const [index, [, meaning]] of macros.entries()) menu.children[index].append(h("small", null, meaning))
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const items = [...menu.children]
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus()
  })
  const open = button("Insert macro", () => {
    menu.showPopover()
    menu.firstElementChild.focus()
  }, { class: "quiet", "aria-haspopup": "true" })
  return h("span", { class: "macros" }, open, menu)
}

/** The index in UTF-16 of a character that a message counts from 1 on. */
const index = (text, position) => [...text].slice(0, position - 1).join("").length

/** The text around the place that a message names, with the mistake marked, and a button with the nearest name. */
export function mistake(control, message) {
  const place = / character (\d+)/.exec(message)
  if (!place || !("selectionStart" in control)) return undefined
  const text = control.value
  const begin = index(text, Number(place[1]))
  const found = /^\{[^}]*\}?|^[^]/u.exec(text.slice(begin))?.[0] ?? ""
  const context = h(
    "span", { class: "place" }, said(text.slice(Math.max(0, begin - 24), begin)), h("mark", null, said(found)),
    said(text.slice(begin + found.length, begin + found.length + 12)))
  const names = /has no [a-z]+ "([^"]+)".*; did you mean "([^"]+)"/.exec(message)
  const wrong = names?.[1] ?? ""
  const right = names?.[2].replace(/^:/, "")
  const at = names ? text.indexOf(wrong, begin) : -1
  const mend = at < 0 || at > begin + found.length ? undefined : button(`Use ${found.replace(wrong, right)}`, () =>
    insert(control, right, at, at + wrong.length), { class: "mend" })
  return h("span", { class: "mistake" }, context, mend)
}

/** A macro of another network that a warning names: `{field, text, macro}`. */
export function foreign({ code, message }) {
  if (code !== "foreign_macro") return undefined
  const found = /^(\S+) has "(.*)", which is sent unchanged; the macro here is (\{.*?\})(?: \(|$)/s.exec(message)
  return found ? { field: found[1], text: found[2], macro: found[3] } : undefined
}
