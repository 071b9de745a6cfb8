import { busy, button, h, newId } from "./dom.js"
import { showFaults } from "./fields.js"

/**
 * Shows a dialog and answers what `submit` answered, or undefined if it was cancelled. It stays open while `submit`
 * answers undefined or throws; an error stands at the fields that it names. The focus goes back to where it was.
 */
export function dialog({ title, content, submit, action, isDanger, isWide, isDirty, cancel = "Cancel", onclose }) {
  const opener = document.activeElement
  const heading = newId("title")
  const sum = h("div", { class: "sum", role: "alert" })
  const send = submit && h("button", { type: "submit", class: isDanger ? "danger" : "primary" }, action)
  const form = h(
    "form", { novalidate: true },
    h("header", null, h("h2", { id: heading }, title)),
    h("div", { class: "inside" }, content),
    h("footer", null, sum, button(cancel, () => leave()), send))
  const node = h("dialog", { "aria-labelledby": heading, class: isWide ? "wide" : undefined }, form)
  let answer

  async function leave() {
    if (!isDirty?.() || (await confirm({ title: "Discard the changes?", action: "Discard", cancel: "Keep editing" }))) {
      node.close()
    }
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
          sum.replaceChildren(showFaults(form, error) ?? "")
        }
      })
    })
    node.addEventListener("cancel", (event) => {
      if (event.target !== node) return
      event.preventDefault()
      leave()
    })
    node.addEventListener("close", (event) => {
      if (event.target !== node) return
      node.remove()
      refocus(opener)
      onclose?.()
      resolve(answer)
    })
    // Within a landmark, as all content of a page.
    document.querySelector("main").append(node)
    node.showModal()
  })
}

/** Gives the focus back: to the element itself, or to the one that a refresh has put in its place. */
function refocus(opener) {
  const key = opener?.dataset?.key
  const again = opener?.isConnected ? opener : key && document.querySelector(`[data-key="${CSS.escape(key)}"]`)
  ;(again || document.querySelector("main"))?.focus()
}

/** Asks before something is done. `run` does it while the dialog is still open, so that an error shows in it. */
export async function confirm({ title, content, action, cancel, isDanger = true, run }) {
  const submit = async () => (run ? ((await run()) ?? true) : true)
  return dialog({ title, content, action, cancel, isDanger, submit })
}

/** Says what was done, where a screen reader reads it, until the next such message or its dismissal. */
export function notice(...content) {
  const node = h("div", { class: "notice" }, h("div", null, content))
  node.append(button("Dismiss", () => node.remove(), { class: "quiet" }))
  document.getElementById("notices").replaceChildren(node)
}
