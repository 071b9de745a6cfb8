import { h } from "./dom.js"

// Text that others wrote: it is isolated from the direction of the text around it, its invisible characters are shown
// as symbols, and a long one is folded.

const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\ufe00-\ufe0f]/gu

const code = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`

/** The names of the characters below U+0020; few fonts have the pictures of U+2400. */
const names = `NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI
  DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US`.split(/\s+/)

const symbol = (character) => names[character.codePointAt(0)] ?? (character === "\x7f" ? "DEL" : code(character))

/** The text as nodes, with a marked symbol in place of each character that is invisible or changes the direction. */
function marked(text, lines) {
  const nodes = []
  let end = 0
  for (const found of text.matchAll(invisible)) {
    if (lines && /[\n\t]/.test(found[0])) continue
    nodes.push(text.slice(end, found.index), h("span", { class: "mark", title: code(found[0]) }, symbol(found[0])))
    end = found.index + found[0].length
  }
  nodes.push(text.slice(end))
  return nodes
}

/** A `<bdi>` with the text. What is beyond `limit` characters is folded behind a button. */
export function said(value, { limit = 2000, lines = false } = {}) {
  const text = String(value ?? "")
  const bdi = h("bdi", null)
  if (text.length <= limit) {
    bdi.append(...marked(text, lines))
    return bdi
  }
  const more = h("button", { type: "button", class: "fold", "aria-expanded": "false" })
  const draw = (isOpen) => {
    const end = /[\ud800-\udbff]/.test(text[limit - 1]) ? limit - 1 : limit
    bdi.replaceChildren(...marked(isOpen ? text : text.slice(0, end), lines))
    more.setAttribute("aria-expanded", String(isOpen))
    more.textContent = isOpen ? "Show less" : `Show all ${text.length.toLocaleString("en")} characters`
  }
  more.addEventListener("click", () => draw(more.getAttribute("aria-expanded") !== "true"))
  draw(false)
  return h("span", { class: "folded" }, bdi, more)
}

/** A short text for the cell of a table. */
export const brief = (value) => (value === undefined || value === null ? none() : said(value, { limit: 120 }))

/** The sign for a value that is not there. */
export const none = (why = "none") => h("span", { class: "none", title: why }, "–")

/** The name of a record with its id below, or the id alone if the name says the same. */
export function named({ id, name }) {
  if (name === undefined || name === null || name === id) return said(id, { limit: 120 })
  return h("span", { class: "named" }, said(name, { limit: 120 }), h("small", null, said(id, { limit: 120 })))
}

/** A number with separators of thousands; digits that a JavaScript number cannot hold stay as they are. */
export const count = (value) => (Number.isSafeInteger(value) ? value.toLocaleString("en") : String(value))

/** "1 delivery", "2 deliveries". */
export const counted = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`
