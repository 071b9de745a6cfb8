// JSON whose numbers keep their digits. JSON.parse would change 9007199254740993 and 12.30.

/** A number that a JavaScript number would not show as it was written. */
export class Digits {
  constructor(text) { this.text = text }
  toString() { return this.text }
}

const escaped = /["\\\u0000-\u001f]/
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const deepest = 512

/** The number as a JavaScript number where that shows the same text, or else its digits. */
const exact = (text) => (String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : new Digits(text))

/** A whole number that a person or a URL gives as text, such as an id; other text stays text. */
export const whole = (text) => (/^[1-9]\d{0,37}$/.test(String(text).trim()) ? exact(String(text).trim()) : text)

/** Reads one JSON value. Objects have no prototype, so that a member "__proto__" is a member like all others. */
export function read(text) {
  let at = 0
  const fail = (what) => { throw new SyntaxError(`${what} at character ${at + 1}`) }
  const blank = () => { while (" \n\r\t".includes(text[at] || "x")) at += 1 }
  const take = (mark) => (text[at] === mark ? ((at += 1), true) : false)

  function string() {
    const begin = at
    at += 1
    for (; text[at] !== '"'; at += 1) {
      if (at >= text.length) fail("The text does not end")
      if (text[at] === "\\") at += 1
    }
    at += 1
    const inside = text.slice(begin + 1, at - 1)
    return escaped.test(inside) ? JSON.parse(text.slice(begin, at)) : inside
  }

  function value(depth) {
    if (depth > deepest) fail("The nesting is too deep")
    blank()
    const mark = text[at]
    if (mark === '"') return string()
    if (mark === "{") {
      at += 1
      const object = Object.create(null)
      for (let first = true; blank(), !take("}"); first = false) {
        if (!first && !take(",")) fail("A comma is missing")
        blank()
        if (text[at] !== '"') fail("A name in quotation marks is missing")
        const name = string()
        blank()
        if (!take(":")) fail("A colon is missing")
        object[name] = value(depth + 1)
      }
      return object
    }
    if (mark === "[") {
      at += 1
      const list = []
      for (let first = true; blank(), !take("]"); first = false) {
        if (!first && !take(",")) fail("A comma is missing")
        list.push(value(depth + 1))
      }
      return list
    }
    for (const [word, meaning] of [["true", true], ["false", false], ["null", null]]) {
      if (text.startsWith(word, at)) {
        at += word.length
        return meaning
      }
    }
    number.lastIndex = at
    const found = number.exec(text)
    if (!found) fail("A value is missing")
    at = number.lastIndex
    return exact(found[0])
  }

  const all = value(0)
  blank()
  if (at < text.length) fail("There is more than one value")
  return all
}

/** Writes a value as JSON. Members that are undefined are left out; `indent` is the number of spaces of a level. */
export function write(value, indent = 0, margin = "") {
  if (value instanceof Digits) return value.text
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null"
  const isList = Array.isArray(value)
  const inner = indent ? margin + " ".repeat(indent) : ""
  const members = isList ? value : Object.entries(value).filter(([, member]) => member !== undefined)
  if (!members.length) return isList ? "[]" : "{}"
  const parts = isList
    ? members.map((member) => write(member, indent, inner))
    : members.map(([name, member]) => `${JSON.stringify(name)}:${indent ? " " : ""}${write(member, indent, inner)}`)
  const [open, close] = isList ? "[]" : "{}"
  return indent ? `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}` : open + parts.join(",") + close
}
