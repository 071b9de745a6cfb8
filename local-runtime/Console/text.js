import { h, isGiven, svg } from "./dom.js"

// Text that others wrote: it is isolated from the direction of the text around it, its invisible characters are shown
// as symbols, and a long one is folded.

const invisible = /([\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\ufe00-\ufe0f])/u

const code = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`

/** The names of the characters below U+0020; few fonts have the pictures of U+2400. */
const names = `NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI
  DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US`.split(/\s+/)

/** The text as nodes, with a marked symbol in place of each character that is invisible or changes the direction. */
const marked = (text, lines) => text.split(invisible).map((part, index) => {
  if (index % 2 === 0 || (lines && /[\n\t]/.test(part))) return part
  const symbol = names[part.codePointAt(0)] ?? (part === "\x7f" ? "DEL" : code(part))
  return h("span.mark", { title: code(part) }, symbol)
})

/** A `<bdi>` with the text. What is beyond `limit` characters is folded behind a button. */
export function said(value, { limit = 2000, lines = false } = {}) {
  const text = String(value ?? "")
  if (text.length <= limit) return h("bdi", marked(text, lines))
  const bdi = h("bdi")
  const end = /[\ud800-\udbff]/.test(text[limit - 1]) ? limit - 1 : limit
  const more = h("button.fold", { type: "button", onclick: () => draw(more.ariaExpanded !== "true") })
  const draw = (isOpen) => {
    bdi.replaceChildren(...marked(isOpen ? text : text.slice(0, end), lines))
    more.ariaExpanded = isOpen
    more.textContent = isOpen ? "Show less" : `Show all ${count(text.length)} characters`
  }
  draw(false)
  return h("span", bdi, more)
}

export const none = () => h("span.none", { title: "none" }, "–")

export const brief = (value) => (isGiven(value) ? said(value, { limit: 120 }) : none())

/** The name of a record with its id below, or the id alone if the name says the same. */
export const named = ({ id, name }) =>
  (isGiven(name) && name !== id ? h("span.named", brief(name), h("small", brief(id))) : brief(id))

/** A number with separators of thousands; digits that a JavaScript number cannot hold stay as they are. */
export const count = (value) => (Number.isSafeInteger(value) ? value.toLocaleString("en") : String(value))

/** A number with its noun, whose plural ends in -s, or in -ies where the noun ends in -y. */
export const counted = (value, noun) => `${count(value)} ${value === 1 ? noun : `${noun.replace(/y$/, "ie")}s`}`

/**
 * A `<time>` of an RFC 3339 text in UTC, without fractions of a second unless it `isExact`. The local time is in the
 * title, and in the text while the time has the focus.
 */
export function when(text, isExact) {
  if (!isGiven(text)) return none()
  const [, day, clock, digits = ""] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/.exec(text) ?? []
  if (!day) return said(text)
  const fraction = isExact ? digits : ""
  // Sweden writes 2026-01-02 03:04:05 GMT+05:30.
  const here = new Date(text).toLocaleString("sv", { timeZoneName: "longOffset" }).replace(" GMT", `${fraction} GMT`)
  const shown = [day, " ", h("span.hour", clock, fraction)]
  const node = h("time", {
    datetime: text, tabindex: "0", title: `${here} here, ${day} ${clock}${fraction} UTC`,
    onfocus: () => node.replaceChildren(here), onblur: () => node.replaceChildren(...shown),
  }, shown)
  return node
}

export const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString()

/** The value of a field of the type datetime-local, which is read as UTC. */
export const fromField = (text) => (text ? `${text.length === 16 ? `${text}:00` : text}Z` : undefined)

/** "850 ms", "12 s", "3 min", "2 h", "4 d" for a length of time in seconds. */
export function span(seconds) {
  if (!isGiven(seconds)) return "–"
  for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]]) {
    if (seconds >= size * (size === 1 ? 1 : 2)) return `${Math.floor(seconds / size)} ${unit}`
  }
  return `${Math.round(seconds * 1000)} ms`
}

// A state is a word and a shape; the colour only supports them.

const circle = "M6 1.75a4.25 4.25 0 1 1 0 8.5a4.25 4.25 0 1 1 0-8.5z"
const drawings = {
  ring: circle, clock: `${circle}M6 3.6V6l1.7 1`, slash: `${circle}M3 9l6-6`,
  again: "M10 6a4 4 0 1 1-1.3-3M10.2 1.2v2.4H7.8", arrow: "M1.5 6h8M6.5 2.8L9.8 6L6.5 9.2", bars: "M4 2.5v7M8 2.5v7",
  check: "M1.8 6.4l2.8 2.8l5.6-6", cross: "M2.8 2.8l6.4 6.4M9.2 2.8l-6.4 6.4", dash: "M2.5 6h7",
  block: "M2.5 2.5h7v7h-7zM4.4 4.4l3.2 3.2M7.6 4.4L4.4 7.6", skip: "M2 2.8L5.2 6L2 9.2M6.6 2.8L9.8 6L6.6 9.2",
  question: "M4 4.2a2 2 0 1 1 2.9 1.8c-.7.3-.9.7-.9 1.3M6 9.4v.2",
}

/** The state, its drawing, its kind (which decides the colour) and its word, where that is not the state itself. */
const states = Object.fromEntries(`owed ring still
retrying again warns
in_flight arrow runs
held bars warns
delivered check good
failed cross bad
dead block bad
skipped skip still
cancelled slash still
pending clock still Pending
done check good Done
rejected cross bad Rejected
paused bars warns Paused
inactive dash still Inactive
fired arrow runs
not_fired dash still did not fire
alive check good
silent cross bad
blocked slash bad
failing again warns
paced skip warns
retry again warns
unknown question warns
on check good
off dash still`.split("\n").map((line) => {
  const [state, drawing, kind, ...words] = line.split(" ")
  return [state, { drawing, kind, word: words.join(" ") }]
}))

/** A state as a word; also one that this page does not know. */
export const word = (state) => states[state]?.word || state.replaceAll("_", " ")

/** The states of a delivery, in the order of its life, and the statuses of a conversion, each with its word. */
export const deliveryStates = Object.keys(states).slice(0, 9).map((state) => [state, word(state)])
export const statuses = ["pending", "done", "rejected"].map((status) => [status, word(status)])

export function shape(state) {
  const { drawing, kind } = states[state] ?? states.owed
  return h("span.shape", { class: kind },
    svg("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" }, svg("path", { d: drawings[drawing] })),
    said(word(state), { limit: 160 }))
}
