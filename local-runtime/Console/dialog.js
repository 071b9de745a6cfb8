import { busy, button, h, newId } from "./dom.js"
import { mistake } from "./macros.js"
import { said } from "./text.js"

/**
 * Shows a dialog and answers what `submit` answered, or undefined if it was cancelled. It stays open while `submit`
 * answers undefined or throws; an error stands at the fields that it names. The focus goes back to where it was.
 */
export function dialog({ title, content, submit, action, isDanger, isWide, isDirty, cancel = "Cancel" }) {
  const opener = document.activeElement
  const heading = newId("title")
  const sum = h("div.sum", { role: "alert" })
  const send = submit && h("button", { type: "submit", class: isDanger ? "danger" : "primary" }, action)
  const form = h("form", { novalidate: true },
    h("header", h("h2", { id: heading }, title)), h("div.inside", content),
    h("footer", sum, button(cancel, leave), send))
  const node = h("dialog", { "aria-labelledby": heading, class: isWide && "wide" }, form)
  let answer

  async function leave() {
    const asked = { title: "Discard the changes?", action: "Discard", cancel: "Keep editing", isDanger: true }
    if (!isDirty?.() || (await confirm(asked))) node.close()
  }

  return new Promise((resolve) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      busy(send, async () => {
        sum.replaceChildren()
        try {
          answer = await submit()
          if (answer !== undefined) node.close()
        } catch (error) {
          sum.replaceChildren(showFaults(form, error))
        }
      })
    })
    // Events of dialogs and menus inside this one are not meant.
    const own = (run) => (event) => event.target === node && run(event)
    node.addEventListener("cancel", own((event) => {
      event.preventDefault()
      leave()
    }))
    node.addEventListener("close", own(() => {
      node.remove()
      // The opener itself, or the element that a refresh has put in its place.
      const key = opener?.dataset?.key
      const again = opener?.isConnected ? opener : key && document.querySelector(`[data-key="${CSS.escape(key)}"]`)
      ;(again || document.querySelector("main")).focus()
      resolve(answer)
    }))
    // Within a landmark, as all content of a page.
    document.querySelector("main").append(node)
    node.showModal()
  })
}

/** Asks before something is done. `run` does it while the dialog is still open, so that an error shows in it. */
export const confirm = ({ run, ...asked }) => dialog({ ...asked, submit: async () => (await run?.()) ?? true })

/** Says what was done, where a screen reader reads it, until the next such message or its dismissal. */
export function notice(...content) {
  const node = h("div.notice", h("div", content), button("Dismiss", () => node.remove(), { class: "quiet" }))
  document.getElementById("notices").replaceChildren(node)
}

/** A button that does something and tells its error. `key` is the record in whose row it stands. */
export function act(name, key, run, properties) {
  const node = button(name, () => busy(node, () => run().catch((error) => notice(said(error.message)))),
    { "data-key": `${key}:${name}`, class: "manages", ...properties })
  return node
}

// Fields of a form: a label, a control, a hint, and the mistakes that an answer names for them.

const placers = new WeakMap()

const about = (id, hint) => h("div", { id }, h("p.hint", hint), h("div.faults"))

/** A labelled control. `name` is the field as an error's details name it; `after` stands below the control. */
export function field(label, name, control, hint, after) {
  const id = (control.id ||= newId("field"))
  const below = newId("hint")
  control.setAttribute("aria-describedby", below)
  return h("div.field", { "data-field": name }, h("label", { for: id }, label), control, after, about(below, hint))
}

/** A group of controls. `place(field, message)` puts a mistake at one of them. */
export function group({ label, name, content, hint, place }) {
  const below = newId("hint")
  const node = h("fieldset.field", { "data-field": name, "aria-describedby": below },
    h("legend", label), content, about(below, hint))
  if (place) placers.set(node, place)
  return node
}

/** A choice among words. `options` are pairs of value and word, or words. */
export const choice = (options, value, properties) =>
  h("select", properties, options.map((option) => {
    const [key, word] = [option].flat()
    return h("option", { value: key, selected: key === value }, word ?? key)
  }))

export const tick = (label, properties) => h("label.tick", h("input", { type: "checkbox", ...properties }), " ", label)

/** The mistake as a text, with its place marked where it has one. */
export const fault = (message, control) => h("p.fault", said(message), control && mistake(control, message))

export const covers = (name, path) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)

/** The innermost field of a form that a path such as `requestParams.a` names. */
const holder = (root, path) => [root, ...root.querySelectorAll("[data-field]")]
  .filter((node) => node.dataset.field && covers(node.dataset.field, path) && !node.hidden)
  .sort((one, other) => other.dataset.field.length - one.dataset.field.length)[0]

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
    if (!node) others.push(fault(`${path} ${message}`))
    else if (placers.has(node)) placers.get(node)(path, message)
    else {
      const control = node.querySelector("input, select, textarea")
      control.setAttribute("aria-invalid", "true")
      node.querySelector(".faults").append(fault(message, node.tagName !== "FIELDSET" && control))
    }
  }
  if (hasFocus) root.querySelector("[aria-invalid]")?.focus()
  return h("div", others)
}

/** Puts a node that is no mistake, such as a warning, at the field that a path names; answers whether there is one. */
export function putAt(root, path, node) {
  const faults = path && holder(root, path)?.querySelector(".faults")
  faults?.append(node)
  return Boolean(faults)
}
