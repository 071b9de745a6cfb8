import {
  act as button, ago, brief, call, confirm, count, counted, dialog, field, h, headline, input, link, list, none, notice,
  panel, said, shape, span, start, to, total, whole
} from "./kit.js"
import { plot } from "./plot.js"

const main = start("Health")

/** Three panels show parts of one answer: they share the call of one turn. */
let pending
const health = () => (pending ??= call("showHealth").finally(() => { pending = undefined }))

const tile = (name, value, href, kind) =>
  h("dl.tile", h("dt", name), h("dd", { class: kind }, href ? h("a", { href }, value) : value))

const sumOf = (points, value) => points.reduce((sum, point) => sum + value(point), 0)

const owed = panel({
  title: "Owed", hasHeading: true,
  load: () => health().then(({ owed: states, oldestDueSeconds, minutes }) => ({ states, oldestDueSeconds, minutes })),
  draw({ states, oldestDueSeconds, minutes }) {
    const sum = (name) => sumOf(minutes, (minute) => minute[name])
    const failed = sum("failed") + sum("dead")
    const during = `${minutes.length} min`
    return h("div.tiles",
      [["owed", "Owed"], ["retrying", "Retrying"], ["in_flight", "In flight"], ["held", "Held"]].map(([state, name]) =>
        tile(name, `${states.isExact === false ? "about " : ""}${count(states[state])}`, link("deliveries", { state }))),
      tile("Oldest due", span(oldestDueSeconds), undefined, oldestDueSeconds > 60 && "warns"),
      tile("Attempts a minute", count(Math.round(sum("attempts") / Math.max(1, minutes.length)))),
      tile(`Delivered, ${during}`, count(sum("delivered"))),
      tile(`Failed, ${during}`, count(failed), link("deliveries", { state: "failed" }), failed && "bad"))
  },
})

const rates = panel({
  title: "The last hour", hasHeading: true,
  load: () => call("deliveryStatistics", { since: ago(3600).replace(/:\d\d\.\d+Z$/, ":00.000Z"), bucket: "minute" }),
  isEmpty: ({ series }) => !series.some(({ points }) => points.some(({ attempts }) => attempts > 0)),
  empty: "No attempt in the last hour.",
  draw({ series: [{ points }] }) {
    const bad = ({ outcomes }) => outcomes.failed + outcomes.dead + outcomes.retry + outcomes.unknown
    const slowest = Math.max(0, ...points.map(({ p95Ms }) => Number(p95Ms) || 0))
    return h("div.plots",
      plot("Attempts", points, counted(sumOf(points, ({ attempts }) => attempts), "attempt"), [
        ["Delivered", "good", ({ outcomes }) => outcomes.delivered],
        ["Other", "still", ({ attempts, outcomes }) => attempts - outcomes.delivered]]),
      plot("Failures", points, counted(sumOf(points, bad), "attempt"), [
        ["Retry", "warns", ({ outcomes }) => outcomes.retry],
        ["Failed", "bad", ({ outcomes }) => outcomes.failed + outcomes.dead],
        ["Unknown", "still", ({ outcomes }) => outcomes.unknown]]),
      plot("Latency, 95th percentile", points, `up to ${count(slowest)} ms`, [["ms", "runs", ({ p95Ms }) => p95Ms]], " ms"))
  },
})

const pollers = list({
  title: "Pollers", hasHeading: true, nouns: ["poller"],
  load: () => health().then((answer) => answer.pollers), rows: (found) => found,
  empty: "No poller runs: nothing is sent. `postbacks up` or `postbacks poll` starts one.",
  footer: (found) => `${counted(found.length, "poller")} shown`,
  columns: [
    ["State", ({ isAlive }) => shape(isAlive ? "alive" : "silent")],
    ["Host", "host"], ["Version", "version"],
    ["Started", "startedAt", "time"], ["Heartbeat", ({ secondsAgo }) => `${span(secondsAgo)} ago`],
    ["In flight", "inFlight", "number"], ["Claimed", "claimed", "number"], ["Delivered", "delivered", "number"],
    ["Retried", "retried", "number"], ["Failed", "failed", "number"],
    ["Problem", ({ problem }) => (problem ? h("span.fault", said(problem)) : none()), "wide"],
  ],
})

