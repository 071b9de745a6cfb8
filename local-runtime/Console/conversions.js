import { call } from "./call.js"
import { button, h } from "./dom.js"
import { filters } from "./filters.js"
import { whole } from "./json.js"
import { pages, table, to } from "./list.js"
import { panel } from "./panel.js"
import { param } from "./query.js"
import { shape, statuses } from "./shape.js"
import { headline, start } from "./shell.js"
import { changeStatus } from "./status.js"
import { brief, named, none } from "./text.js"
import { when } from "./time.js"

const main = start("conversions")
const { form, input, isActive, clear } = filters("conversions", [
  { name: "id", label: "Any id" }, { name: "offerId", label: "Offer", kind: "offers" },
  { name: "affiliateId", label: "Affiliate", kind: "affiliates" },
  { name: "status", label: "Status", kind: "choice", options: statuses },
  { name: "since", label: "Since (UTC)", kind: "time" }, { name: "until", label: "Until (UTC)", kind: "time" },
])
const { id, ...filter } = input

/** The conversions that have an id: as their own, or as that of their transaction or click. */
async function byAnyId() {
  const empty = (error) => {
    if (error.code !== "not_found") throw error
    return { conversions: [] }
  }
  const number = whole(id)
  const found = await Promise.all([
    number === id ? { conversions: [] } : call("explainConversion", { conversionId: number })
      .then(({ conversion }) => ({ conversions: [conversion] }), empty),
    call("listConversions", { ...filter, transactionId: id }).catch(empty),
    call("listConversions", { ...filter, clickId: id }).catch(empty),
  ])
  const conversions = new Map(found.flatMap((answer) => answer.conversions).map((one) => [String(one.id), one]))
  const fits = ({ offer, affiliate, status }) => (!filter.offerId || offer.id === filter.offerId)
    && (!filter.affiliateId || affiliate.id === filter.affiliateId) && (!filter.status || status === filter.status)
  return { conversions: [...conversions.values()].filter(fits), next: null }
}

/** The payout with its currency; below it the other amounts. */
function amounts({ payout, revenue, saleAmount, currency }) {
  const others = [["revenue", revenue], ["sale", saleAmount]].filter(([, value]) => value !== undefined)
  return [payout === undefined ? none() : `${payout} ${currency ?? ""}`,
    others.length > 0 && h("small", null, others.map(([name, value]) => `${name} ${value}`).join(" · "))]
}

const columns = [
  { title: "ID", kind: "number", cell: ({ id }) => to("conversion", { id }, String(id)) },
  { title: "Offer", cell: ({ offer }) => named(offer) }, { title: "Affiliate", cell: ({ affiliate }) => named(affiliate) },
  { title: "Goal", cell: ({ goal }) => (goal ? named(goal) : none()) },
  { title: "Status", cell: ({ status }) => shape(status) },
  { title: "Transaction", cell: ({ transactionId }) => brief(transactionId) },
  { title: "Click", cell: ({ clickId }) => brief(clickId) },
  { title: "Amounts", kind: "number", cell: amounts },
  { title: "Occurred", cell: ({ occurredAt }) => when(occurredAt, { stacked: true }) },
  { title: "Action", kind: "action", cell: (conversion) => button("Change status", async () => {
    if (await changeStatus(conversion)) list.refresh()
  }, { "data-key": `${conversion.id}:status`, class: "manages" }) },
]

const list = panel({
  title: "Conversions", isHeadingHidden: true,
  load: () => (id ? byAnyId() : call("listConversions", { ...filter, order: "newest", limit: 50, after: param("after") })),
  isEmpty: ({ conversions }) => !conversions.length,
  empty: h("p", null, "No conversions yet. recordConversion records them; the page Functions can try it."),
  noMatch: isActive && "No conversion matches these filters.", clear,
  draw: ({ conversions, next }) => [table({ caption: "Conversions", columns, rows: conversions }),
    pages(conversions.length, next, "conversion")],
})
main.append(headline("Conversions"), form, list.node)
