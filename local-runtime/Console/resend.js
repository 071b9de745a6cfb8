import { call, newKey } from "./call.js"
import { confirm, notice } from "./dialog.js"
import { h } from "./dom.js"
import { tick } from "./fields.js"
import { count, counted } from "./text.js"
import { now } from "./time.js"

const reasons = {
  delivered: "were delivered", skipped: "were skipped", overtaken: "were overtaken by a later event", held: "are held",
  deleted: "belong to a deleted postback", paused: "are held by a paused postback", in_flight: "are being sent now",
  id_taken: "wait under another id",
}

/** Adds up all pages of a resend or of its dry run. */
async function everyPage(input, dryRun, onPage) {
  const sum = { resent: 0, madeDue: 0, leftOut: {} }
  const idempotencyKey = input.force && !dryRun ? newKey() : undefined
  for (let after, page = 0; ; page += 1) {
    const key = idempotencyKey && `${idempotencyKey}-${page}`
    const part = await call("resendDeliveries", { ...input, dryRun, after }, { idempotencyKey: key })
    sum.resent += part.resent
    sum.madeDue += part.madeDue
    for (const [why, more] of Object.entries(part.leftOut)) sum.leftOut[why] = (sum.leftOut[why] ?? 0) + more
    if (!part.next) return sum
    after = part.next
    if (onPage?.(sum) === false) return undefined
  }
}

/** How many deliveries one call of a resend would send again; undefined if more than one call is needed to say so. */
export async function firstCount(filter) {
  const fixed = { ...filter, until: filter.until ?? now() }
  const { resent, madeDue, next } = await call("resendDeliveries", { filter: fixed, dryRun: true })
  return next ? undefined : resent + madeDue
}

const left = ({ leftOut }) => Object.entries(leftOut).filter(([, number]) => number)
  .map(([reason, number]) => `${count(number)} ${reasons[reason] ?? reason}`).join(", ")

/**
 * Asks with the number of deliveries that the dry run has counted, and then makes the same call. A filter gets an
 * `until`, so that what becomes owed after the count is not among them. `what` names the selection.
 */
export async function resend({ filter, deliveryIds, what }) {
  const fixed = filter && { ...filter, until: filter.until ?? now() }
  const text = h("p", { role: "status" }, "Counting…")
  const without = h("p", { class: "hint" })
  const force = tick("Force: also those that were delivered, skipped or overtaken", false, { name: "force" })
  const box = force.querySelector("input")
  let turn = 0
  let number
  const input = () => ({ filter: fixed, deliveryIds, force: box.checked })

  async function reckon() {
    const mine = (turn += 1)
    number = undefined
    text.textContent = "Counting…"
    without.textContent = ""
    try {
      const sum = await everyPage(input(), true, ({ resent, madeDue }) => {
        text.textContent = `Counting… ${count(resent + madeDue)}`
        return mine === turn
      })
      if (mine !== turn || !sum) return
      number = sum.resent + sum.madeDue
      const due = sum.madeDue ? `; ${count(sum.madeDue)} of them wait and become due at once` : ""
      text.textContent = `${counted(number, "delivery", "deliveries")} will be sent${due}.`
      if (left(sum)) without.textContent = `Left out: ${left(sum)}.`
    } catch (error) {
      if (mine === turn) text.textContent = `They could not be counted: ${error.message}`
    }
  }

  box.addEventListener("change", reckon)
  reckon()
  const isDone = await confirm({
    title: `Resend ${what}`, content: [text, without, force], action: "Resend", isDanger: false,
    async run() {
      if (number === undefined) throw new Error("Wait until they are counted.")
      const sum = await everyPage(input(), false)
      notice(`${counted(sum.resent + sum.madeDue, "delivery", "deliveries")} will be sent. `,
        left(sum) && `Left out: ${left(sum)}.`)
    },
  })
  turn += 1
  return isDone === true
}
