import { attemptList } from "./attempt.js"
import { copyButton } from "./copy.js"
import {
  act, brief, call, facts, h, headline, named, panel, param, postbackNow, said, shape, start, to, when, whole, word, write
} from "./kit.js"
import { resend } from "./resend.js"
import { changeStatus } from "./status.js"

const main = start("Conversions")
const conversionId = whole(param("id") ?? "")
/** The postbacks as they are now, to tell whether an attempt used an older version. */
const postbacks = new Map()

async function deliveries() {
  const answer = await call("listDeliveries", { conversionId, limit: 1000 })
  const ids = new Set(answer.deliveries.map(({ postbackId }) => postbackId))
  await Promise.all([...ids].map(async (id) => postbacks.set(id, await postbackNow(id))))
  return answer
}

function line({ result, state = "fired", reason = result, postbackId, deliveryId }, byId) {
  const delivery = byId.get(String(deliveryId))
  const hasFired = result === "fired"
  return h("li",
    h("div.line", shape(hasFired ? state : "not_fired"), h("span", `Postback ${postbackId}`), h("span.hint", said(reason)),
      hasFired && deliveryId && act("Resend", deliveryId, async () => {
        await resend({ deliveryIds: [deliveryId], what: `delivery ${deliveryId}` })
        await timeline.refresh()
      }, { class: "quiet manages" })),
    delivery && attemptList(delivery, postbacks.get(delivery.postbackId)))
}

const timeline = panel({
  title: "Timeline", hasHeading: true,
  async load() {
    const [{ events, otherAffiliatesPostbacks }, answer] = await Promise.all([
      call("explainConversion", { conversionId }),
      deliveries().catch((error) => ({ deliveries: [], failure: error.message })),
    ])
    return { events, otherAffiliatesPostbacks, ...answer }
  },
  draw({ events, otherAffiliatesPostbacks: others, deliveries: found, failure }) {
    const byId = new Map(found.map((delivery) => [String(delivery.id), delivery]))
    return [
      failure && h("p.fault", "The attempts could not be loaded: ", said(failure)),
      h("ol.timeline", events.map(({ status, previousStatus, at, sequence, goalsEnabled, silent, postbacks: results }) => h("li",
        h("h3", shape(status), previousStatus ? ` after ${word(previousStatus)}` : " on its recording",
          when(at, { exact: true })),
        h("p.hint", `Event ${sequence}; the offer's goals were ${goalsEnabled ? "on" : "off"}.`,
          silent && " It was recorded silently."),
        results.length ? h("ul", results.map((one) => line(one, byId)))
          : h("p.none", "This affiliate has no postback for this offer.")))),
      others > 0 && h("p.hint", `${others} postbacks of other affiliates are not shown.`),
    ]
  },
})

const conversion = panel({
  title: "Conversion",
  load: () => call("explainConversion", { conversionId }).then((answer) => answer.conversion),
  draw: (one) => [
    headline(`Conversion ${one.id}`, {
      back: to("conversions", {}, "Conversions"), below: shape(one.status),
      actions: [copyButton("Copy as JSON", write(one, 2)), act("Change status", one.id, async () => {
        if (await changeStatus(one)) await Promise.all([conversion.refresh(), timeline.refresh()])
      })],
    }),
    facts([
      ["Offer", to("offer", { id: one.offer.id }, named(one.offer))], ["Affiliate", named(one.affiliate)],
      ["Goal", one.goal && named(one.goal)],
      ...[["Transaction", one.transactionId], ["Click", one.clickId], ["Payout", one.payout], ["Revenue", one.revenue],
        ["Sale amount", one.saleAmount], ["Currency", one.currency], ["Reason", one.statusReason], ["Address", one.ip],
        ["Country", one.country], ["Browser", one.userAgent]].map(([name, value]) => [name, value && brief(value)]),
      ["Clicked", one.clickedAt && when(one.clickedAt)],
      ["Occurred", when(one.occurredAt, { exact: true })], ["Recorded", when(one.createdAt, { exact: true })],
      ...Object.entries(one.params ?? {}).map(([name, value]) => [said(name), brief(value)]),
    ]),
  ],
})
main.append(conversion.node, timeline.node)
