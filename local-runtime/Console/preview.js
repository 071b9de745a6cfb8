import { requestView } from "./attempt.js"
import { call, newKey } from "./call.js"
import { h } from "./dom.js"
import { field } from "./fields.js"
import { whole, write } from "./json.js"
import { foreign } from "./macros.js"
import { word } from "./shape.js"
import { said } from "./text.js"

/** A choice between sample values and the offer's latest conversions. */
export function conversionChoice(offerId) {
  const select = h("select", null, h("option", { value: "" }, "Sample values"))
  const input = { offerId: offerId === "*" ? undefined : offerId, order: "newest", limit: 20 }
  call("listConversions", input).then(({ conversions }) => {
    for (const { id, status, transactionId, clickId } of conversions) {
      const ids = transactionId ?? clickId ?? ""
      select.append(h("option", { value: String(id) }, `${id} · ${word(status)} · ${ids.slice(0, 40)}`))
    }
  }, () => undefined)
  return { node: field({ label: "Preview with", name: "conversionId", control: select }), select,
    value: () => (select.value ? whole(select.value) : undefined) }
}

/**
 * The request as it would be sent, drawn anew a moment after each change. `input()` is the input of previewPostback,
 * `onmend(mend)` replaces a macro of another network.
 */
export function preview({ input, onmend, onfault }) {
  const warnings = h("div", { class: "warnings", role: "status" })
  const body = h("div", { class: "body" })
  let timer
  let last
  let turn = 0

  async function draw() {
    const mine = (turn += 1)
    const wanted = input()
    if (!wanted) {
      warnings.replaceChildren()
      body.replaceChildren(h("p", { class: "none" }, "The request appears here as soon as there is a URL."))
      last = undefined
      return
    }
    if (write(wanted) === last) return
    last = write(wanted)
    try {
      const answer = await call("previewPostback", wanted)
      if (mine !== turn) return
      onfault?.(undefined)
      warnings.replaceChildren(...warningList(answer.warnings, onmend))
      body.replaceChildren(
        ...(answer.error ? [h("p", { class: "fault" }, said(answer.error.message))] : []), requestView(answer.request))
    } catch (error) {
      if (mine !== turn) return
      onfault?.(error)
      warnings.replaceChildren()
      body.replaceChildren(h("p", { class: "none" }, error.details?.length
        ? "No request yet: see the marked fields." : said(error.message)))
    }
  }
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(draw, 350)
  }
  return { node: h("div", { class: "preview" }, warnings, body), later, draw }
}

/** Warnings, each with the way to heed it where there is one. */
export function warningList(warnings, onmend) {
  return (warnings ?? []).map((warning) => {
    const mend = onmend && foreign(warning)
    return h("p", { class: "warning" }, h("b", null, "Warning: "), said(warning.message),
      mend && h("button", { type: "button", class: "mend", onclick: () => onmend(mend) }, `Use ${mend.macro}`))
  })
}

/** A key that stays the same as long as the input does, so that a repeated save makes one postback. */
export function keyFor() {
  let text
  let key
  return (input) => {
    if (write(input) !== text) [text, key] = [write(input), newKey()]
    return key
  }
}
