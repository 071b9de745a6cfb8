import { button, covers, fault, group, h, input, read, write } from "./kit.js"

/** Rows of two texts, with a button that adds one. `value()` answers the pairs, without rows that are empty. */
export function textRows(labels, addLabel, pairs = [], properties = {}) {
  const node = h("div.rows")
  const add = button(addLabel, () => row().firstChild.focus(), { class: "quiet" })
  function row(values = []) {
    const fields = labels.map((label, index) =>
      input({ "aria-label": label, placeholder: label, value: values[index] ?? "", ...properties[label] }))
    const made = h("div.row", fields, button("Remove", () => {
      made.remove()
      node.dispatchEvent(new Event("input", { bubbles: true }))
      add.focus()
    }, { class: "quiet" }))
    node.append(made)
    return made
  }
  const set = (list) => {
    node.replaceChildren()
    list.forEach(row)
  }
  set(pairs)
  const controls = () => [...node.children].map((made) => [...made.querySelectorAll("input")])
  const value = () => controls().map((pair) => pair.map((control) => control.value))
    .filter(([first, second]) => first.trim() !== "" || second !== "")
  return { node, add, set, controls, value }
}

const isFlat = (value) => Object.values(value).flat().every((member) => typeof member === "string")

/**
 * Names and values in rows, or as JSON text for values that are nested. Answers the group and `value()`, which throws a
 * SyntaxError for text that is no JSON object. Rows with the same name are a list.
 */
export function pairs({ label, name, what, value: stored, hint, hasJSON }) {
  const rows = textRows(["Name", "Value"], `Add ${what}`, [], { Value: { "data-macros": true } })
  const text = h("textarea", { rows: 6, "aria-label": `${label} as JSON`, "data-macros": true, spellcheck: "false",
    oninput: () => { change.disabled = false } })
  const faults = h("div.faults")
  const change = button("As JSON", () => {
    try {
      faults.replaceChildren()
      set(value(), text.hidden)
    } catch (error) {
      place(name, `is no JSON: ${error.message}`)
    }
  }, { class: "quiet", hidden: !hasJSON })

  function set(content, wantsJSON) {
    const isJSON = wantsJSON || !isFlat(content)
    const list = Object.entries(content).flatMap(([key, member]) => [member].flat().map((one) => [key, one]))
    text.hidden = !isJSON
    rows.node.hidden = rows.add.hidden = isJSON
    change.textContent = isJSON ? "As rows" : "As JSON"
    change.disabled = isJSON && !isFlat(content)
    text.value = list.length ? write(content, 2) : ""
    rows.set(isJSON || !list.length ? [[]] : list)
  }

  function value() {
    if (!text.hidden) {
      const content = read(text.value.trim() || "{}")
      if (typeof content !== "object" || content === null || Array.isArray(content)) throw new SyntaxError("no object")
      return content
    }
    const content = Object.create(null)
    for (const [first, second] of rows.value()) {
      const key = first.trim()
      content[key] = key in content ? [content[key], second].flat() : second
    }
    return content
  }

  function place(path, message) {
    const rest = path.slice(name.length + 1)
    const control = text.hidden ? rows.controls().find(([first]) => covers(first.value.trim(), rest))?.[1] : text
    control?.setAttribute("aria-invalid", "true")
    faults.append(fault(`${rest} ${message}`.trim(), text.hidden && control))
  }

  set(stored ?? {})
  const node = group({ label, name, hint, place, content: [rows.node, text, faults, h("div.tools", rows.add, change)] })
  return { node, value, set, fail: (message) => place(name, message) }
}
