import { call } from "./call.js"
import { h, newId } from "./dom.js"
import { whole } from "./json.js"
import { link, param } from "./query.js"
import { fromField } from "./time.js"

// Filters are a form whose fields become the page's URL, so that the browser's history and bookmarks hold them.

/** Suggestions for ids. They are a help only: without them the field is a plain one. */
function suggestions(kind) {
  const list = h("datalist", { id: newId(kind) })
  const name = kind === "offers" ? "listOffers" : "listAffiliates"
  call(name, { limit: 1000 }).then(
    (answer) => list.append(...answer[kind].map((one) => h("option", { value: one.id }, one.name))), () => undefined)
  return list
}

/**
 * `fields` are `{name, label, kind, options, example}`: `kind` is "offers" or "affiliates" (with suggestions), "number", "time"
 * or "choice". Answers the form, the input that the fields stand for, and whether one is set.
 */
export function filters(page, fields, kept = {}) {
  const form = h("form", { method: "get", action: `${page}.html`, class: "filters", "aria-label": "Filters" })
  const input = {}
  for (const { name, label, kind, options, example } of fields) {
    const value = param(name)
    const id = newId("filter")
    const properties = { id, name, placeholder: example, spellcheck: "false", autocomplete: kind === "time" ? undefined : "off" }
    let control
    if (kind === "choice") {
      control = h("select", properties, h("option", { value: "" }, "Any"), options.map((option) => {
        const [key, word] = Array.isArray(option) ? option : [option, option]
        return h("option", { value: key, selected: key === value }, word)
      }))
    } else {
      const type = kind === "time" ? "datetime-local" : "text"
      control = h("input", { type, ...properties })
      control.value = value ?? ""
      if (kind === "offers" || kind === "affiliates") {
        const list = suggestions(kind)
        control.setAttribute("list", list.id)
        form.append(list)
      }
    }
    form.append(h("div", { class: kind }, h("label", { for: id }, label), control))
    if (value !== undefined) {
      input[name] = kind === "number" ? whole(value) : kind === "time" ? fromField(value) : value
    }
  }
  for (const [name, value] of Object.entries(kept)) if (value) form.append(h("input", { type: "hidden", name, value }))
  const isActive = Object.keys(input).length > 0
  const clear = link(page, kept)
  form.append(h(
    "div", { class: "go" }, h("button", { type: "submit" }, "Apply"),
    isActive && h("a", { class: "button quiet", href: clear }, "Clear filters")))
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value.trim() === "") formData.delete(name)
  })
  return { form, input, isActive, clear }
}
