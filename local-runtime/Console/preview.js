import { requestView } from "./attempt.js"
import { button, call, choice, field, h, options, putAt, said, whole, word } from "./kit.js"
import { foreign } from "./macros.js"

/** A choice between sample values and the offer's latest conversions. */
export function conversionChoice(offerId, onchange) {
  const select = choice([["", "Sample values"]], "", { onchange })
  const option = ({ id, status, transactionId, clickId }) =>
    [String(id), `${id} · ${word(status)} · ${(transactionId ?? clickId ?? "").slice(0, 40)}`]
  call("listConversions", { offerId: offerId === "*" ? undefined : offerId, order: "newest", limit: 20 }).then(
    ({ conversions }) => select.append(...options(conversions.map(option))), () => undefined)
  return { node: field("Preview with", "conversionId", select),
    value: () => (select.value ? whole(select.value) : undefined) }
}

/** Warnings. One that names a field of `form` stands there too, with `onmend` to replace a macro of another network. */
export const warningList = (warnings = [], form, onmend) => warnings.map((warning) => {
  const { field: path, text, macro } = foreign(warning)
  const node = (...more) => h("p.warning", h("b", "Warning: "), said(warning.message), more)
  if (form) putAt(form, path, node(macro && button(`Use ${macro}`, () => onmend(path, text, macro))))
  return node()
})

/**
 * The request as it would be sent, drawn anew a moment after each change. `input()` is the input of previewPostback, or
 * undefined as long as something is missing. `form` shows mistakes and warnings at its fields.
 */
export function preview({ input, form, onmend, onfault }) {
  const warnings = h("div.warnings", { role: "status" })
  const body = h("div.body")
  let timer
  let turn = 0

  async function draw() {
    const mine = (turn += 1)
    const wanted = input()
    let [answer, fault, view] = [{}, undefined, h("p.none", "The request appears here as soon as the URL is complete.")]
    try {
      if (wanted) {
        answer = await call("previewPostback", wanted)
        view = h("div.body", answer.error && h("p.fault", said(answer.error.message)), requestView(answer.request))
      }
    } catch (error) {
      fault = error
      view = h("p.none", error.details?.length ? "No request yet: see the marked fields." : said(error.message))
    }
    if (mine !== turn) return
    onfault?.(fault)
    warnings.replaceChildren(...warningList(answer.warnings, form, onmend))
    body.replaceChildren(view)
  }
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(draw, 500)
  }
  return { node: h("div.preview", warnings, body), later, draw }
}
