import { h, svg } from "./dom.js"
import { said } from "./text.js"

// A state is a word and a shape; the colour only supports them.

const drawings = {
  ring: "M6 1.75a4.25 4.25 0 1 1 0 8.5a4.25 4.25 0 1 1 0-8.5z",
  clock: "M6 1.75a4.25 4.25 0 1 1 0 8.5a4.25 4.25 0 1 1 0-8.5zM6 3.6V6l1.7 1",
  again: "M10 6a4 4 0 1 1-1.3-3M10.2 1.2v2.4H7.8",
  arrow: "M1.5 6h8M6.5 2.8L9.8 6L6.5 9.2",
  bars: "M4 2.5v7M8 2.5v7",
  check: "M1.8 6.4l2.8 2.8l5.6-6",
  cross: "M2.8 2.8l6.4 6.4M9.2 2.8l-6.4 6.4",
  block: "M2.5 2.5h7v7h-7zM4.4 4.4l3.2 3.2M7.6 4.4L4.4 7.6",
  skip: "M2 2.8L5.2 6L2 9.2M6.6 2.8L9.8 6L6.6 9.2",
  slash: "M6 1.75a4.25 4.25 0 1 1 0 8.5a4.25 4.25 0 1 1 0-8.5zM3 9l6-6",
  dash: "M2.5 6h7",
  question: "M4 4.2a2 2 0 1 1 2.9 1.8c-.7.3-.9.7-.9 1.3M6 9.4v.2",
}

/** The drawing, the kind (which decides the colour) and the word, where that is not the state itself. */
const states = {
  owed: ["ring", "waits"], retrying: ["again", "warns"], in_flight: ["arrow", "runs", "in flight"],
  held: ["bars", "warns"], delivered: ["check", "good"], failed: ["cross", "bad"], dead: ["block", "bad"],
  skipped: ["skip", "still"], cancelled: ["slash", "still"],
  pending: ["clock", "waits", "Pending"], done: ["check", "good", "Done"], rejected: ["cross", "bad", "Rejected"],
  paused: ["bars", "warns", "Paused"], inactive: ["dash", "still", "Inactive"], active: ["check", "good", "Active"],
  fired: ["arrow", "runs"], alive: ["check", "good"], silent: ["cross", "bad"], blocked: ["slash", "bad"],
  paced: ["skip", "warns"], open: ["ring", "still"], retry: ["again", "warns"], unknown: ["question", "warns"],
  on: ["check", "good"], off: ["dash", "still"], not_fired: ["dash", "still", "did not fire"],
  test: ["arrow", "runs"],
}

/** The states of a delivery, in the order of its life. */
export const deliveryStates = [
  "owed", "retrying", "in_flight", "held", "delivered", "failed", "dead", "skipped", "cancelled",
]

/** The statuses of a conversion, as the console writes them. */
export const statuses = [["pending", "Pending"], ["done", "Done"], ["rejected", "Rejected"]]

/** A state as a word; also one that this page does not know. */
export const word = (state) => states[state]?.[2] ?? String(state).replaceAll("_", " ")

/** A state as a shape and a word. */
export function shape(state, text = word(state)) {
  const [drawing, kind] = states[state] ?? ["ring", "still"]
  const mark = svg("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" },
    svg("path", { d: drawings[drawing] }))
  return h("span", { class: `shape ${kind}` }, mark, said(text, { limit: 160 }))
}
