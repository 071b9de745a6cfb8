import { attemptList, milliseconds, result } from "./attempt.js"
import { call } from "./call.js"
import { button, h } from "./dom.js"
import { filters } from "./filters.js"
import { pages, table, to } from "./list.js"
import { panel } from "./panel.js"
import { param, remember } from "./query.js"
import { firstCount, resend } from "./resend.js"
import { me } from "./session.js"
import { deliveryStates, shape, word } from "./shape.js"
import { headline, start } from "./shell.js"
import { brief, count, counted, none, said } from "./text.js"
import { when } from "./time.js"

const main = start("deliveries")
const errors = ["dns", "connect", "tls", "timeout", "protocol", "forbidden_target", "unsafe_header", "unsafe_url",
  "too_large", "missing_value", "secret", "superseded", "http_status", "response_mismatch", "lost"]
const { form, input: filter, isActive, clear } = filters("deliveries", [
  { name: "state", label: "State", kind: "choice", options: deliveryStates.map((state) => [state, word(state)]) },
  { name: "offerId", label: "Offer", kind: "offers" }, { name: "affiliateId", label: "Affiliate", kind: "affiliates" },
  { name: "postbackId", label: "Postback", kind: "number" },
  ...(param("deliveryId") ? [{ name: "deliveryId", label: "Delivery", kind: "number" }] : []),
  { name: "destination", label: "Destination" },
  { name: "httpStatus", label: "HTTP", kind: "short", example: "5xx" },
  { name: "errorCode", label: "Error", kind: "choice", options: errors },
  { name: "since", label: "Since (UTC)", kind: "time" }, { name: "until", label: "Until (UTC)", kind: "time" },
])

/** The selected ids by their texts. */
const selected = new Map()
let rows = []
let open = param("open")
let openPostback

let most
me().then((who) => { most = who?.attempts })

const last = ({ attempts }) => attempts.at(-1)

/** Opens the attempts of one delivery below its row, or closes them; the URL says which are open. */
async function toggle(delivery) {
  open = open === String(delivery.id) ? undefined : String(delivery.id)
  remember("open", open)
  list.redraw()
  list.refresh()
}

const pick = (delivery) => {
  const box = h("input", { type: "checkbox", "data-row": "", "aria-label": `Select delivery ${delivery.id}`,
    "data-key": `${delivery.id}:select`, checked: selected.has(String(delivery.id)) })
  box.addEventListener("change", () => {
    if (box.checked) selected.set(String(delivery.id), delivery.id)
    else selected.delete(String(delivery.id))
    showSelection()
  })
  return box
}
const pickAll = h("input", { type: "checkbox", "aria-label": "Select the rows of this page" })
pickAll.addEventListener("change", () => {
  const isOn = pickAll.checked
  for (const box of list.node.querySelectorAll("input[data-row]")) {
    if (box.checked !== isOn) box.click()
  }
})

const columns = [
  { title: "Select", head: pickAll, kind: "select", cell: pick },
  { title: "State", cell: (delivery) => button(shape(delivery.state), () => toggle(delivery), {
    class: "open", "data-key": `${delivery.id}:open`, "aria-expanded": String(open === String(delivery.id)),
    "aria-label": `${word(delivery.state)}, delivery ${delivery.id}`,
  }) },
  { title: "Postback", kind: "number", cell: ({ postbackId, offerId }) =>
    to("offer", { id: offerId, postback: postbackId }, String(postbackId)) },
  { title: "Affiliate", cell: ({ affiliateId }) => brief(affiliateId) },
  { title: "Offer", cell: ({ offerId }) => brief(offerId) },
  { title: "Event", cell: ({ conversionId, sequence, status }) =>
    [shape(status), " ", to("conversion", { id: conversionId }, `${conversionId}.${sequence}`)] },
  { title: "Attempt", kind: "number", cell: ({ attemptCount }) => `${attemptCount}${most ? ` of ${most}` : ""}` },
  { title: "Next at", cell: ({ dueAt, waitsFor }) => (waitsFor ? `after delivery ${waitsFor.deliveryId}` : when(dueAt)) },
  { title: "Last status or error", cell: (delivery) => (last(delivery) ? result(last(delivery)) : none()) },
  { title: "ms", kind: "number", cell: (delivery) => milliseconds(last(delivery)?.timing?.totalMs, "") },
  { title: "Time", cell: (delivery) => when(last(delivery)?.at ?? delivery.owedAt) },
]

const detail = (delivery) => open === String(delivery.id) && h(
  "div", { class: "opened" },
  h("p", { class: "line" }, h("b", null, `Delivery ${delivery.id}`), said(delivery.destination), "owed since ",
    when(delivery.owedAt), button("Resend", () => run({ deliveryIds: [delivery.id], what: `delivery ${delivery.id}` }),
      { class: "manages", "data-key": `${delivery.id}:resend` })),
  attemptList(delivery, openPostback, true))

async function run(request) {
  if (!(await resend(request))) return
  selected.clear()
  await list.refresh()
  list.redraw()
  showSelection()
  showMatches()
}

const selection = h("span", { role: "status" })
const resendSelected = button("Resend selected", () =>
  run({ deliveryIds: [...selected.values()], what: "the selected deliveries" }))
const unselect = button("Clear selection", () => { selected.clear(); list.redraw(); showSelection() }, { class: "quiet" })
const resendMatching = button("Resend all that match", () =>
  run({ filter, what: isActive ? "all deliveries that match" : "all deliveries" }), { "data-key": "matching" })
const bar = h("div", { class: "bar manages" }, resendMatching, resendSelected, unselect, selection)

function showSelection() {
  const size = selected.size
  selection.textContent = size ? `${counted(size, "delivery", "deliveries")} of this page selected` : ""
  resendSelected.hidden = unselect.hidden = !size
  pickAll.checked = size > 0 && size === rows.length
  pickAll.indeterminate = size > 0 && size < rows.length
}

/** Writes the number of deliveries into the button that resends all that match, where few deliveries have to be read. */
async function showMatches() {
  if (!filter.deliveryId && !["owed", "retrying", "held", "failed", "dead", "skipped"].includes(filter.state)) return
  const number = await firstCount(filter).catch(() => undefined)
  resendMatching.textContent = number === undefined ? "Resend all that match" : `Resend all that match (${count(number)})`
}

const list = panel({
  title: "Deliveries", isHeadingHidden: true,
  async load() {
    const answer = await call("listDeliveries", { ...filter, order: "newest", limit: 50, after: param("after") })
    const opened = answer.deliveries.find((delivery) => String(delivery.id) === open)
    if (!opened) return answer
    const { postbacks } = await call("listPostbacks", { postbackId: opened.postbackId }).catch(() => ({ postbacks: [] }))
    return { ...answer, postback: postbacks[0] }
  },
  isEmpty: ({ deliveries }) => !deliveries.length,
  empty: h("p", null, "No deliveries yet. A conversion that fulfils a postback's conditions makes one."),
  noMatch: isActive && "No delivery matches these filters.", clear,
  draw({ deliveries, next, postback }) {
    rows = deliveries
    openPostback = postback
    return [table({ caption: "Deliveries", columns, rows: deliveries, detail }),
      pages(deliveries.length, next, "delivery", "deliveries")]
  },
})
main.append(headline("Deliveries"), form, bar, list.node)
showSelection()
showMatches()
