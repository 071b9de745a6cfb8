import { h } from "./dom.js"
import { none, said } from "./text.js"

// Times are shown in UTC. The local time is in the title, and in the text while the time has the focus.

const form = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/
const two = (number) => String(Math.abs(number)).padStart(2, "0")

function local(date, hasFraction) {
  const offset = -date.getTimezoneOffset()
  const day = [String(date.getFullYear()).padStart(4, "0"), two(date.getMonth() + 1), two(date.getDate())].join("-")
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")
  const zone = `${offset < 0 ? "-" : "+"}${two(Math.trunc(offset / 60))}:${two(offset % 60)}`
  return `${day} ${clock}${hasFraction ? `.${String(date.getMilliseconds()).padStart(3, "0")}` : ""} ${zone}`
}

/** A `<time>` of an RFC 3339 text. `exact` shows milliseconds; `stacked` puts the time of day below the day. */
export function when(text, { exact = false, stacked = false } = {}) {
  if (text === undefined || text === null) return none()
  const found = form.exec(text)
  if (!found) return said(text)
  const [, day, clock, fraction] = found
  const here = local(new Date(text), exact)
  const inUTC = `${day} ${clock}${exact ? (fraction ?? "") : ""}`
  const shown = stacked ? [day, " ", h("span", { class: "clock" }, clock)] : [inUTC]
  const node = h("time", { datetime: text, tabindex: "0", title: `${here} here, ${inUTC} UTC` }, ...shown)
  node.addEventListener("focus", () => node.replaceChildren(here))
  node.addEventListener("blur", () => node.replaceChildren(...shown))
  return node
}

/** The present in UTC, to the millisecond. */
export const now = () => new Date().toISOString()

/** The time so many seconds ago. */
export const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString()

/** The value of a field of the type datetime-local, which is read as UTC. */
export const fromField = (text) => (text ? `${text.length === 16 ? `${text}:00` : text}Z` : undefined)

/** "850 ms", "12 s", "3 min", "2 h", "4 d" for a length of time in seconds. */
export function span(seconds) {
  if (seconds === undefined || seconds === null) return "–"
  const value = Number(seconds)
  for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]]) {
    if (value >= size * (size === 1 ? 1 : 2)) return `${Math.floor(value / size)} ${unit}`
  }
  return `${Math.round(value * 1000)} ms`
}
