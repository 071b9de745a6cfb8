import { attemptView } from "./attempt.js"
import { ago, call, confirmCounted, counted, dialog, field, fromField, h, send, shape, tick, total } from "./kit.js"
import { conversionChoice, preview } from "./preview.js"

// What the buttons of a postback's row do. Each answers what was done, or undefined if that is nothing.

/** Shows the request of a stored postback and sends it as a test, inside the gateway, where its secrets stay. */
export function test({ id, offer }) {
  const result = h("div.result", { role: "status" })
  const asked = () => ({ postbackId: id, conversionId: conversion.value() })
  const view = preview({ input: asked })
  const conversion = conversionChoice(offer.id, () => {
    result.replaceChildren()
    view.node.hidden = false
    view.draw()
  })
  view.draw()
  return dialog({
    title: `Test Postback ${id}`, isWide: true, cancel: "Close", action: "Send test",
    content: [h("p.hint", "The request is marked as a test: Postback-Test: 1, and {is_test} is 1. ",
      "No conversion and no delivery is recorded."), conversion.node, view.node, result],
    async submit() {
      result.replaceChildren(h("p", "Sending…"))
      const answer = await send("/console/test", asked()).finally(() => result.replaceChildren())
      view.node.hidden = true
      result.replaceChildren(h("h3", shape(answer.outcome)), attemptView(answer))
    },
  })
}

/** Owes past events to a postback, with the number from the dry run. */
export function backfill({ id }) {
  let end
  const owe = ({ since, until, silent }, dryRun) => total("backfillPostback", { postbackId: id, since: fromField(since),
    until: fromField(until) ?? end, includeSilent: Boolean(silent), dryRun }, ({ owed }) => owed)
  const time = { type: "datetime-local", step: 1 }
  return confirmCounted({
    title: `Backfill Postback ${id}`, action: "Backfill",
    content: [field("Since (UTC)", "since", time, "Each event is sent once, however often this is done."),
      field("Until (UTC)", "until", time, "Without it, until now."),
      tick("Also events that were recorded silently", "silent")],
    async *count(given) {
      if (!given.since) throw new Error("Choose since when.")
      end = ago(0)
      yield [`${counted(await owe(given, true), "event")} will be owed to postback ${id}.`]
    },
    run: async (given) => `${counted(await owe(given, false), "event")} will be sent by postback ${id}.`,
  })
}

/** Deletes a postback, after saying how many owed deliveries that cancels. */
export async function erase({ id }) {
  const owed = await total("resendDeliveries", { filter: { postbackId: id }, dryRun: true },
    ({ madeDue, leftOut }) => madeDue + (leftOut.paused ?? 0) + (leftOut.in_flight ?? 0))
  return dialog({
    title: `Delete Postback ${id}`, action: "Delete", isDanger: true,
    content: h("p", owed ? `${counted(owed, "owed delivery")} will be cancelled.` : "It owes no deliveries.",
      " Its history stays readable."),
    async submit() {
      const { cancelledDeliveries } = await call("deletePostback", { postbackId: id })
      return `Deleted postback ${id}, and cancelled ${counted(cancelledDeliveries, "delivery")}.`
    },
  })
}
