import { attemptView } from "./attempt.js"
import { ago, call, confirm, counted, dialog, field, fromField, h, input, notice, send, shape, tick, total } from "./kit.js"
import { conversionChoice, preview } from "./preview.js"

// What the buttons of a postback's row do. Each answers undefined if it was cancelled.

/** Shows the request of a stored postback and sends it as a test, inside the gateway, where its secrets stay. */
export async function test({ id, offer }) {
  const result = h("div.result", { role: "status" })
  const asked = () => ({ postbackId: id, conversionId: conversion.value() })
  const view = preview({ input: asked })
  const conversion = conversionChoice(offer.id, () => {
    result.replaceChildren()
    view.node.hidden = false
    view.draw()
  })
  view.draw()
  await dialog({
    title: `Test Postback ${id}`, isWide: true, cancel: "Close", action: "Send test",
    content: [h("p.hint", "The request is marked as a test: Postback-Test: 1, and {is_test} is 1. ",
      "No conversion and no delivery is recorded."), conversion.node, view.node, result],
    async submit() {
      result.replaceChildren(h("p", "Sending…"))
      try {
        const answer = await send("/console/test", asked())
        view.node.hidden = true
        result.replaceChildren(h("h3", shape(answer.outcome)), attemptView(answer))
      } catch (error) {
        result.replaceChildren()
        throw error
      }
    },
  })
}

/** Owes past events to a postback, with the number from the dry run. */
export async function backfill({ id }) {
  const [since, until] = [0, 1].map(() => input({ type: "datetime-local", step: 1 }))
  const silent = tick("Also events that were recorded silently")
  const text = h("p", { role: "status" }, "Choose since when.")
  let end
  let number
  const owe = (dryRun) => total("backfillPostback", { postbackId: id, since: fromField(since.value),
    until: fromField(until.value) ?? end, includeSilent: silent.firstChild.checked, dryRun }, ({ owed }) => owed)

  async function reckon() {
    number = undefined
    if (!since.value) return
    end = ago(0)
    text.textContent = "Counting…"
    try {
      number = await owe(true)
      text.textContent = `${counted(number, "event")} will be owed to postback ${id}.`
    } catch (error) {
      text.textContent = error.message
    }
  }
  const content = h("div", { onchange: reckon },
    field("Since (UTC)", "since", since, "Each event is sent once, however often this is done."),
    field("Until (UTC)", "until", until, "Without it, until now."), silent, text)
  return confirm({
    title: `Backfill Postback ${id}`, content, action: "Backfill",
    async run() {
      if (number === undefined) await reckon()
      notice(`${counted(await owe(false), "event")} will be sent by postback ${id}.`)
    },
  })
}

/** Deletes a postback, after saying how many owed deliveries that cancels. */
export async function erase({ id }) {
  const owed = await total("resendDeliveries", { filter: { postbackId: id }, dryRun: true },
    ({ madeDue, leftOut }) => madeDue + (leftOut.paused ?? 0) + (leftOut.in_flight ?? 0))
  return confirm({
    title: `Delete Postback ${id}`, action: "Delete", isDanger: true,
    content: h("p", owed ? `${counted(owed, "owed delivery", "owed deliveries")} will be cancelled.` : "It owes no deliveries.",
      " Its history stays readable."),
    async run() {
      const { cancelledDeliveries } = await call("deletePostback", { postbackId: id })
      notice(`Deleted postback ${id}; ${counted(cancelledDeliveries, "delivery was", "deliveries were")} cancelled.`)
    },
  })
}
