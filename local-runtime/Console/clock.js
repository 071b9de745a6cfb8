import { button, h } from "./dom.js"

// One clock refreshes everything on a page. It stops while the page is hidden, while a dialog or a menu is open, while
// rows are selected, after a sign-in that was cancelled, and when it is told to.

const period = 5000
const refreshes = new Set()
let isStopped = false
let last = Date.now()
let isRunning = false

/** Calls `refresh` at each turn of the clock. */
export const follow = (refresh) => refreshes.add(refresh)

function hindrance() {
  if (isStopped) return "Stopped"
  if (document.documentElement.dataset.signedOut !== undefined) return "Waits: signed out"
  if (document.hidden) return "Waits: hidden"
  if (document.querySelector("dialog[open], :popover-open")) return "Waits: a dialog is open"
  if (document.querySelector("input[data-row]:checked")) return "Waits: rows are selected"
  return undefined
}

async function turn() {
  isRunning = true
  await Promise.allSettled([...refreshes].map((refresh) => refresh()))
  isRunning = false
  last = Date.now()
}

/** The state of the clock and its switch. */
export function clockFace() {
  const word = h("span", { id: "clock" }, "Live")
  const stop = button("Stop refreshing", () => {
    isStopped = !isStopped
    stop.textContent = isStopped ? "Start refreshing" : "Stop refreshing"
    show()
  }, { class: "quiet" })
  function show() {
    const why = hindrance()
    word.textContent = why ?? "Live"
    word.dataset.live = String(!why)
    return why
  }
  setInterval(() => {
    if (!show() && !isRunning && Date.now() - last >= period && refreshes.size) turn()
  }, 500)
  document.addEventListener("visibilitychange", show)
  return h("div", { class: "clock" }, word, stop)
}
