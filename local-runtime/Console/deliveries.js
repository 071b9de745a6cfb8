import { attemptList, milliseconds, result } from "./attempt.js"
import {
  act, button, call, count, counted, deliveryStates, filters, h, headline, list, me, none, param, postbackNow, refreshPage,
  remember, said, shape, start, to, toPostback, when, whole, word
} from "./kit.js"
import { firstCount, resend } from "./resend.js"

const errors = ["dns", "connect", "tls", "timeout", "protocol", "forbidden_target", "unsafe_header", "unsafe_url",
  "too_large", "missing_value", "secret", "superseded", "http_status", "response_mismatch", "lost"]
const { form, filter, clear } = filters([
  ["state", "State", deliveryStates],
  ["offerId", "Offer", "offers"], ["affiliateId", "Affiliate", "affiliates"], ["postbackId", "Postback", "number"],
  ...(param("deliveryId") ? [["deliveryId", "Delivery", "number"]] : []),
  ["destination", "Destination"], ["httpStatus", "HTTP", "short", "5xx"], ["errorCode", "Error", errors],
  ["since", "Since (UTC)", "time"], ["until", "Until (UTC)", "time"],
])

let open = param("open")
let openPostback
let most

const last = ({ attempts }) => attempts.at(-1)
const isOpen = ({ id }) => open === String(id)

/** Opens the attempts of one delivery below its row, or closes them; the URL says which are open. */
function toggle(delivery) {
  open = isOpen(delivery) ? undefined : String(delivery.id)
  remember("open", open)
  deliveries.redraw()
  refreshPage()
}

const detail = (delivery) => isOpen(delivery) && h("div.opened",
  h("p.line", h("b", `Delivery ${delivery.id}`), said(delivery.destination), "owed since ", when(delivery.owedAt),
    act("Resend", delivery.id, () => run({ deliveryIds: [delivery.id], what: `delivery ${delivery.id}` }))),
  attemptList(delivery, openPostback, true))

// The selection is the rows of this page that are ticked. A box has the id of its delivery as its value.

const boxes = (state = "") => [...deliveries.querySelectorAll(`[data-row]${state}`)]
const pick = ({ id }) => h("input", { type: "checkbox", "data-row": true, "aria-label": `Select delivery ${id}`,
  "data-key": `${id}:select`, value: String(id), onchange: showSelection })
const pickAll = h("input", { type: "checkbox", "aria-label": "Select the rows of this page",
  onchange: () => select(pickAll.checked) })

function select(isTicked) {
  for (const box of boxes()) box.checked = isTicked
  showSelection()
}

const selection = h("span", { role: "status" })
const resendSelected = button("Resend selected", () =>
  run({ deliveryIds: boxes(":checked").map(({ value }) => whole(value)), what: "the selected deliveries" }))
const clearSelection = button("Clear selection", () => select(false), { class: "quiet" })
const resendMatching = button("Resend all that match", () =>
  run({ filter, what: clear ? "all deliveries that match" : "all deliveries" }), { "data-key": "matching" })

function showSelection() {
  const size = boxes(":checked").length
  selection.textContent = size ? `${counted(size, "delivery")} of this page selected` : ""
  resendSelected.hidden = clearSelection.hidden = !size
  pickAll.checked = size > 0 && size === boxes().length
  pickAll.indeterminate = size > 0 && !pickAll.checked
}

async function run(request) {
  const done = await resend(request)
  if (done) {
    select(false)
    showMatches()
  }
  return done
}

/** Writes the number of deliveries into the button that resends all that match, where few deliveries have to be read. */
async function showMatches() {
  if (!filter.deliveryId && !["owed", "retrying", "held", "failed", "dead", "skipped"].includes(filter.state)) return
  const number = await firstCount(filter).catch(() => undefined)
  resendMatching.textContent = `Resend all that match${number === undefined ? "" : ` (${count(number)})`}`
}

const deliveries = list({
  title: "Deliveries", clear, detail,
  async load() {
    const answer = await call("listDeliveries", { ...filter, order: "newest", limit: 50, after: param("after") })
    const opened = answer.deliveries.find(isOpen)
    openPostback = opened && (await postbackNow(opened.postbackId))
    return { ...answer, openPostback }
  },
  empty: "No deliveries yet. A conversion that fulfils a postback's conditions makes one.",
  columns: [
    ["Select", pick, "select", pickAll],
    ["State", (delivery) => button(shape(delivery.state), () => toggle(delivery), {
      class: "open", "data-key": `${delivery.id}:open`, "aria-expanded": String(isOpen(delivery)),
      "aria-label": `${word(delivery.state)}, delivery ${delivery.id}`,
    })],
    ["Postback", ({ postbackId, offerId }) => toPostback(postbackId, offerId), "number"],
    ["Affiliate", "affiliateId"], ["Offer", "offerId"],
    ["Event", ({ conversionId, sequence, status }) =>
      [shape(status), " ", to("conversion", { id: conversionId }, `${conversionId}.${sequence}`)]],
    ["Attempt", ({ attemptCount }) => `${attemptCount}${most ? ` of ${most}` : ""}`, "number"],
    ["Next at", ({ dueAt, waitsFor }) => (waitsFor ? `after delivery ${waitsFor.deliveryId}` : when(dueAt))],
    ["Last status or error", (delivery) => (last(delivery) ? result(last(delivery)) : none())],
    ["ms", (delivery) => milliseconds(last(delivery)?.timing?.totalMs, ""), "number"],
    ["Time", (delivery) => when(last(delivery)?.at ?? delivery.owedAt)],
  ],
})
start("Deliveries").append(headline("Deliveries"), form,
  h("div.bar.manages", resendMatching, resendSelected, clearSelection, selection), deliveries)
showSelection()
showMatches()
me().then((who) => {
  most = who?.attempts
  deliveries.redraw()
})
