import { button, group, h, input, read, showFaults, write } from "./kit.js"

/**
 * Rows of two texts, with a button that adds one. `value()` answers the pairs, without rows that are empty, and gives
 * each row the path that the details of an error name it by, which is `path(first, index)`.
 */
export function textRows(labels, addLabel, path, properties = {}) {
  const node = h("div.rows")
  const add = button(addLabel, () => row().firstChild.focus(), { class: "quiet" })
  function row(texts = []) {
    const fields = labels.map((label, index) =>
      input({ "aria-label": label, placeholder: label, value: texts[index] ?? "", ...properties[label] }))
    const made = h("div.row", fields, button("Remove", () => {
      made.remove()
      node.dispatchEvent(new Event("input", { bubbles: true }))
      add.focus()
    }, { class: "quiet" }), h("div.faults"))
    node.append(made)
    return made
  }
  function set(list) {
    node.replaceChildren()
    list.forEach(row)
  }
  function value() {
    const filled = [...node.children].map((made) => [made, ...[...made.querySelectorAll("input")].map((one) => one.value)])
      .filter(([, first, second]) => first.trim() || second)
    return filled.map(([made, first, second], index) => {
      made.dataset.field = path(first.trim(), index)
      return [first.trim(), second]
    })
  }
  return { node, add, set, value }
}

const isFlat = (value) => Object.values(value).flat().every((member) => typeof member === "string")

/**
 * A group of names and values in rows, or as JSON text for values that are nested. Its `value` is an object, as that of a
 * control is a text; reading it throws an error with details for text that is no JSON object. Rows with the same name are
 * a list.
 */
export function pairs({ label, name, what, hint, hasJSON }) {
  const rows = textRows(["Name", "Value"], `Add ${what}`, (key) => `${name}.${key}`, { Value: { "data-macros": true } })
  const text = h("textarea", { rows: 6, "aria-label": `${label} as JSON`, "data-macros": true, spellcheck: "false",
    oninput: () => { change.disabled = false } })
  const change = button("As JSON", () => {
    try {
      set(node.value, text.hidden)
    } catch (error) {
      showFaults(node, error)
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

  function get() {
    if (text.hidden) {
      const content = Object.create(null)
      for (const [key, second] of rows.value()) content[key] = key in content ? [content[key], second].flat() : second
      return content
    }
    try {
      const content = read(text.value.trim() || "{}")
      if (Object.getPrototypeOf(content ?? 0) !== Object.prototype) throw new SyntaxError("no object")
      return content
    } catch ({ message }) {
      throw Object.assign(new SyntaxError(), { details: [{ field: name, message: `is no JSON: ${message}` }] })
    }
  }

  const node = group(label, name, hint, rows.node, text, h("div.tools", rows.add, change))
  node.name = name
  set({})
  return Object.defineProperty(node, "value", { get, set: (content) => set(content || {}) })
}
