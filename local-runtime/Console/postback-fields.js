import {
  button, call, choice, clearFaults, dialog, field, group, h, input, options, secret, send, showFaults, suggestions, tick, values
} from "./kit.js"

// The parts of the dialog New Postback that consist of several fields.

const withId = ({ id, name }) => [id, name && name !== id ? `${name} (${id})` : id]

const newAffiliate = () => dialog({
  title: "New Affiliate", action: "Save",
  content: [field("Affiliate ID", "affiliateId", {}, "Your own id, up to 128 characters."), field("Name", "name")],
  submit: async (given) => (await call("configureAffiliate", given)).affiliate,
})

/** The choice of an affiliate. Where there are more than a list can show, it is a field with suggestions. */
export async function affiliateField(stored) {
  const { affiliates, next } = stored ? { affiliates: [stored] } : await call("listAffiliates", { limit: 1000 })
  const list = next && suggestions(affiliates)
  const control = next ? input({ list: list.id })
    : choice([["", "Select…"], ...affiliates.map(withId), ["*", "Every affiliate (*)"]], "", { disabled: Boolean(stored) })
  const add = button("New Affiliate", async () => {
    const made = await newAffiliate()
    if (!made) return
    if (!next) control.prepend(...options([withId(made)]))
    control.value = made.id
    control.dispatchEvent(new Event("input", { bubbles: true }))
  }, { class: "quiet" })
  return field("Affiliate", "affiliateId", control, "", !stored && [list, add])
}

/** None, a token, or login and password. A stored secret is kept as long as nothing else is chosen. */
export function authFields(stored) {
  const fields = {
    token: [field("Token", "basicAuth.token", secret()), field("Scheme", "basicAuth.scheme", choice(["Basic", "Bearer"]))],
    login: [field("Login", "basicAuth.login"), field("Password", "basicAuth.password", secret())],
  }
  const more = Object.values(fields).map((pair) => h("div.pair", pair))
  const mode = choice([...(stored ? [["stored", "As stored"]] : []), ["none", "None"], ["token", "Token"],
    ["login", "Login and password"]], "", { name: "mode", onchange: show })
  function show() {
    more.forEach((pair, index) => { pair.hidden = Object.keys(fields)[index] !== mode.value })
  }
  show()
  return [field("Basic Auth", "basicAuth", mode, stored && (stored.login === undefined
    ? `Stored: ${stored.scheme} ***` : `Stored: login ${stored.login}, password ***`)), more]
}

const title = (name) => name[0].toUpperCase() + name.slice(1).replaceAll("-", " ")

/** A tracker's preset, which fills in the other fields. The gateway knows the presets of `postbacks presets`. */
export function presetFields(presets, status, use) {
  const asked = h("div.pair")
  const rest = h("div", { role: "status" })
  const which = choice([["", "No preset"], ...presets.map(({ name, title }) => [name, title])], "", { onchange() {
    const preset = presets.find(({ name }) => name === which.value)
    rest.replaceChildren()
    asked.replaceChildren(...(preset?.options ?? []).map(({ name, meaning, isNeeded }) =>
      field(title(name) + (isNeeded ? "" : " (optional)"), name, { required: isNeeded }, meaning)),
    ...(preset ? [button("Fill in", apply)] : []))
  } })
  async function apply() {
    const details = [...asked.querySelectorAll(":invalid")].map(({ name }) => ({ field: name, message: "is needed" }))
    rest.replaceChildren()
    clearFaults(asked)
    try {
      if (details.length) throw { details }
      const given = Object.entries(values(asked)).filter(([, value]) => value.trim())
      use(await send("/console/preset", { preset: which.value, status: status(), options: Object.fromEntries(given) }))
    } catch (error) {
      rest.replaceChildren(showFaults(asked, error))
    }
  }
  return h("details", h("summary", "Start from a tracker's preset"), field("Tracker", "preset", which), asked, rest)
}

export const moreFields = (hasSecret) => h("details", h("summary", "More"),
  field("Signing Secret", "signingSecret", secret(), ["whsec_…, signs each request by Standard Webhooks. ",
    hasSecret && "One is stored; leave this empty to keep it."]),
  tick("Leave out params without a value", "omitEmptyParams"),
  tick("Send an event even if a later one was delivered", "sendOvertaken"),
  field("Skip when empty", "skipWhenEmpty", {}, "Macro names without braces, such as click_id."),
  group("Delivered if", "successWhen", "Without these, every status from 200 to 299.",
    field("Statuses", "successWhen.statuses", {}, "Such as 200-204, 302."),
    field("The answer contains", "successWhen.bodyContains"), field("The answer lacks", "successWhen.bodyLacks"),
    tick("Try again after another answer", "successWhen.retry")))
