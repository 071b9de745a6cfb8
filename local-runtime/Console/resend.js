import { ago, call, confirmCounted, count, counted, h, newKey, pages, tick } from "./kit.js"

const reasons = {
  delivered: "were delivered", skipped: "were skipped", overtaken: "were overtaken by a later event", held: "are held",
  deleted: "belong to a deleted postback", paused: "are held by a paused postback", in_flight: "are being sent now",
  id_taken: "wait under another id",
}

/** A filter gets an `until`, so that what becomes owed after a count is not among them. */
const fixed = (filter) => ({ ...filter, until: filter.until ?? ago(0) })

/** The sums of a resend or of its dry run, after each page. */
async function* sums(input) {
  const sum = { number: 0, madeDue: 0, leftOut: {} }
  const key = newKey()
  for await (const part of pages("resendDeliveries", input, (page) => input.force && !input.dryRun && `${key}-${page}`)) {
    sum.number += part.resent + part.madeDue
    sum.madeDue += part.madeDue
    for (const [why, more] of Object.entries(part.leftOut)) sum.leftOut[why] = (sum.leftOut[why] ?? 0) + more
    yield sum
  }
}

function sentences({ number, madeDue, leftOut }, isDone) {
  const left = Object.entries(leftOut).filter(([, some]) => some)
    .map(([reason, some]) => `${count(some)} ${reasons[reason] ?? reason}`).join(", ")
  const waiting = madeDue && !isDone ? `; ${count(madeDue)} of them wait and become due at once` : ""
  return [`${counted(number, "delivery")} will be sent${waiting}. `, left && h("span.hint", `Left out: ${left}.`)]
}

/** How many deliveries one call of a resend would send again; undefined if more than one call is needed to say so. */
export async function firstCount(filter) {
  const { resent, madeDue, next } = await call("resendDeliveries", { filter: fixed(filter), dryRun: true })
  return next ? undefined : resent + madeDue
}

/**
 * Asks with the number of deliveries that the dry run has counted, and then makes the same call. `what` names the
 * selection. Answers what was done.
 */
export function resend({ filter, deliveryIds, what }) {
  const base = { filter: filter && fixed(filter), deliveryIds }
  return confirmCounted({
    title: `Resend ${what}`, action: "Resend",
    content: tick("Force: also those that were delivered, skipped or overtaken", "force"),
    async *count({ force = false }) {
      let sum
      for await (sum of sums({ ...base, force, dryRun: true })) yield [`Counting… ${count(sum.number)}`]
      yield sentences(sum)
    },
    async run({ force = false }) {
      let sum
      for await (sum of sums({ ...base, force, dryRun: false })) continue
      return sentences(sum, true)
    },
  })
}
