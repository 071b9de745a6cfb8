import { act, call, filters, h, headline, list, none, start, statuses, to, whole } from "./kit.js"
import { changeStatus } from "./status.js"

const { form, filter: { id, ...filter }, clear } = filters([
  ["id", "Any id"], ["offerId", "Offer", "offers"], ["affiliateId", "Affiliate", "affiliates"],
  ["status", "Status", statuses],
  ["since", "Since (UTC)", "time"], ["until", "Until (UTC)", "time"],
])

/** The conversions that have an id: as their own, or as that of their transaction or click. */
async function byAnyId() {
  const ask = (name, input) => call(name, input).catch((error) => {
    if (error.code !== "not_found") throw error
    return {}
  })
  const conversionId = whole(id)
  const [own, ...others] = await Promise.all([
    conversionId === id ? {} : ask("explainConversion", { conversionId }),
    ask("listConversions", { ...filter, transactionId: id }), ask("listConversions", { ...filter, clickId: id }),
  ])
  const found = [own.conversion ?? [], ...others.map(({ conversions = [] }) => conversions)].flat()
  const fits = ({ offer, affiliate, status }) => [[filter.offerId, offer.id], [filter.affiliateId, affiliate.id],
    [filter.status, status]].every(([wanted, value]) => !wanted || wanted === value)
  return { conversions: [...new Map(found.map((one) => [String(one.id), one])).values()].filter(fits) }
}

function amounts({ payout, revenue, saleAmount, currency = "" }) {
  const others = [revenue && `revenue ${revenue}`, saleAmount && `sale ${saleAmount}`].filter(Boolean)
  return [payout ? `${payout} ${currency}` : none(), others.length > 0 && h("small", others.join(" · "))]
}

const conversions = list({
  title: "Conversions", clear, input: { ...filter, order: "newest" }, ...(id && { load: byAnyId }),
  empty: "No conversions yet. recordConversion records them; the page Functions can try it.",
  columns: [
    ["ID", (one) => to("conversion", { id: one.id }, String(one.id)), "number"],
    ["Offer", "offer", "name"], ["Affiliate", "affiliate", "name"],
    ["Goal", "goal", "name"], ["Status", "status", "word"],
    ["Transaction", "transactionId"], ["Click", "clickId"],
    ["Amounts", amounts, "number"], ["Occurred", "occurredAt", "stacked"],
    ["Action", (one) => act("Change status", one.id, () => changeStatus(one)), "action"],
  ],
})
start("Conversions").append(headline("Conversions"), form, conversions)
