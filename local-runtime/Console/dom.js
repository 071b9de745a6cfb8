// Elements are built from names and texts. Nothing here or elsewhere reads HTML, and the Content-Security-Policy of
// the pages refuses it.

const put = (node, properties, children) => {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value)
    else if (name === "value") node.value = value
    else node.setAttribute(name, value === true ? "" : String(value))
  }
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false))
  return node
}

/** Creates an element. A property that begins with "on" is a listener; the children are elements and texts. */
export const h = (tag, properties, ...children) => put(document.createElement(tag), properties, children)

/** Creates an element of SVG. */
export const svg = (tag, properties, ...children) =>
  put(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children)

/** A button. `key` names it in its row, so that a refreshed list can give it the focus again. */
export const button = (name, onclick, properties) => h("button", { type: "button", onclick, ...properties }, name)

let lastId = 0
/** An id that no other element of the page has. */
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
