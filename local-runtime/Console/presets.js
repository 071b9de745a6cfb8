// The ready-made postbacks of `postbacks presets`: the addresses, parameters and words of well-known receivers. A test
// compares them with the program's. `<key>` is the value of an option.

const words = (pending, done, rejected) => `{status:pending=${pending},done=${done},rejected=${rejected}}`
const noStatus = "its postback has no status, so this would be booked as a conversion"
const host = "Domain of the tracker"

/**
 * `options` are pairs of a name and a label; a label that ends in "?" is optional. A parameter is a template, or
 * `[template, instead]` with another text for a rejection. `refused` are the statuses that the receiver cannot take.
 */
export const presets = [
  { name: "keitaro", title: "Keitaro", path: "/<key>/postback", options: [["domain", host], ["key", "Postback key"]],
    params: { subid: "{click_id}", status: words("lead", "sale", "rejected"), payout: "{payout}", currency: "{currency}",
      tid: "{transaction_id}" } },
  { name: "binom", title: "Binom", path: "/<path>", options: [["domain", host], ["path", "Path?"]],
    defaults: { path: "click.php" },
    params: { cnv_id: "{click_id}", payout: ["{payout}", "0"], cnv_status: words("Hold", "approve", "reject"),
      cnv_currency: "{currency}" } },
  { name: "voluum", title: "Voluum", path: "/postback", options: [["domain", host], ["event", "Custom conversion (et)?"]],
    refused: ["pending", "rejected"],
    params: { cid: "{click_id}", payout: "{payout}", txid: "{transaction_id}", currency: "{currency}", et: "<event>" } },
  { name: "redtrack", title: "RedTrack", path: "/postback", options: [["domain", host], ["event", "Conversion type?"]],
    params: { clickid: "{click_id}", sum: ["{payout}", "0"], status: words("pending", "approved", "declined"),
      type: "<event>" } },
  { name: "affise", title: "Affise", path: "/postback",
    options: [["domain", host], ["event", "Goal in Affise?"], ["token", "Secure postback code?"]],
    params: { clickid: "{click_id}", action_id: "{transaction_id}", sum: "{payout}", status: words(2, 1, 3),
      goal: "<event>", secure: "<token>" } },
  { name: "everflow", title: "Everflow", path: "/", refused: ["pending", "rejected"],
    options: [["domain", host], ["account", "Network id (nid)"], ["event", "Event id?"], ["token", "Verification token?"]],
    params: { nid: "<account>", transaction_id: "{click_id}", amount: "{sale_amount}", order_id: "{transaction_id}",
      adv_event_id: "<event>", verification_token: "<token>" } },
  { name: "tune", title: "TUNE (HasOffers)", path: "/aff_lsr", refused: ["pending", "rejected"], contains: "success=true",
    options: [["domain", host], ["their-offer", "Offer id in TUNE?"], ["token", "Security token?"]],
    params: { offer_id: "<their-offer>", transaction_id: "{click_id}", amount: "{sale_amount}",
      adv_sub: "{transaction_id}", security_token: "<token>" } },
  { name: "cake", title: "CAKE", path: "/p.ashx", refused: ["pending", "rejected"],
    options: [["domain", host], ["their-offer", "Offer id in CAKE"], ["event", "Event id in CAKE"]],
    params: { o: "<their-offer>", e: "<event>", f: "pb", r: "{click_id}", t: "{transaction_id}", p: "{payout}" } },
  { name: "json", title: "Generic JSON", httpType: "POST(JSON)", options: [["url", "URL"], ["token", "Bearer token?"]],
    params: { event_id: "{delivery_id}", event_name: words("lead", "purchase", "cancel"), event_time: "{status_at}",
      status: "{status}", click_id: "{click_id}", order_id: "{transaction_id}", value: "{payout:number}",
      currency: "{currency}", offer_id: "{offer_id}", goal_id: "{goal_id}" } },
]

const literal = (text) => text.replaceAll("{", "{{").replaceAll("}", "}}")

/** The fields of a postback that a preset fills in for a status, or `{fault}`. */
export function filledIn(preset, status, given) {
  if (preset.refused?.includes(status)) return { fault: `${preset.title} cannot take the status ${status}: ${noStatus}.` }
  const missing = preset.options.find(([name, label]) => !label.endsWith("?") && !given[name])
  if (missing) return { fault: `${missing[1]} is needed.` }
  const requestParams = {}
  for (const [name, value] of Object.entries(preset.params)) {
    const template = Array.isArray(value) ? value[status === "rejected" ? 1 : 0] : value
    const option = /^<(.+)>$/.exec(template)?.[1]
    if (!option) requestParams[name] = template
    else if (given[option]) requestParams[name] = literal(given[option])
  }
  const fields = { httpType: preset.httpType ?? "GET", requestParams, omitEmptyParams: true }
  if (preset.contains) fields.successWhen = { bodyContains: preset.contains }
  if (!preset.path) {
    if (given.token) fields.basicAuth = { token: given.token, scheme: "Bearer" }
    return { ...fields, url: given.url }
  }
  const path = preset.path.replace(/<(.+?)>/g, (_, name) => given[name] || preset.defaults?.[name] || "")
  const origin = /^https?:\/\//i.test(given.domain) ? given.domain : `https://${given.domain}`
  return { ...fields, url: origin.replace(/\/$/, "") + path, skipWhenEmpty: ["click_id"] }
}
