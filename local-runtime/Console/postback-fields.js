import { all, call } from "./call.js"
import { dialog } from "./dialog.js"
import { button, h } from "./dom.js"
import { choice, field, group, tick } from "./fields.js"
import { filledIn, presets } from "./presets.js"

// The parts of the dialog New Postback that consist of several fields.

const text = (properties) => h("input", { spellcheck: "false", autocomplete: "off", ...properties })

/** Asks for a new affiliate; answers it, or undefined. */
export async function newAffiliate() {
  const [id, name] = [text({ required: true }), text()]
  return dialog({
    title: "New Affiliate", action: "Save",
    content: [
      field({ label: "Affiliate ID", name: "affiliateId", control: id, hint: "Your own id, up to 128 characters." }),
      field({ label: "Name", name: "name", control: name }),
    ],
    submit: async () =>
      (await call("configureAffiliate", { affiliateId: id.value, name: name.value || undefined })).affiliate,
  })
}

/** The choice of an affiliate. Where there are more than a list can show, it is a field with suggestions. */
export async function affiliateField(chosen, isFixed) {
  const { items, isComplete } = isFixed ? { items: [chosen], isComplete: true } : await all("listAffiliates", "affiliates")
  const options = (list) => list.map(({ id, name }) => [id, name && name !== id ? `${name} (${id})` : id])
  let control
  let list
  if (isComplete) {
    control = choice([["", "Select…"], ...options(items), ["*", "Every affiliate (*)"]], chosen?.id, { disabled: isFixed })
  } else {
    list = h("datalist", { id: "affiliates" }, items.map(({ id, name }) => h("option", { value: id }, name)))
    control = text({ list: "affiliates" })
  }
  const add = button("New Affiliate", async () => {
    const made = await newAffiliate()
    if (!made) return
    if (isComplete) control.prepend(...choice(options([made])).children)
    control.value = made.id
    control.dispatchEvent(new Event("input", { bubbles: true }))
  }, { class: "quiet" })
  return { control, node: field({ label: "Affiliate", name: "affiliateId", control, after: isFixed ? undefined : [list, add] }) }
}

/** None, a token, or login and password. A stored secret is kept as long as nothing else is chosen. */
export function authFields(stored) {
  const modes = [["none", "None"], ["token", "Token"], ["login", "Login and password"]]
  if (stored) modes.unshift(["stored", "As stored"])
  const mode = choice(modes, stored ? "stored" : "none")
  const secret = () => text({ type: "password", autocomplete: "new-password" })
  const [token, login, password] = [secret(), text(), secret()]
  const scheme = choice(["Basic", "Bearer"], stored?.scheme ?? "Basic")
  const parts = {
    token: h("div", { class: "pair" }, field({ label: "Token", name: "basicAuth.token", control: token }),
      field({ label: "Scheme", name: "basicAuth.scheme", control: scheme })),
    login: h("div", { class: "pair" }, field({ label: "Login", name: "basicAuth.login", control: login }),
      field({ label: "Password", name: "basicAuth.password", control: password })),
  }
  const show = () => { for (const [name, node] of Object.entries(parts)) node.hidden = mode.value !== name }
  mode.addEventListener("change", show)
  show()
  const shown = stored && (stored.login === undefined ? `Stored: ${stored.scheme} ***`
    : `Stored: login ${stored.login}, password ***`)
  return {
    node: field({ label: "Basic Auth", name: "basicAuth", control: mode, hint: shown }), more: Object.values(parts),
    value: () => ({
      stored: undefined, none: null, token: { token: token.value, scheme: scheme.value },
      login: { login: login.value, password: password.value },
    })[mode.value],
    setToken: (given) => { [mode.value, token.value, scheme.value] = ["token", given.token, given.scheme]; show() },
  }
}

/** A tracker's preset, which fills in the other fields. */
export function presetFields(status, fill) {
  const which = choice([["", "No preset"], ...presets.map(({ name, title }) => [name, title])], "")
  const options = h("div", { class: "pair" })
  const fault = h("p", { class: "fault", role: "status" })
  const find = () => presets.find(({ name }) => name === which.value)
  which.addEventListener("change", () => {
    fault.textContent = ""
    options.replaceChildren(...(find()?.options ?? []).map(([name, label]) => field({
      label: label.replace(/\?$/, " (optional)"), name: `preset.${name}`, control: text({ name }),
    })), ...(find() ? [button("Fill in", apply)] : []))
  })
  function apply() {
    const given = Object.fromEntries([...options.querySelectorAll("input")].map(({ name, value }) => [name, value.trim()]))
    const fields = filledIn(find(), status(), given)
    fault.textContent = fields.fault ?? ""
    if (!fields.fault) fill(fields)
  }
  return h("details", null, h("summary", null, "Start from a tracker's preset"),
    field({ label: "Tracker", name: "preset", control: which }), options, fault)
}

/** What most postbacks leave as it is. */
export function moreFields(stored) {
  const secret = text({ type: "password", autocomplete: "new-password" })
  const [skip, codes, contains, lacks] = [text(), text(), text(), text()]
  const [omit, again, overtaken] = [["Leave out params without a value", "omitEmptyParams"],
    ["Try again after another answer", "retry"], ["Send an event even if a later one was delivered", "sendOvertaken"]]
    .map(([label, name]) => tick(label, false, { name }))
  const isOn = (label) => label.querySelector("input").checked
  const list = (control) => control.value.split(/[\s,]+/).filter(Boolean)
  function set({ omitEmptyParams, skipWhenEmpty, successWhen, sendOvertaken }) {
    const when = successWhen ?? {}
    omit.querySelector("input").checked = omitEmptyParams
    skip.value = (skipWhenEmpty ?? []).join(", ")
    codes.value = (when.statuses ?? []).join(", ").replace(/^200-299$/, "")
    contains.value = when.bodyContains ?? ""
    lacks.value = when.bodyLacks ?? ""
    again.querySelector("input").checked = when.retry
    overtaken.querySelector("input").checked = sendOvertaken
  }
  set(stored ?? {})
  function value() {
    const when = {
      statuses: list(codes).length ? list(codes) : undefined, bodyContains: contains.value || undefined,
      bodyLacks: lacks.value || undefined, retry: isOn(again) || undefined,
    }
    return {
      signingSecret: secret.value || undefined, omitEmptyParams: isOn(omit),
      skipWhenEmpty: list(skip).length ? list(skip) : null, sendOvertaken: isOn(overtaken),
      successWhen: Object.values(when).some((one) => one !== undefined) ? when : null,
    }
  }
  const node = h("details", null, h("summary", null, "More"),
    field({ label: "Signing Secret", name: "signingSecret", control: secret,
      hint: ["whsec_…, signs each request by Standard Webhooks. ",
        stored?.signingSecret && "One is stored; leave this empty to keep it."] }),
    omit, overtaken,
    field({ label: "Skip when empty", name: "skipWhenEmpty", control: skip,
      hint: "Macro names without braces, such as click_id." }),
    group({ label: "Delivered if", name: "successWhen", hint: "Without these, every status from 200 to 299.", content: [
      field({ label: "Statuses", name: "successWhen.statuses", control: codes, hint: "Such as 200-204, 302." }),
      field({ label: "The answer contains", name: "successWhen.bodyContains", control: contains }),
      field({ label: "The answer lacks", name: "successWhen.bodyLacks", control: lacks }), again,
    ] }))
  return { node, set, value }
}
