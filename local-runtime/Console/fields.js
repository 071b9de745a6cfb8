import { h, newId } from "./dom.js"
import { mistake } from "./macros.js"
import { said } from "./text.js"

// Fields of a form: a label, a control, a hint, and the mistakes that an answer names for them.

const placers = new WeakMap()

/** A labelled control. `name` is the field as an error's details name it. */
export function field({ label, name, control, hint, after, isHidden }) {
  const id = (control.id ||= newId("field"))
  const about = newId("hint")
  control.setAttribute("aria-describedby", about)
  return h(
    "div", { class: "field", "data-field": name, hidden: isHidden },
    h("label", { for: id }, label), control, after,
    h("div", { class: "about", id: about }, h("p", { class: "hint" }, hint), h("div", { class: "faults" })))
}

/** A group of controls. `place(field, message)` puts a mistake at one of them and answers whether it did. */
export function group({ label, name, content, hint, place }) {
  const about = newId("hint")
  const node = h(
    "fieldset", { class: "field", "data-field": name, "aria-describedby": about }, h("legend", null, label), content,
    h("div", { class: "about", id: about }, h("p", { class: "hint" }, hint), h("div", { class: "faults" })))
  if (place) placers.set(node, place)
  return node
}

/** A choice among words. `options` are pairs of value and word, or words. */
export const choice = (options, value, properties) =>
  h("select", properties, options.map((option) => {
    const [key, word] = Array.isArray(option) ? option : [option, option]
    return h("option", { value: key, selected: key === value }, word)
  }))

/** A box to tick. */
export const tick = (label, isOn, properties) =>
  h("label", { class: "tick" }, h("input", { type: "checkbox", checked: isOn, ...properties }), " ", label)

/** The mistake as a text, with its place marked where it has one. */
export const fault = (message, control) =>
  h("p", { class: "fault" }, said(message), control && mistake(control, message))

const covers = (name, path) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)

/** Removes what `showFaults` has put. */
export function clearFaults(root) {
  for (const control of root.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid")
  for (const faults of root.querySelectorAll(".faults")) faults.replaceChildren()
}

/**
 * Puts each of an error's details at the field that it names, and gives the first of these the focus. Answers the rest
 * as nodes: the details without a field here, or the message if there are no details.
 */
export function showFaults(root, error, { hasFocus = true } = {}) {
  clearFaults(root)
  const others = []
  const own = root.matches("[data-field]") ? [root] : []
  const holders = [...own, ...root.querySelectorAll("[data-field]")]
  for (const { field: path, message } of error.details ?? []) {
    const holder = holders.filter((node) => covers(node.dataset.field, path) && !node.hidden)
      .sort((one, other) => other.dataset.field.length - one.dataset.field.length)[0]
    if (!holder) {
      others.push(h("p", { class: "fault" }, said(`${path} ${message}`)))
      continue
    }
    if (placers.get(holder)?.(path, message)) continue
    const control = holder.querySelector("input, select, textarea")
    control?.setAttribute("aria-invalid", "true")
    holder.querySelector(".faults").append(fault(message, holder.tagName === "FIELDSET" ? undefined : control))
  }
  if (hasFocus) root.querySelector("[aria-invalid]")?.focus()
  const hasDetails = Boolean(error.details?.length)
  if (!hasDetails) others.push(h("p", { class: "fault" }, said(error.message)))
  return others.length ? h("div", null, others) : undefined
}
