// Elements are built from names and texts. Nothing here or elsewhere reads HTML, and the Content-Security-Policy of
// the pages refuses it.

const isProperties = (value) => Object.getPrototypeOf(value ?? "") === Object.prototype

function put(node, classes, content) {
  const properties = isProperties(content[0]) ? content[0] : {}
  const children = content[0] === properties ? content.slice(1) : content
  if (properties.class) classes.push(properties.class)
  if (classes.length) node.setAttribute("class", classes.join(" "))
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class" || value === undefined || value === null || value === false) continue
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value)
    else if (name === "value") node.value = value
    else node.setAttribute(name, value === true ? "" : String(value))
  }
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false))
  return node
}

/**
 * Creates an element: `h("p.hint.wide", properties, …children)`. The properties can be left out; one that begins with
 * "on" is a listener. The children are elements and texts.
 */
export function h(tag, ...content) {
  const [name, ...classes] = tag.split(".")
  return put(document.createElement(name), classes, content)
}

export const svg = (tag, ...content) => put(document.createElementNS("http://www.w3.org/2000/svg", tag), [], content)

/** A button. Its property `data-key` names it, so that a refreshed list can give it the focus again. */
export const button = (name, onclick, properties) => h("button", { type: "button", onclick, ...properties }, name)

/** A field for a line of text, or for a time, which has no suggestions to turn off. */
export const input = (properties = {}) =>
  h("input", { autocomplete: properties.type === "datetime-local" ? null : "off", spellcheck: "false", ...properties })

let lastId = 0
export const newId = (word) => `${word}-${(lastId += 1)}`

/** Runs work from a button, which shows that it is busy and cannot be pressed twice. */
export async function busy(element, work) {
  if (element.getAttribute("aria-busy") === "true") return undefined
  element.setAttribute("aria-busy", "true")
  try {
    return await work()
  } finally {
    element.removeAttribute("aria-busy")
  }
}
