import { ago, call, confirm, count, counted, h, newKey, notice, pages, tick } from "./kit.js"

const reasons = {
  delivered: "were delivered", skipped: "were skipped", overtaken: "were overtaken by a later event", held: "are held",
  deleted: "belong to a deleted postback", paused: "are held by a paused postback", in_flight: "are being sent now",
  id_taken: "wait under another id",
}

/** A filter gets an `until`, so that what becomes owed after a count is not among them. */
const fixed = (filter) => ({ ...filter, until: filter.until ?? ago(0) })

/** Adds up all pages of a resend or of its dry run; `onPage` ends it with false. */
async function everyPage(input, onPage) {
  const sum = { number: 0, madeDue: 0, leftOut: {} }
  const key = newKey()
  for await (const part of pages("resendDeliveries", input, (page) => input.force && !input.dryRun && `${key}-${page}`)) {
    sum.number += part.resent + part.madeDue
    sum.madeDue += part.madeDue
    for (const [why, more] of Object.entries(part.leftOut)) sum.leftOut[why] = (sum.leftOut[why] ?? 0) + more
    if (onPage?.(sum) === false) break
  }
  const left = Object.entries(sum.leftOut).filter(([, number]) => number)
    .map(([reason, number]) => `${count(number)} ${reasons[reason] ?? reason}`).join(", ")
  return { ...sum, left: left && `Left out: ${left}.` }
}

/** How many deliveries one call of a resend would send again; undefined if more than one call is needed to say so. */
export async function firstCount(filter) {
  const { resent, madeDue, next } = await call("resendDeliveries", { filter: fixed(filter), dryRun: true })
  return next ? undefined : resent + madeDue
}

/**
 * Asks with the number of deliveries that the dry run has counted, and then makes the same call. `what` names the
 * selection. Answers whether it was done.
 */
export async function resend({ filter, deliveryIds, what }) {
  const base = { filter: filter && fixed(filter), deliveryIds }
  const text = h("p", { role: "status" })
  const without = h("p.hint")
  const force = tick("Force: also those that were delivered, skipped or overtaken", { name: "force", onchange: reckon })
  const input = (dryRun) => ({ ...base, force: force.firstChild.checked, dryRun })
  const sentence = (number) => `${counted(number, "delivery", "deliveries")} will be sent`
  let turn = 0
  let number

  async function reckon() {
    const mine = (turn += 1)
    number = undefined
    ;[text.textContent, without.textContent] = ["Counting…", ""]
    try {
      const sum = await everyPage(input(true), (soFar) => {
        if (mine === turn) text.textContent = `Counting… ${count(soFar.number)}`
        return mine === turn
      })
      if (mine !== turn) return
      number = sum.number
      text.textContent = sentence(number) + (sum.madeDue ? `; ${count(sum.madeDue)} of them wait and become due at once.` : ".")
      without.textContent = sum.left
    } catch (error) {
      if (mine === turn) text.textContent = `They could not be counted: ${error.message}`
    }
  }

  reckon()
  const isDone = await confirm({
    title: `Resend ${what}`, content: [text, without, force], action: "Resend",
    async run() {
      if (number === undefined) throw new Error("Wait until they are counted.")
      const sum = await everyPage(input(false))
      notice(`${sentence(sum.number)}. `, sum.left)
    },
  })
  turn += 1
  return isDone === true
}
