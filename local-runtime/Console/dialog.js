import { busy, button, h, newId } from "./dom.js"
import { showFaults, values } from "./form.js"

/**
 * Shows a dialog and answers what `submit(values)` answered, or undefined if it was cancelled. It stays open while
 * `submit` runs, and if it answers undefined or throws; an error stands at the fields that it names. The focus goes back
 * to where it was.
 */
export function dialog({ title, content, submit, action, isDanger, isWide, isDirty, cancel = "Cancel" }) {
  const opener = document.activeElement
  const main = document.querySelector("main")
  const heading = h("h2", { id: newId("title") }, title)
  const sum = h("div.sum", { role: "alert" })
  const send = submit && h("button", { class: isDanger ? "danger" : "primary" }, action)
  const form = h("form", { novalidate: true, onsubmit },
    h("header", heading), h("div.inside", content), h("footer", sum, button(cancel, leave), send))
  const node = h("dialog", { "aria-labelledby": heading.id, class: isWide && "wide" }, form)
  let answer

  async function leave() {
    const asked = { title: "Discard the changes?", action: "Discard", cancel: "Keep editing", isDanger: true }
    if (!isDirty?.() || (await dialog({ ...asked, submit: () => true }))) node.close()
  }

  function onsubmit(event) {
    event.preventDefault()
    busy(send, async () => {
      sum.replaceChildren()
      try {
        answer = await submit(values(form))
        if (answer !== undefined) node.close()
      } catch (error) {
        sum.replaceChildren(showFaults(form, error))
      }
    })
  }

  return new Promise((resolve) => {
    node.addEventListener("cancel", (event) => {
      event.preventDefault()
      leave()
    })
    node.addEventListener("close", () => {
      node.remove()
      // The opener itself, or the element that a refresh has put in its place.
      const { key } = opener.dataset
      const again = opener.isConnected ? opener : key && document.querySelector(`[data-key="${CSS.escape(key)}"]`)
      ;(again || main).focus()
      resolve(answer)
    })
    // Within a landmark, as all content of a page.
    main.append(node)
    node.showModal()
  })
}

/**
 * Asks before something is done to many records. `count(values)` yields what is said about their number, the last time
 * when all are counted; it begins anew with each change of the dialog's fields. `run(values)` waits for that.
 */
export function confirmCounted({ content, count, run, ...asked }) {
  const text = h("p", { role: "status" })
  const node = h("div", { onchange: reckon }, content, text)
  let turn = 0
  let isCounted

  async function reckon() {
    const mine = (turn += 1)
    isCounted = false
    text.replaceChildren("Counting…")
    try {
      for await (const said of count(values(node))) {
        if (mine !== turn || !text.isConnected) return
        text.replaceChildren(...said)
      }
      isCounted = true
    } catch (error) {
      if (mine === turn) text.replaceChildren(error.message)
    }
  }

  const answer = dialog({ ...asked, content: node, submit(given) {
    if (!isCounted) throw new Error("Wait until they are counted.")
    return run(given)
  } })
  reckon()
  return answer
}

/** Says what was done, where a screen reader reads it, until the next such message or its dismissal. */
export function notice(...content) {
  const node = h("div.notice", h("div", content), button("Dismiss", () => node.remove(), { class: "quiet" }))
  document.getElementById("notices").replaceChildren(node)
}
