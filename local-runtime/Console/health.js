import {
  act, ago, brief, call, count, counted, dialog, field, h, headline, list, none, panel, said, shape, span, start, to,
  toPostback, total, whole
} from "./kit.js"
import { plot } from "./plot.js"

/** Loads some members of the answer of showHealth. The panels share the call of one turn. */
let pending
const health = (...names) => async () => {
  const answer = await (pending ??= call("showHealth").finally(() => { pending = undefined }))
  return Object.fromEntries(names.map((name) => [name, answer[name]]))
}

const tile = (name, value, state, kind) =>
  h("dl.tile", h("dt", name), h("dd", { class: kind }, state ? to("deliveries", { state }, value) : value))

const owed = panel({
  title: "Owed", hasHeading: true, load: health("owed", "oldestDueSeconds", "minutes"),
  draw({ owed: states, oldestDueSeconds, minutes }) {
    const sum = (name) => minutes.reduce((number, minute) => number + minute[name], 0)
    const failed = sum("failed") + sum("dead")
    const during = `${minutes.length} min`
    const about = states.isExact === false ? "about " : ""
    return h("div.tiles",
      Object.entries({ owed: "Owed", retrying: "Retrying", in_flight: "In flight", held: "Held" })
        .map(([state, name]) => tile(name, about + count(states[state]), state)),
      tile("Oldest due", span(oldestDueSeconds), "", oldestDueSeconds > 60 && "warns"),
      tile("Attempts a minute", count(Math.round(sum("attempts") / Math.max(1, minutes.length)))),
      tile(`Delivered, ${during}`, count(sum("delivered"))),
      tile(`Failed, ${during}`, count(failed), "failed", failed > 0 && "bad"))
  },
})

const rates = panel({
  title: "The last hour", hasHeading: true,
  load: () => call("deliveryStatistics", { since: ago(3600).replace(/:\d\d\.\d+Z$/, ":00.000Z"), bucket: "minute" }),
  isEmpty: ({ series }) => !series.some(({ points }) => points.some(({ attempts }) => attempts > 0)),
  empty: "No attempt in the last hour.",
  draw({ series: [{ points: found }] }) {
    const points = found.map(({ at, attempts, p95Ms, outcomes: { delivered, retry, failed, dead, unknown } }) =>
      ({ at, p95Ms, delivered, other: attempts - delivered, retry, failed: failed + dead, unknown }))
    const slowest = Math.max(0, ...points.map(({ p95Ms }) => Number(p95Ms) || 0))
    return h("div.plots",
      plot("Attempts", points, [["Delivered", "delivered", "good"], ["Other", "other", "still"]]),
      plot("Failures", points, [["Retry", "retry", "warns"], ["Failed", "failed", "bad"], ["Unknown", "unknown", "still"]]),
      plot("Latency, 95th percentile", points, [["ms", "p95Ms", "runs"]], `up to ${count(slowest)} ms`, " ms"))
  },
})

const pollers = list({
  title: "Pollers", hasHeading: true, isPaged: false, load: health("pollers"),
  empty: "No poller runs: nothing is sent. `postbacks up` or `postbacks poll` starts one.",
  columns: [
    ["State", ({ isAlive }) => shape(isAlive ? "alive" : "silent")],
    ["Host", "host"], ["Version", "version"],
    ["Started", "startedAt", "time"], ["Heartbeat", ({ secondsAgo }) => `${span(secondsAgo)} ago`],
    ["In flight", "inFlight", "number"], ["Claimed", "claimed", "number"], ["Delivered", "delivered", "number"],
    ["Retried", "retried", "number"], ["Failed", "failed", "number"],
    ["Problem", ({ problem }) => (problem ? h("span.fault", said(problem)) : none()), "wide"],
  ],
})

const limit = ({ destination, maxInFlight }) => dialog({
  title: "Requests in flight", action: "Save",
  content: [h("p", said(destination)), field("At most in flight", "maxInFlight",
    { inputmode: "numeric", value: maxInFlight ?? "" }, "Empty means no limit of its own.")],
  async submit({ maxInFlight: most }) {
    await call("configureDestination", { destination, maxInFlight: most ? whole(most) : null })
    return "Saved the limit."
  },
})

/** Changes all postbacks of a destination, after saying how many these are; answers what was done. */
async function every(destination, changes, name, past) {
  const change = (dryRun) => total("updatePostbacks", { filter: { destination }, changes, dryRun }, ({ changed }) => changed)
  const number = await change(true)
  return dialog({
    title: `${name} the postbacks of a destination`, action: name,
    content: [h("p", said(destination)), h("p", `${counted(number, "postback")} will be ${past}.`)],
    submit: async () => `${counted(await change(false), "postback")} ${past}.`,
  })
}

const destinations = list({
  title: "Destinations", hasHeading: true, isPaged: false, input: { limit: 100 },
  empty: "No destinations yet. Each scheme, host and port of a postback's URL is one.",
  columns: [
    ["State", ({ blockedUntil, failures, maxInFlight }) =>
      shape(blockedUntil ? "blocked" : failures ? "failing" : maxInFlight ? "paced" : "open")],
    ["Destination", ({ destination }) => to("deliveries", { destination }, brief(destination)), "wide"],
    ["Postbacks", "postbacks", "number"],
    ["At most in flight", "maxInFlight", "number"],
    ["Failures", "failures", "number"],
    ["Failing since", "failingSince", "time"], ["Blocked until", "blockedUntil", "time"],
    ["Action", ({ destination, ...one }) => [
      one.blockedUntil && act("Unblock", destination, async () => {
        await call("configureDestination", { destination, resume: true })
        return "Unblocked the destination."
      }),
      act("Pause", destination, () => every(destination, { active: false }, "Pause", "paused")),
      act("Resume", destination, () => every(destination, { active: true, resume: true }, "Resume", "resumed")),
      act("Limit", destination, () => limit({ destination, ...one }))], "action"],
  ],
})

const paused = list({
  title: "Paused postbacks", hasHeading: true, member: "paused", load: health("paused", "pausedCount"),
  empty: "No postback is paused.",
  footer: ({ paused: found, pausedCount }) => `${count(found.length)} of ${count(pausedCount ?? found.length)} shown`,
  columns: [
    ["Postback", ({ postbackId, offerId }) => toPostback(postbackId, offerId), "number"],
    ["Offer", "offerId"], ["Affiliate", "affiliateId"],
    ["Reason", "reason", "wide"], ["Paused", "pausedAt", "time"],
    ["Held", ({ held, postbackId }) => to("deliveries", { postbackId, state: "held" }, count(held)), "number"],
    ["Action", ({ postbackId }) => act("Resume", postbackId, async () => {
      await call("updatePostback", { postbackId, resume: true })
      return `Resumed postback ${postbackId}.`
    }), "action"],
  ],
})

start("Health").append(headline("Health"), owed, rates, pollers, destinations, paused)
