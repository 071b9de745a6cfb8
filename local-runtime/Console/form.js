import { h, newId } from "./dom.js"
import { mistake } from "./macros.js"
import { said } from "./text.js"

// Fields of a form: a label, a control, a hint, and the mistakes that an answer names for them.

/** A field for a line of text, or for a time, which has no suggestions to turn off. */
export const input = (properties = {}) =>
  h("input", { autocomplete: properties.type === "datetime-local" ? null : "off", spellcheck: "false", ...properties })

/** A field whose text is hidden and not stored by the browser. */
export const secret = () => input({ type: "password", autocomplete: "new-password" })

/** The options of a choice, from pairs of value and word, or from words. */
export const options = (list, chosen) => list.map((option) => {
  const [value, word] = [option].flat()
  return h("option", { value, selected: value === chosen }, word ?? value)
})

export const choice = (list, chosen, properties) => h("select", properties, options(list, chosen))

export const tick = (label, name, properties) =>
  h("label.tick", h("input", { type: "checkbox", name, ...properties }), " ", label)

/** Suggestions of ids for a field whose `list` is the id of the node. */
export const suggestions = (records) =>
  h("datalist", { id: newId("ids") }, records.map(({ id, name }) => h("option", { value: id }, name)))

const about = (id, hint) => h("div", { id }, h("p.hint", hint), h("div.faults"))

/**
 * A labelled control, which is an element or the properties of a line of text. `name` is the field as an error's details
 * name it; `after` stands below the control.
 */
export function field(label, name, content = {}, hint = "", after = []) {
  const control = content instanceof Element ? content : input(content)
  const below = newId("hint")
  control.id ||= newId("field")
  control.name ||= name
  control.setAttribute("aria-describedby", below)
  return h("div.field", { "data-field": name }, h("label", { for: control.id }, label), control, after, about(below, hint))
}

export function group(label, name, hint, ...content) {
  const below = newId("hint")
  return h("fieldset.field", { "data-field": name, "aria-describedby": below }, h("legend", label), content,
    about(below, hint))
}

/** The values of the named controls of a form, or of a part of it. A name with a dot is a member of a record. */
export function values(root) {
  const found = {}
  for (const control of root.querySelectorAll("[name]")) {
    const { name, type, checked, value } = control
    if (!isVisible(control) || (type === "radio" && !checked)) continue
    const [member, inner] = name.split(".")
    const given = type === "checkbox" ? checked : value
    if (inner) (found[member] ??= {})[inner] = given
    else found[member] = given
  }
  return found
}

/** Puts a record into the controls that `values` reads. A choice keeps its value if the record has none. */
export function fill(root, record) {
  for (const control of root.querySelectorAll("[name]")) {
    const value = control.name.split(".").reduce((outer, member) => outer?.[member], record)
    if (control.type === "checkbox") control.checked = value
    else if (control.tagName !== "SELECT" || value !== undefined) control.value = value ?? ""
    control.dispatchEvent(new Event("change"))
  }
}

/** The mistake as a text, with its place marked where it has one. */
const fault = (message, control) => h("p.fault", said(message), control && mistake(control, message))

const covers = (name, path) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)

const isVisible = (node) => !node.closest("[hidden]")

/** The innermost field of a form that a path such as `requestParams.a` names. */
const holder = (root, path) => [root, ...root.querySelectorAll("[data-field]")]
  .findLast((node) => covers(node.dataset.field ?? "-", path) && isVisible(node))

export function clearFaults(root) {
  for (const control of root.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid")
  for (const faults of root.querySelectorAll(".faults")) faults.replaceChildren()
}

/**
 * Puts each of an error's details at the field that it names, and gives the first of these the focus. Answers the rest
 * as a node: the details without a field here, or the message if there are no details.
 */
export function showFaults(root, { details = [], message: whole }, { hasFocus = true } = {}) {
  clearFaults(root)
  const others = details.length ? [] : [fault(whole)]
  for (const { field: path, message } of details) {
    const node = holder(root, path)
    if (!node) {
      others.push(fault(`${path} ${message}`))
      continue
    }
    // A group has no control of its own: its message says which part is meant.
    const isGroup = node.tagName === "FIELDSET"
    const control = [...node.querySelectorAll("input, select, textarea")].findLast(isVisible)
    control?.setAttribute("aria-invalid", "true")
    const part = isGroup ? path.slice(node.dataset.field.length + 1) : ""
    faultsOf(node).append(fault(`${part} ${message}`.trim(), !isGroup && control))
  }
  if (hasFocus) root.querySelector("[aria-invalid]")?.focus()
  return h("div", others)
}

/** The place for what is said about a field, after that of the fields within it. */
const faultsOf = (node) => [...node.querySelectorAll(".faults")].at(-1)

/** Puts a node that is not a mistake, such as a warning, at the field that a path names. */
export function putAt(root, path, node) {
  const found = path && holder(root, path)
  if (found) faultsOf(found).append(node)
}
