import { all, button, call, choice, clearFaults, dialog, field, group, h, input, send, showFaults, tick } from "./kit.js"

// The parts of the dialog New Postback that consist of several fields.

const secret = () => input({ type: "password", autocomplete: "new-password" })
const title = (name) => name[0].toUpperCase() + name.slice(1).replaceAll("-", " ")
const withId = ({ id, name }) => [id, name && name !== id ? `${name} (${id})` : id]

function newAffiliate() {
  const [id, name] = [input(), input()]
  return dialog({
    title: "New Affiliate", action: "Save",
    content: [
      field("Affiliate ID", "affiliateId", id, "Your own id, up to 128 characters."),
      field("Name", "name", name),
    ],
    submit: async () =>
      (await call("configureAffiliate", { affiliateId: id.value, name: name.value || undefined })).affiliate,
  })
}

/** The choice of an affiliate. Where there are more than a list can show, it is a field with suggestions. */
export async function affiliateField(stored) {
  const { items, isComplete } = stored ? { items: [stored], isComplete: true } : await all("listAffiliates", "affiliates")
  const control = isComplete
    ? choice([["", "Select…"], ...items.map(withId), ["*", "Every affiliate (*)"]], stored?.id, { disabled: Boolean(stored) })
    : input({ list: "affiliates" })
  const list = !isComplete && h("datalist", { id: "affiliates" }, items.map(({ id, name }) => h("option", { value: id }, name)))
  const add = button("New Affiliate", async () => {
    const made = await newAffiliate()
    if (!made) return
    if (isComplete) control.prepend(...choice([withId(made)]).children)
    control.value = made.id
    control.dispatchEvent(new Event("input", { bubbles: true }))
  }, { class: "quiet" })
  return { control, node: field("Affiliate", "affiliateId", control, "", !stored && [list, add]) }
}

/** None, a token, or login and password. A stored secret is kept as long as nothing else is chosen. */
export function authFields(stored) {
  const mode = choice([...(stored ? [["stored", "As stored"]] : []), ["none", "None"], ["token", "Token"],
    ["login", "Login and password"]], stored ? "stored" : "none", { onchange: show })
  const controls = {
    token: { token: secret(), scheme: choice(["Basic", "Bearer"], stored?.scheme) },
    login: { login: input(), password: secret() },
  }
  const more = Object.values(controls).map((pair) => h("div.pair", Object.entries(pair).map(([name, control]) =>
    field(title(name), `basicAuth.${name}`, control))))
  function show() {
    for (const [index, name] of Object.keys(controls).entries()) more[index].hidden = mode.value !== name
  }
  show()
  return {
    more, node: field("Basic Auth", "basicAuth", mode, stored && (stored.login === undefined
      ? `Stored: ${stored.scheme} ***` : `Stored: login ${stored.login}, password ***`)),
    value() {
      const pair = controls[mode.value]
      if (!pair) return mode.value === "none" ? null : undefined
      return Object.fromEntries(Object.entries(pair).map(([name, control]) => [name, control.value]))
    },
    setToken({ token, scheme }) {
      [mode.value, controls.token.token.value, controls.token.scheme.value] = ["token", token, scheme]
      show()
    },
  }
}

/** A tracker's preset, which fills in the other fields. The gateway knows the presets of `postbacks presets`. */
export function presetFields(presets, status, fill) {
  const options = h("div.pair")
  const rest = h("div", { role: "status" })
  const which = choice([["", "No preset"], ...presets.map(({ name, title }) => [name, title])], "", { onchange() {
    rest.replaceChildren()
    const preset = presets.find(({ name }) => name === which.value)
    options.replaceChildren(...(preset?.options ?? []).map(({ name, meaning, isNeeded }) => field(
      title(name) + (isNeeded ? "" : " (optional)"), name, input({ name, required: isNeeded }), meaning)),
    ...(preset ? [button("Fill in", apply)] : []))
  } })
  async function apply() {
    const controls = [...options.querySelectorAll("input")]
    const missing = controls.filter((control) => !control.checkValidity())
      .map(({ name }) => ({ field: name, message: "is needed" }))
    const given = controls.map(({ name, value }) => [name, value.trim()]).filter(([, value]) => value)
    rest.replaceChildren()
    clearFaults(options)
    try {
      if (missing.length) showFaults(options, { details: missing })
      else fill(await send("/console/preset", { preset: which.value, status: status(), options: Object.fromEntries(given) }))
    } catch (error) {
      rest.replaceChildren(showFaults(options, error))
    }
  }
  return h("details", h("summary", "Start from a tracker's preset"),
    field("Tracker", "preset", which), options, rest)
}

export function moreFields(stored) {
  const signing = secret()
  const [skip, codes, contains, lacks] = [0, 1, 2, 3].map(() => input())
  const [omit, overtaken, again] = ["Leave out params without a value", "Send an event even if a later one was delivered",
    "Try again after another answer"].map((label) => tick(label))
  const list = (control) => control.value.split(/[\s,]+/).filter(Boolean)
  function set({ omitEmptyParams, skipWhenEmpty, successWhen, sendOvertaken }) {
    const when = successWhen ?? {}
    omit.firstChild.checked = omitEmptyParams
    overtaken.firstChild.checked = sendOvertaken
    again.firstChild.checked = when.retry
    skip.value = (skipWhenEmpty ?? []).join(", ")
    codes.value = (when.statuses ?? []).join(", ").replace(/^200-299$/, "")
    contains.value = when.bodyContains ?? ""
    lacks.value = when.bodyLacks ?? ""
  }
  set(stored ?? {})
  function value() {
    const when = { statuses: list(codes).length ? list(codes) : undefined, bodyContains: contains.value || undefined,
      bodyLacks: lacks.value || undefined, retry: again.firstChild.checked || undefined }
    return {
      signingSecret: signing.value || undefined, omitEmptyParams: omit.firstChild.checked,
      skipWhenEmpty: list(skip).length ? list(skip) : null, sendOvertaken: overtaken.firstChild.checked,
      successWhen: Object.values(when).some((one) => one !== undefined) ? when : null,
    }
  }
  const node = h("details", h("summary", "More"),
    field("Signing Secret", "signingSecret", signing, ["whsec_…, signs each request by Standard Webhooks. ",
      stored?.signingSecret && "One is stored; leave this empty to keep it."]),
    omit, overtaken,
    field("Skip when empty", "skipWhenEmpty", skip, "Macro names without braces, such as click_id."),
    group({ label: "Delivered if", name: "successWhen", hint: "Without these, every status from 200 to 299.", content: [
      field("Statuses", "successWhen.statuses", codes, "Such as 200-204, 302."),
      field("The answer contains", "successWhen.bodyContains", contains),
      field("The answer lacks", "successWhen.bodyLacks", lacks), again,
    ] }))
  return { node, set, value }
}
