import {
  call, choice, clearFaults, dialog, field, fill, h, newKey, send, showFaults, statuses, values, write
} from "./kit.js"
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

/** Lists stand in a field with commas between. */
const joined = ({ skipWhenEmpty, successWhen, ...others }) => ({ ...others, skipWhenEmpty: skipWhenEmpty?.join(", "),
  successWhen: { ...successWhen, statuses: successWhen?.statuses?.join(", ").replace(/^200-299$/, "") } })
const words = (text) => text.split(/[\s,]+/).filter(Boolean)

/**
 * The dialog New Postback, or Edit Postback for one that is stored, with the request as it would be sent beside it.
 * Answers what was done.
 */
export async function postbackDialog({ offer, stored }) {
  const [affiliate, { macros, presets }] = await Promise.all([affiliateField(stored?.affiliate), send("/console/catalog")])
  let isDirty = false
  // The key stays the same as long as the input does, so that a repeated save makes one postback.
  let key = newKey()
  function changed() {
    isDirty = true
    key = newKey()
    view.later()
  }

  const url = h("textarea", { rows: 2, spellcheck: "false", "data-macros": true })
  let target = url
  const form = h("div.left", {
    oninput({ target: edited }) {
      // A mistake's place is another one now.
      clearFaults(edited.closest("[data-field]") ?? edited)
      changed()
    },
    onfocusin({ target: focused }) { if ("macros" in focused.dataset) target = focused },
  }, affiliate,
  h("div.pair", offer.goalsEnabled && field("Offer Goal", "goalId",
    choice([["", "Any goal"], ...offer.goals.map(({ id, name }) => [id, name])])),
  field("Conversion Status", "conversionStatus", choice(statuses, "done"))),
  field("URL", "url", url, "", macroMenu(macros, () => target)),
  h("div.pair", field("HTTP Type", "httpType", choice(["GET", "POST(FORM)", "POST(JSON)"])), authFields(stored?.basicAuth)),
  pairs({ label: "Request Params", name: "requestParams", what: "param", hasJSON: true,
    hint: "GET adds them to the URL, POST sends them as the body. Values may have macros." }),
  pairs({ label: "Request Headers", name: "requestHeaders", what: "header" }), moreFields(stored?.signingSecret))
  if (stored) {
    const { affiliate: { id }, goal, basicAuth, signingSecret, ...shown } = stored
    fill(form, joined({ ...shown, affiliateId: id, goalId: goal?.id, basicAuth: { scheme: basicAuth?.scheme } }))
  }

  /** The input that the fields stand for. A stored secret is kept as long as nothing else is chosen. */
  function input() {
    const { mode, basicAuth, skipWhenEmpty, successWhen: { statuses: found, ...judged }, ...others } = values(form)
    return { offerId: offer.id, ...others, basicAuth: mode === "none" ? null : basicAuth, skipWhenEmpty: words(skipWhenEmpty),
      successWhen: { ...judged, statuses: found ? words(found) : undefined } }
  }
  const before = input()
  /** The fields that were changed since the dialog was opened. */
  function changes() {
    const changed = Object.entries(input()).filter(([name, value]) => !same(before[name], value))
    return { postbackId: stored.id, ...Object.fromEntries(changed.map(([name, value]) => [name, value === "" ? null : value])) }
  }
  /** The input of the preview, without what is not complete yet and does not change the request. */
  function previewed() {
    try {
      const conversionId = conversion.value()
      if (stored && Object.keys(changes()).length === 1) return { postbackId: stored.id, conversionId }
      const { successWhen, skipWhenEmpty, ...all } = input()
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
  const view = preview({
    input: previewed, form,
    onmend(path, wrong, macro) {
      for (const control of path === "url" ? [url] : form.querySelectorAll("[data-macros]")) {
        control.value = control.value.replaceAll(wrong, macro)
      }
      changed()
    },
    onfault: (error) => (error ? showFaults(form, error, { hasFocus: false }) : clearFaults(form)),
  })
  const conversion = conversionChoice(offer.id, view.draw)
  view.draw()

  const presetOf = !stored && presetFields(presets, () => values(form).conversionStatus, (preset) => {
    const { affiliateId } = values(form)
    fill(form, { affiliateId, mode: preset.basicAuth && "token", ...joined(preset) })
    changed()
  })
  return dialog({
    title: stored ? `Edit Postback ${stored.id}` : "New Postback", action: "Save", isWide: true, isDirty: () => isDirty,
    content: h("div.editor", h("div.left", presetOf, form),
      h("section.right", { "aria-label": "Preview" }, h("h3", "The request"), conversion.node, view.node)),
    async submit() {
      const { postback, warnings } = stored ? await call("updatePostback", changes())
        : await call("createPostback", { ...input(), idempotencyKey: key })
      return [`Saved postback ${postback.id}.`, warningList(warnings)]
    },
  })
}
