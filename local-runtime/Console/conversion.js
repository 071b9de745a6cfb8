import { attemptList } from "./attempt.js"
import { copyButton } from "./copy.js"
import {
  act, brief, call, facts, h, headline, named, panel, param, postbackNow, said, shape, start, to, when, whole, word, write
} from "./kit.js"
import { resend } from "./resend.js"
import { changeStatus } from "./status.js"

const conversionId = whole(param("id") ?? "")
/** The postbacks as they are now, to tell whether an attempt used an older version. */
const postbacks = new Map()

async function deliveries() {
  const { deliveries: found } = await call("listDeliveries", { conversionId, limit: 1000 })
  const ids = new Set(found.map(({ postbackId }) => postbackId))
  await Promise.all([...ids].map(async (id) => postbacks.set(id, await postbackNow(id))))
  return { found }
}

function line({ result, state = "fired", reason = result, postbackId, deliveryId }, found) {
  const delivery = found.find(({ id }) => String(id) === String(deliveryId))
  const hasFired = result === "fired"
  return h("li",
    h("div.line", shape(hasFired ? state : "not_fired"), h("span", `Postback ${postbackId}`), h("span.hint", said(reason)),
      hasFired && deliveryId && act("Resend", deliveryId, () =>
        resend({ deliveryIds: [deliveryId], what: `delivery ${deliveryId}` }), { class: "quiet manages" })),
    delivery && attemptList(delivery, postbacks.get(delivery.postbackId)))
}

const event = ({ status, previousStatus, at, sequence, goalsEnabled, silent, postbacks: results }, found) => h("li",
  h("h3", shape(status), previousStatus ? ` after ${word(previousStatus)}` : " on its recording", when(at, true)),
  h("p.hint", `Event ${sequence}; the offer's goals were ${goalsEnabled ? "on" : "off"}.`,
    silent && " It was recorded silently."),
  results.length ? h("ul", results.map((one) => line(one, found)))
    : h("p.none", "This affiliate has no postback for this offer."))

const texts = {
  transactionId: "Transaction", clickId: "Click", payout: "Payout", revenue: "Revenue", saleAmount: "Sale amount",
  currency: "Currency", statusReason: "Reason", ip: "Address", country: "Country", userAgent: "Browser",
}

const conversion = panel({
  title: "Conversion",
  async load() {
    const [explained, answer] = await Promise.all([
      call("explainConversion", { conversionId }),
      deliveries().catch((error) => ({ found: [], failure: error.message })),
    ])
    return { ...explained, ...answer }
  },
  draw: ({ conversion: one, events, otherAffiliatesPostbacks: others, found, failure }) => [
    headline(`Conversion ${one.id}`, {
      back: to("conversions", {}, "Conversions"), below: shape(one.status),
      actions: [copyButton("Copy as JSON", write(one, 2)), act("Change status", one.id, () => changeStatus(one))],
    }),
    facts([
      ["Offer", to("offer", { id: one.offer.id }, named(one.offer))], ["Affiliate", named(one.affiliate)],
      ["Goal", one.goal && named(one.goal)],
      ...Object.entries(texts).map(([name, title]) => [title, one[name] && brief(one[name])]),
      ["Clicked", one.clickedAt && when(one.clickedAt)],
      ["Occurred", when(one.occurredAt, true)], ["Recorded", when(one.createdAt, true)],
      ...Object.entries(one.params ?? {}).map(([name, value]) => [said(name), brief(value)]),
    ]),
    h("h2", "Timeline"),
    failure && h("p.fault", "The attempts could not be loaded: ", said(failure)),
    h("ol.timeline", events.map((one) => event(one, found))),
    others > 0 && h("p.hint", `${others} postbacks of other affiliates are not shown.`),
  ],
})
start("Conversions", "Conversion").append(conversion)
