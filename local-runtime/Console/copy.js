import { dialog } from "./dialog.js"
import { button, h } from "./dom.js"

/** The text into the clipboard. Over plain HTTP a browser has none: there the text is selected and copied. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = h("textarea", { class: "unseen", "aria-hidden": "true", tabindex: "-1" })
    area.value = text
    const home = document.querySelector("dialog[open]") ?? document.body
    const focused = document.activeElement
    home.append(area)
    area.select()
    const isCopied = document.execCommand("copy")
    area.remove()
    focused?.focus()
    return isCopied
  }
}

/** A button that copies a text. Where the browser refuses, the text is shown, selected, to be copied by hand. */
export function copyButton(name, text, properties) {
  const node = button(name, async () => {
    const whole = typeof text === "function" ? text() : text
    if (await copy(whole)) {
      node.textContent = "Copied"
      setTimeout(() => { node.textContent = name }, 1500)
      return
    }
    const area = h("textarea", { readonly: true, rows: 8, "aria-label": "The text to copy", autofocus: true })
    area.value = whole
    area.addEventListener("focus", () => area.select())
    await dialog({ title: "Copy with the keyboard", content: area, cancel: "Close" })
  }, { class: "quiet copy", ...properties })
  return node
}

const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`
const variable = (name) => name.toUpperCase().replace(/[^A-Z0-9]+/g, "_").replace(/^_|_$/g, "") || "SECRET"

/** The text as a word of the shell, with a variable in place of each mask. Its name is that of the parameter. */
function masked(text, name) {
  const parts = String(text).split("***")
  return parts.map((part, index) => {
    const found = /([^?&="]*)=$|"([^"]*)"\s*:\s*"?$/.exec(part)
    const mask = index < parts.length - 1 ? `"$${variable(found?.[1] ?? found?.[2] ?? name)}"` : ""
    return (part && quoted(part)) + mask
  }).join("") || "''"
}

/** A request as a command line of curl. Secrets are not in it: `$NAME` stands for them. */
export function curl({ method, url, headers, body }) {
  const parts = [`curl ${method === "GET" ? "" : `-X ${method} `}${masked(url, "SECRET")}`]
  for (const [name, value] of Object.entries(headers ?? {})) parts.push(`-H ${masked(`${name}: ${value}`, name)}`)
  if (body !== undefined && body !== null) parts.push(`--data-raw ${masked(body, "SECRET")}`)
  return parts.join(" \\\n  ")
}
