import { attemptView } from "./attempt.js"
import { call, send } from "./call.js"
import { confirm, dialog, notice } from "./dialog.js"
import { h } from "./dom.js"
import { field, tick } from "./fields.js"
import { conversionChoice, preview } from "./preview.js"
import { shape } from "./shape.js"
import { counted } from "./text.js"
import { fromField, now } from "./time.js"

// What the buttons of a postback's row do. Each answers undefined if it was cancelled.

/** Shows the request of a stored postback and sends it as a test, inside the gateway, where its secrets stay. */
export async function test({ id, offer }) {
  const conversion = conversionChoice(offer.id)
  const input = () => ({ postbackId: id, conversionId: conversion.value() })
  const view = preview({ input })
  const result = h("div", { class: "result", role: "status" })
  conversion.select.addEventListener("change", () => {
    result.replaceChildren()
    view.node.hidden = false
    view.draw()
  })
  view.draw()
  await dialog({
    title: `Test Postback ${id}`, isWide: true, cancel: "Close", action: "Send test",
    content: [h("p", { class: "hint" }, "The request is marked as a test: Postback-Test: 1, and {is_test} is 1. ",
      "No conversion and no delivery is recorded."),
      conversion.node, view.node, result],
    async submit() {
      result.replaceChildren(h("p", null, "Sending…"))
      try {
        const answer = await send("/console/test", input())
        view.node.hidden = true
        result.replaceChildren(h("h3", null, shape(answer.outcome)), attemptView(answer))
      } catch (error) {
        result.replaceChildren()
        throw error
      }
      return undefined
    },
  })
  return undefined
}

/** Owes past events to a postback, with the number from the dry run. */
export async function backfill({ id }) {
  const since = h("input", { type: "datetime-local", step: 1, required: true })
  const until = h("input", { type: "datetime-local", step: 1 })
  const silent = tick("Also events that were recorded silently", false)
  const text = h("p", { role: "status" }, "Choose since when.")
  let end = now()
  let number
  const input = () => ({ postbackId: id, since: fromField(since.value), until: fromField(until.value) ?? end,
    includeSilent: silent.querySelector("input").checked })

  async function everyPage(dryRun) {
    let sum = 0
    for (let after; ;) {
      const { owed, next } = await call("backfillPostback", { ...input(), dryRun, after })
      sum += owed
      if (!next) return sum
      after = next
    }
  }
  async function reckon() {
    number = undefined
    if (!since.value) return
    end = now()
    text.textContent = "Counting…"
    try {
      number = await everyPage(true)
      text.textContent = `${counted(number, "event")} will be owed to postback ${id}.`
    } catch (error) {
      text.textContent = error.message
    }
  }
  const content = h("div", { onchange: reckon },
    field({ label: "Since (UTC)", name: "since", control: since, hint: "Each event is sent once, however often this is done." }),
    field({ label: "Until (UTC)", name: "until", control: until, hint: "Without it, until now." }), silent, text)
  return confirm({
    title: `Backfill Postback ${id}`, content, action: "Backfill", isDanger: false,
    async run() {
      if (number === undefined) await reckon()
      notice(`${counted(await everyPage(false), "event")} will be sent by postback ${id}.`)
    },
  })
}

/** Deletes a postback, after saying how many owed deliveries that cancels. */
export async function erase({ id }) {
  let sum = 0
  for (let after; ;) {
    const { madeDue, leftOut, next } = await call("resendDeliveries", { filter: { postbackId: id }, dryRun: true, after })
    sum += madeDue + (leftOut.paused ?? 0) + (leftOut.in_flight ?? 0)
    if (!next) break
    after = next
  }
  return confirm({
    title: `Delete Postback ${id}`, action: "Delete",
    content: h("p", null, sum
      ? `${counted(sum, "owed delivery", "owed deliveries")} will be cancelled. Its history stays readable.`
      : "It owes no deliveries. Its history stays readable."),
    async run() {
      const { cancelledDeliveries } = await call("deletePostback", { postbackId: id })
      notice(`Deleted postback ${id}; ${counted(cancelledDeliveries, "delivery was", "deliveries were")} cancelled.`)
    },
  })
}
