import { attemptList } from "./attempt.js"
import { call } from "./call.js"
import { copyButton } from "./copy.js"
import { button, h } from "./dom.js"
import { write } from "./json.js"
import { facts, to } from "./list.js"
import { panel } from "./panel.js"
import { id } from "./query.js"
import { resend } from "./resend.js"
import { shape, word } from "./shape.js"
import { headline, start } from "./shell.js"
import { changeStatus } from "./status.js"
import { brief, named, said } from "./text.js"
import { when } from "./time.js"

const main = start("conversions")
const conversionId = id("id")
const postbacks = new Map()

/** The postbacks as they are now, to tell whether an attempt used an older version. */
async function postback(postbackId) {
  const { postbacks: [found] } = await call("listPostbacks", { postbackId }).catch(() => ({ postbacks: [] }))
  postbacks.set(postbackId, found)
}

async function deliveries() {
  const answer = await call("listDeliveries", { conversionId, limit: 1000 })
  await Promise.all([...new Set(answer.deliveries.map((one) => one.postbackId))].map(postback))
  return answer
}

const line = (result, byId) => {
  const delivery = byId.get(String(result.deliveryId))
  const hasFired = result.result === "fired"
  return h(
    "li", null,
    h("div", { class: "line" }, shape(hasFired ? (result.state ?? "fired") : "not_fired"),
      h("span", null, "Postback ", String(result.postbackId)), h("span", { class: "hint" }, said(result.reason ?? result.result)),
      hasFired && result.deliveryId && button("Resend", async () => {
        await resend({ deliveryIds: [result.deliveryId], what: `delivery ${result.deliveryId}` })
        timeline.refresh()
      }, { class: "quiet manages", "data-key": `resend-${result.deliveryId}` })),
    delivery && attemptList(delivery, postbacks.get(delivery.postbackId)))
}

const timeline = panel({
  title: "Timeline",
  async load() {
    const [{ events, otherAffiliatesPostbacks }, answer] = await Promise.all([
      call("explainConversion", { conversionId }),
      deliveries().catch((error) => ({ deliveries: [], failure: error.message })),
    ])
    return { events, otherAffiliatesPostbacks, ...answer }
  },
  draw({ events, otherAffiliatesPostbacks, deliveries: found, failure }) {
    const byId = new Map(found.map((delivery) => [String(delivery.id), delivery]))
    return [
      failure && h("p", { class: "fault" }, "The attempts could not be loaded: ", said(failure)),
      h("ol", { class: "timeline" }, events.map((event) => h(
        "li", null,
        h("h3", null, shape(event.status), event.previousStatus ? ` after ${word(event.previousStatus)}` : " on its recording",
          when(event.at, { exact: true })),
        h("p", { class: "hint" }, `Event ${event.sequence}; the offer's goals were ${event.goalsEnabled ? "on" : "off"}.`,
          event.silent ? " It was recorded silently." : ""),
        event.postbacks.length
          ? h("ul", null, event.postbacks.map((result) => line(result, byId)))
          : h("p", { class: "none" }, "This affiliate has no postback for this offer.")))),
      otherAffiliatesPostbacks > 0 && h("p", { class: "hint" },
        `${otherAffiliatesPostbacks} postbacks of other affiliates are not shown.`),
    ].filter(Boolean)
  },
})

const conversion = panel({
  title: "Conversion", isHeadingHidden: true,
  load: () => call("explainConversion", { conversionId }).then((answer) => answer.conversion),
  draw: (one) => [
    headline(`Conversion ${one.id}`, {
      back: to("conversions", {}, "Conversions"), below: shape(one.status),
      actions: [copyButton("Copy as JSON", write(one, 2)), button("Change status", async () => {
        if (await changeStatus(one)) {
          conversion.refresh()
          timeline.refresh()
        }
      }, { class: "manages", "data-key": "status" })],
    }),
    facts([
      ["Offer", to("offer", { id: one.offer.id }, named(one.offer))], ["Affiliate", named(one.affiliate)],
      ["Goal", one.goal && named(one.goal)], ["Transaction", one.transactionId && brief(one.transactionId)],
      ["Click", one.clickId && brief(one.clickId)], ["Payout", one.payout], ["Revenue", one.revenue],
      ["Sale amount", one.saleAmount], ["Currency", one.currency],
      ["Reason", one.statusReason && said(one.statusReason)], ["Address", one.ip && said(one.ip)], ["Country", one.country],
      ["Browser", one.userAgent && brief(one.userAgent)], ["Clicked", one.clickedAt && when(one.clickedAt)],
      ["Occurred", when(one.occurredAt, { exact: true })], ["Recorded", when(one.createdAt, { exact: true })],
      ...Object.entries(one.params ?? {}).map(([name, value]) => [said(name), brief(value)]),
    ]),
  ],
})
main.append(conversion.node, timeline.node)
