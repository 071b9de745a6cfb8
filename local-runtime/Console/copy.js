import { button, dialog, h } from "./kit.js"

/** Copies a text to the clipboard. Over plain HTTP the browser has no such API: there the text is selected and copied. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = h("textarea.unseen", { "aria-hidden": "true", tabindex: "-1", value: text })
    const focused = document.activeElement
    ;(document.querySelector("dialog[open]") ?? document.body).append(area)
    area.select()
    const isCopied = document.execCommand("copy")
    area.remove()
    focused.focus()
    return isCopied
  }
}

/** A button that copies a text. Where the browser refuses, the text is shown, selected, to be copied by hand. */
export function copyButton(name, text) {
  const node = button(name, async () => {
    const value = typeof text === "function" ? text() : text
    if (await copy(value)) {
      node.textContent = "Copied"
      setTimeout(() => { node.textContent = name }, 1500)
    } else {
      const area = h("textarea", { readonly: true, rows: 8, "aria-label": "The text to copy", autofocus: true, value,
        onfocus: () => area.select() })
      await dialog({ title: "Copy with the keyboard", content: area, cancel: "Close" })
    }
  }, { class: "quiet copy" })
  return node
}

export const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`

/** The same with a variable in place of each mask. Its name is that of the parameter, or else `name`. */
const masked = (text, name) => String(text).split("***").map((part, index, parts) => {
  const found = /([^?&="]*)=$|"([^"]*)"\s*:\s*"?$/.exec(part)
  const variable = (found?.[1] ?? found?.[2] ?? name).toUpperCase().replace(/[^A-Z0-9]+/g, "_").replace(/^_|_$/g, "")
  return (part && quoted(part)) + (index < parts.length - 1 ? `"$${variable || "SECRET"}"` : "")
}).join("") || "''"

/** A request as a command line of curl. Secrets are not in it: `$NAME` stands for them. */
export const curl = ({ method, url, headers, body }) => [
  `curl ${method === "GET" ? "" : `-X ${method} `}${masked(url, "SECRET")}`,
  ...Object.entries(headers ?? {}).map(([name, value]) => `-H ${masked(`${name}: ${value}`, name)}`),
  ...[body ?? []].flat().map((text) => `--data-raw ${masked(text, "SECRET")}`),
].join(" \\\n  ")
