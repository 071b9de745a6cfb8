import { notice } from "./dialog.js"
import { refreshPage } from "./shell.js"
import { said } from "./text.js"

// Elements are built from names and texts. Nothing here or elsewhere reads HTML, and the Content-Security-Policy of
// the pages refuses it.

export const isGiven = (value) => value !== undefined && value !== null

function put(node, [first, ...others]) {
  const hasProperties = first?.constructor === Object
  for (const [name, value] of Object.entries(hasProperties ? first : {})) {
    if (!isGiven(value) || value === false) continue
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value)
    else if (name === "class") node.classList.add(...value.split(" "))
    else if (name === "value") node.value = value
    else node.setAttribute(name, value === true ? "" : value)
  }
  const children = hasProperties ? others : [first, ...others]
  node.append(...children.flat(Infinity).filter((child) => isGiven(child) && child !== false))
  return node
}

/**
 * Creates an element: `h("p.hint.wide", properties, …children)`. The properties can be left out; one that begins with
 * "on" is a listener. The children are elements and texts.
 */
export function h(tag, ...content) {
  const [name, ...classes] = tag.split(".")
  const node = document.createElement(name)
  if (classes.length) node.className = classes.join(" ")
  return put(node, content)
}

export const svg = (tag, ...content) => put(document.createElementNS("http://www.w3.org/2000/svg", tag), content)

/**
 * A button. While `run` goes on, it shows that it is busy and cannot be pressed again. If `run` answers something, it has
 * changed something: that is said, and the page is refreshed. A refreshed list gives the focus again to the element with
 * the same `data-key`.
 */
export function button(name, run, properties) {
  const node = h("button", { type: "button", onclick: () => busy(node, run), ...properties }, name)
  return node
}

/** A button that changes the record `key`, for those who may. */
export const act = (name, key, run, properties) =>
  button(name, run, { "data-key": `${key}:${name}`, class: "manages", ...properties })

export async function busy(node, work) {
  if (node.ariaBusy === "true") return
  node.ariaBusy = "true"
  try {
    const done = await work()
    if (done === undefined) return
    notice(done)
    await refreshPage()
  } catch (error) {
    notice(said(error.message))
  } finally {
    node.ariaBusy = null
  }
}

let lastId = 0
export const newId = (word) => `${word}-${(lastId += 1)}`