/** A button that changes something and then refreshes the panels. `run` answers what was done. */
const act = (name, key, run) => button(name, key, async () => {
  const text = await run()
  if (!text) return
  notice(text)
  await Promise.all([destinations, paused, owed].map((one) => one.refresh()))
})

async function limit({ destination, maxInFlight }) {
  const control = input({ inputmode: "numeric", value: maxInFlight ?? "" })
  const saved = await dialog({
    title: "Requests in flight", action: "Save",
    content: [h("p", said(destination)), field("At most in flight", "maxInFlight", control, "Empty means no limit of its own.")],
    submit: () => call("configureDestination", { destination, maxInFlight: control.value.trim() ? whole(control.value) : null }),
  })
  return saved && "Saved the limit."
}

/** Changes all postbacks of a destination, after saying how many these are; answers what was done. */
async function every(destination, changes, name, past) {
  const change = (dryRun) => total("updatePostbacks", { filter: { destination }, changes, dryRun }, ({ changed }) => changed)
  const number = await change(true)
  let text
  await confirm({
    title: `${name} the postbacks of a destination`, action: name,
    content: [h("p", said(destination)), h("p", `${counted(number, "postback")} will be ${past}.`)],
    run: async () => { text = `${counted(await change(false), "postback")} ${past}.` },
  })
  return text
}

const destinations = list({
  title: "Destinations", hasHeading: true,
  load: () => call("listDestinations", { limit: 100 }), rows: (answer) => answer.destinations,
  empty: "No destinations yet. Each scheme, host and port of a postback's URL is one.",
  footer: (answer) =>
    `${counted(answer.destinations.length, "destination")} shown; ${answer.next ? "there are more" : "these are all"}`,
  columns: [
    ["State", ({ blockedUntil, failures, maxInFlight }) =>
      shape(blockedUntil ? "blocked" : failures ? "failing" : maxInFlight ? "paced" : "open")],
    ["Destination", ({ destination }) => to("deliveries", { destination }, brief(destination)), "wide"],
    ["Postbacks", "postbacks", "number"],
    ["At most in flight", ({ maxInFlight }) => maxInFlight ?? none(), "number"],
    ["Failures", "failures", "number"],
    ["Failing since", "failingSince", "time"], ["Blocked until", "blockedUntil", "time"],
    ["Action", (one) => [
      one.blockedUntil && act("Unblock", one.destination, async () => {
        await call("configureDestination", { destination: one.destination, resume: true })
        return "Unblocked the destination."
      }),
      act("Pause", one.destination, () => every(one.destination, { active: false }, "Pause", "paused")),
      act("Resume", one.destination, () => every(one.destination, { active: true, resume: true }, "Resume", "resumed")),
      act("Limit", one.destination, () => limit(one))], "action"],
  ],
})

const paused = list({
  title: "Paused postbacks", hasHeading: true,
  load: () => health().then(({ paused: found, pausedCount }) => ({ found, pausedCount })), rows: ({ found }) => found,
  empty: "No postback is paused.",
  footer: ({ found, pausedCount }) => `${count(found.length)} of ${count(pausedCount ?? found.length)} shown`,
  columns: [
    ["Postback", ({ postbackId, offerId }) => to("offer", { id: offerId, postback: postbackId }, String(postbackId)), "number"],
    ["Offer", "offerId"], ["Affiliate", "affiliateId"],
    ["Reason", ({ reason }) => said(reason), "wide"], ["Paused", "pausedAt", "time"],
    ["Held", ({ held, postbackId }) => to("deliveries", { postbackId, state: "held" }, count(held)), "number"],
    ["Action", ({ postbackId }) => act("Resume", postbackId, async () => {
      await call("updatePostback", { postbackId, resume: true })
      return `Resumed postback ${postbackId}.`
    }), "action"],
  ],
})

main.append(headline("Health"), ...[owed, rates, pollers, destinations, paused].map(({ node }) => node))
