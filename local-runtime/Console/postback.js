import { call, choice, clearFaults, dialog, field, h, newKey, notice, send, showFaults, statuses, word, write } from "./kit.js"
import { macroMenu } from "./macros.js"
import { pairs } from "./pairs.js"
import { affiliateField, authFields, moreFields, presetFields } from "./postback-fields.js"
import { conversionChoice, preview, warningList } from "./preview.js"

const same = (one, other) => write(one ?? null) === write(other ?? null)

const texts = (value) => (typeof value === "object" ? Object.values(value ?? {}).flatMap(texts) : [String(value)])

/** Whether nothing is missing in what somebody types: the URL has a whole host, and each macro has its end. */
const isWhole = ({ url, requestParams, requestHeaders }) =>
  URL.canParse(url) && /^https?:\/\/[^/?]*[^/?.:]([/?]|$)/i.test(url) && !/%.?$/.test(url)
  && !texts([url, requestParams, requestHeaders]).some((text) => /\{[^{}]*$/.test(text.replaceAll("{{", "")))

/** A key that stays the same as long as the input does, so that a repeated save makes one postback. */
function keyFor() {
  let [text, key] = []
  return (input) => {
    if (write(input) !== text) [text, key] = [write(input), newKey()]
    return key
  }
}

/**
 * The dialog New Postback, or Edit Postback for one that is stored, with the request as it would be sent beside it.
 * Answers the saved postback, or undefined.
 */
export async function postbackDialog({ offer, stored }) {
  const [affiliate, { macros, presets }] = await Promise.all([affiliateField(stored?.affiliate), send("/console/catalog")])
  const goal = choice([["", "Any goal"], ...offer.goals.map(({ id, name }) => [id, name])], stored?.goal?.id)
  const status = choice(statuses.map((one) => [one, word(one)]), stored?.conversionStatus ?? "done")
  const url = h("textarea", { rows: 2, spellcheck: "false", "data-macros": true, value: stored?.url ?? "" })
  const type = choice(["GET", "POST(FORM)", "POST(JSON)"], stored?.httpType)
  const auth = authFields(stored?.basicAuth)
  const params = pairs({ label: "Request Params", name: "requestParams", what: "param", value: stored?.requestParams,
    hasJSON: true, hint: "GET adds them to the URL, POST sends them as the body. Values may have macros." })
  const headers = pairs({ label: "Request Headers", name: "requestHeaders", what: "header", value: stored?.requestHeaders })
  const more = moreFields(stored)
  const key = keyFor()

  const fields = () => ({
    offerId: stored?.offer.id ?? offer.id, affiliateId: affiliate.control.value,
    goalId: (offer.goalsEnabled && goal.value) || undefined, conversionStatus: status.value,
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
  /** The input of the preview, without what is not complete yet and does not change the request. */
  function previewed() {
    try {
      const conversionId = conversion.value()
      if (stored && Object.keys(changes()).length === 1) return { postbackId: stored.id, conversionId }
      const { successWhen, skipWhenEmpty, ...all } = fields()
      if (!isWhole(all)) return undefined
      const open = (map) => Object.fromEntries(Object.entries(map).filter(([name, value]) => name && value !== "***"))
      if (Object.values(all.basicAuth ?? {}).includes("")) all.basicAuth = undefined
      if (!/^whsec_(.{4}){8,}$/.test(all.signingSecret)) all.signingSecret = undefined
      return { ...all, affiliateId: all.affiliateId || "*", requestParams: open(all.requestParams),
        requestHeaders: open(all.requestHeaders), conversionId }
    } catch {
      return undefined
    }
  }

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
  const left = h("div.left", {
    oninput({ target: edited }) {
      // A mistake's place is another one now.
      clearFaults(edited.closest("[data-field]") ?? edited)
      changed()
    },
    onfocusin({ target: focused }) { if (focused.dataset.macros !== undefined) target = focused },
  }, affiliate.node,
  h("div.pair", offer.goalsEnabled && field("Offer Goal", "goalId", goal),
    field("Conversion Status", "conversionStatus", status)),
  !stored && presetFields(presets, () => status.value, fill),
  field("URL", "url", url, "", macroMenu(macros, () => target)),
  h("div.pair", field("HTTP Type", "httpType", type), auth.node),
  auth.more, params.node, headers.node, more.node)
  const view = preview({
    input: previewed, form: left,
    onmend(path, wrong, macro) {
      for (const control of path === "url" ? [url] : left.querySelectorAll("[data-macros]")) {
        control.value = control.value.replaceAll(wrong, macro)
      }
      changed()
    },
    onfault: (error) => (error ? showFaults(left, error, { hasFocus: false }) : clearFaults(left)),
  })
  const conversion = conversionChoice(offer.id, view.draw)
  view.draw()

  const saved = await dialog({
    title: stored ? `Edit Postback ${stored.id}` : "New Postback", action: "Save", isWide: true, isDirty: () => isDirty,
    content: h("div.editor", left,
      h("section.right", { "aria-label": "Preview" }, h("h3", "The request"), conversion.node, view.node)),
    async submit() {
      try {
        if (stored) return await call("updatePostback", changes())
        const input = fields()
        return await call("createPostback", { ...input, idempotencyKey: key(input) })
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
