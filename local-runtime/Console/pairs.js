import { button, h } from "./dom.js"
import { fault, group } from "./fields.js"
import { read, write } from "./json.js"

/** Whether rows of names and texts can hold the value. */
const isFlat = (value) => Object.values(value).every(
  (member) => typeof member === "string" || (Array.isArray(member) && member.every((item) => typeof item === "string")))

/**
 * Names and values in rows, or as JSON text for values that are nested. Answers the group and `value()`, which throws a
 * SyntaxError for text that is no JSON object. Rows with the same name are a list.
 */
export function pairs({ label, name, what, value, hint, hasJSON }) {
  const rows = h("div", { class: "rows" })
  const text = h("textarea", { rows: 6, "aria-label": `${label} as JSON`, "data-macros": true, spellcheck: "false" })
  const faults = h("div", { class: "faults" })
  const add = button(`Add ${what}`, () => row("", "").querySelector("input").focus(), { class: "quiet" })
  const change = button("As JSON", () => {
    try {
      show(current(), text.hidden)
      faults.replaceChildren()
    } catch (error) {
      place(name, `is no JSON: ${error.message}`)
    }
  }, { class: "quiet", hidden: !hasJSON })

  function row(key, content) {
    const input = (ariaLabel, text) => {
      const control = h("input", { "aria-label": ariaLabel, placeholder: ariaLabel, spellcheck: "false", autocomplete: "off" })
      control.value = text
      return control
    }
    const second = input("Value", content)
    second.dataset.macros = ""
    const node = h("div", { class: "row" }, input("Name", key), second, button("Remove", () => {
      node.remove()
      if (!rows.children.length) row("", "")
      rows.dispatchEvent(new Event("input", { bubbles: true }))
      add.focus()
    }, { class: "quiet" }))
    rows.append(node)
    return node
  }

  function show(content, asJSON) {
    const isJSON = asJSON || !isFlat(content)
    text.hidden = !isJSON
    rows.hidden = add.hidden = isJSON
    change.textContent = isJSON ? "As rows" : "As JSON"
    change.disabled = isJSON && !isFlat(content)
    text.value = Object.keys(content).length ? write(content, 2) : ""
    rows.replaceChildren()
    if (!isJSON) for (const [key, member] of Object.entries(content)) for (const one of [member].flat()) row(key, one)
    if (!rows.children.length) row("", "")
  }

  function current() {
    if (!text.hidden) {
      const content = text.value.trim() ? read(text.value) : {}
      if (typeof content !== "object" || content === null || Array.isArray(content)) throw new SyntaxError("no object")
      return content
    }
    const content = Object.create(null)
    for (const node of rows.children) {
      const [key, value] = [...node.querySelectorAll("input")].map((control) => control.value)
      if (key.trim() === "" && value === "") continue
      content[key.trim()] = key.trim() in content ? [content[key.trim()], value].flat() : value
    }
    return content
  }

  function place(path, message) {
    const at = [...rows.children].find((node) => {
      const key = node.querySelector("input").value.trim()
      return key !== "" && (path === `${name}.${key}` || path.startsWith(`${name}.${key}.`) || path.startsWith(`${name}.${key}[`))
    })
    const control = text.hidden ? at?.querySelectorAll("input")[1] : text
    control?.setAttribute("aria-invalid", "true")
    const rest = path.slice(name.length).replace(/^\./, "")
    faults.append(fault(`${rest} ${message}`.trim(), text.hidden ? control : undefined))
    return true
  }

  text.addEventListener("input", () => { change.disabled = false })
  show(value ?? {}, false)
  const node = group({
    label, name, hint, place, content: [rows, text, faults, h("div", { class: "tools" }, add, change)],
  })
  return { node, value: current, set: (content) => show(content ?? {}, false), fail: (message) => place(name, message) }
}
