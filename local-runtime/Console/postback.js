import { call } from "./call.js"
import { dialog, notice } from "./dialog.js"
import { h } from "./dom.js"
import { choice, clearFaults, field, showFaults } from "./fields.js"
import { write } from "./json.js"
import { macroMenu } from "./macros.js"
import { pairs } from "./pairs.js"
import { affiliateField, authFields, moreFields, presetFields } from "./postback-fields.js"
import { conversionChoice, keyFor, preview, warningList } from "./preview.js"
import { statuses } from "./shape.js"

const same = (one, other) => write(one ?? null) === write(other ?? null)

/**
 * The dialog New Postback, or Edit Postback for one that is stored, with the request as it would be sent beside it.
 * Answers the saved postback, or undefined.
 */
export async function postbackDialog({ offer, stored }) {
  const affiliate = await affiliateField(stored?.affiliate, Boolean(stored))
  const goal = choice([["", "Any goal"], ...offer.goals.map(({ id, name }) => [id, name])], stored?.goal?.id ?? "")
  const status = choice(statuses, stored?.conversionStatus ?? "done")
  const url = h("textarea", { rows: 2, spellcheck: "false", autocomplete: "off", "data-macros": "" })
  url.value = stored?.url ?? ""
  const type = choice(["GET", "POST(FORM)", "POST(JSON)"], stored?.httpType ?? "GET")
  const auth = authFields(stored?.basicAuth)
  const params = pairs({ label: "Request Params", name: "requestParams", what: "param", value: stored?.requestParams,
    hasJSON: true, hint: "GET adds them to the URL, POST sends them as the body. Values may have macros." })
  const headers = pairs({ label: "Request Headers", name: "requestHeaders", what: "header", value: stored?.requestHeaders })
  const more = moreFields(stored)
  const conversion = conversionChoice(offer.id)
  const idempotency = keyFor()

  /** All fields as createPostback takes them. */
  const fields = () => ({
    offerId: stored?.offer.id ?? offer.id, affiliateId: affiliate.control.value,
    goalId: offer.goalsEnabled && goal.value ? goal.value : undefined, conversionStatus: status.value,
    url: url.value.trim(), httpType: type.value, basicAuth: auth.value(), requestParams: params.value(),
    requestHeaders: headers.value(), ...more.value(),
  })
  const before = fields()
  /** The fields that were changed since the dialog was opened; a secret that was left alone is not among them. */
  function changes() {
    const { offerId, affiliateId, ...wanted } = fields()
    for (const name of Object.keys(wanted)) if (same(before[name], wanted[name])) delete wanted[name]
    if ("goalId" in wanted) wanted.goalId ??= null
    return { postbackId: stored.id, ...wanted }
  }
  function previewed() {
    if (!url.value.trim()) return undefined
    try {
      const conversionId = conversion.value()
      if (stored && Object.keys(changes()).length === 1) return { postbackId: stored.id, conversionId }
      const all = fields()
      const open = (map) => Object.fromEntries(Object.entries(map).filter(([, value]) => value !== "***"))
      if (Object.values(all.basicAuth ?? {}).includes("")) all.basicAuth = undefined
      return { ...all, affiliateId: all.affiliateId || "*", requestParams: open(all.requestParams),
        requestHeaders: open(all.requestHeaders), conversionId }
    } catch {
      return undefined
    }
  }

  const view = preview({
    input: previewed,
    onmend: ({ field: path, text: wrong, macro }) => {
      const holders = path === "url" ? [url] : left.querySelectorAll("[data-macros]")
      for (const control of holders) control.value = control.value.replaceAll(wrong, macro)
      changed()
    },
    onfault: (error) => (error ? showFaults(left, error, { hasFocus: false }) : clearFaults(left)),
  })
  let isDirty = false
  let target = url
  const changed = () => { isDirty = true; view.later() }
  const fill = (filled) => {
    [url.value, type.value] = [filled.url, filled.httpType]
    params.set(filled.requestParams)
    more.set(filled)
    if (filled.basicAuth) auth.setToken(filled.basicAuth)
    changed()
  }
  const left = h(
    "div", { class: "left" }, affiliate.node,
    h("div", { class: "pair" }, offer.goalsEnabled && field({ label: "Offer Goal", name: "goalId", control: goal }),
      field({ label: "Conversion Status", name: "conversionStatus", control: status })),
    !stored && presetFields(() => status.value, fill),
    field({ label: "URL", name: "url", control: url, after: macroMenu(() => target) }),
    h("div", { class: "pair" }, field({ label: "HTTP Type", name: "httpType", control: type }), auth.node),
    auth.more, params.node, headers.node, more.node)
  left.addEventListener("input", changed)
  left.addEventListener("focusin", ({ target: focused }) => {
    if (focused.dataset.macros !== undefined) target = focused
  })
  conversion.select.addEventListener("change", view.draw)
  view.draw()

  const saved = await dialog({
    title: stored ? `Edit Postback ${stored.id}` : "New Postback", action: "Save", isWide: true, isDirty: () => isDirty,
    content: h("div", { class: "editor" }, left,
      h("section", { class: "right", "aria-label": "Preview" }, h("h3", null, "The request"), conversion.node, view.node)),
    async submit() {
      try {
        if (!stored) {
          const input = fields()
          return await call("createPostback", { ...input, idempotencyKey: idempotency(input) })
        }
        return await call("updatePostback", changes())
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        params.fail(`is no JSON: ${error.message}`)
        return undefined
      }
    },
  })
  if (saved) notice(`Saved postback ${saved.postback.id}.`, warningList(saved.warnings))
  return saved?.postback
}
