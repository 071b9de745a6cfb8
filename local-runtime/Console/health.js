import { call } from "./call.js"
import { confirm, dialog, notice } from "./dialog.js"
import { busy, button, h } from "./dom.js"
import { field } from "./fields.js"
import { whole } from "./json.js"
import { table, to } from "./list.js"
import { panel } from "./panel.js"
import { plot } from "./plot.js"
import { link } from "./query.js"
import { shape } from "./shape.js"
import { headline, start } from "./shell.js"
import { brief, count, counted, none, said } from "./text.js"
import { ago, span, when } from "./time.js"

const main = start("health")

/** Three panels show parts of one answer: they share the call of one turn. */
let pending
const health = () => (pending ??= call("showHealth").finally(() => { pending = undefined }))

const tile = (name, value, href, kind) => h(
  "dl", { class: "tile" }, h("dt", null, name), h("dd", { class: kind }, href ? h("a", { href }, value) : value))

const owed = panel({
  title: "Owed",
  load: async () => {
    const { owed, oldestDueSeconds, minutes } = await health()
    return { owed, oldestDueSeconds, minutes }
  },
  draw({ owed, oldestDueSeconds, minutes }) {
    const about = (number) => `${owed.isExact === false ? "about " : ""}${count(number)}`
    const sum = (name) => minutes.reduce((total, minute) => total + minute[name], 0)
    const failed = sum("failed") + sum("dead")
    return h(
      "div", { class: "tiles" },
      ...[["owed", "Owed"], ["retrying", "Retrying"], ["in_flight", "In flight"], ["held", "Held"]].map(([state, name]) =>
        tile(name, about(owed[state]), link("deliveries", { state }))),
      tile("Oldest due", span(oldestDueSeconds), undefined, oldestDueSeconds > 60 ? "warns" : undefined),
      tile(`Attempts a minute`, count(Math.round(sum("attempts") / Math.max(1, minutes.length)))),
      tile(`Delivered, ${minutes.length} min`, count(sum("delivered"))),
      tile(`Failed, ${minutes.length} min`, count(failed), link("deliveries", { state: "failed" }), failed ? "bad" : undefined))
  },
})

const rates = panel({
  title: "The last hour",
  load: () => call("deliveryStatistics", { since: ago(3600).replace(/:\d\d\.\d+Z$/, ":00.000Z"), bucket: "minute" }),
  isEmpty: ({ series }) => !series.some(({ points }) => points.some(({ attempts }) => attempts > 0)),
  empty: h("p", null, "No attempt in the last hour."),
  draw({ series }) {
    const points = series[0].points
    const sum = (value) => points.reduce((total, point) => total + value(point), 0)
    const bad = ({ outcomes }) => outcomes.failed + outcomes.dead + outcomes.retry + outcomes.unknown
    const slowest = Math.max(0, ...points.map(({ p95Ms }) => Number(p95Ms) || 0))
    return h("div", { class: "plots" },
      plot({ title: "Attempts", points, summary: counted(sum(({ attempts }) => attempts), "attempt"),
        series: [{ name: "Delivered", kind: "good", value: ({ outcomes }) => outcomes.delivered },
          { name: "Other", kind: "still", value: ({ attempts, outcomes }) => attempts - outcomes.delivered }] }),
      plot({ title: "Failures", points, summary: counted(sum(bad), "attempt", "attempts"),
        series: [{ name: "Retry", kind: "warns", value: ({ outcomes }) => outcomes.retry },
          { name: "Failed", kind: "bad", value: ({ outcomes }) => outcomes.failed + outcomes.dead },
          { name: "Unknown", kind: "still", value: ({ outcomes }) => outcomes.unknown }] }),
      plot({ title: "Latency, 95th percentile", points, unit: " ms", summary: `up to ${count(slowest)} ms`,
        series: [{ name: "ms", kind: "runs", value: ({ p95Ms }) => p95Ms }] }))
  },
})

const pollers = panel({
  title: "Pollers",
  load: async () => ({ pollers: (await health()).pollers }),
  isEmpty: ({ pollers }) => !pollers.length,
  empty: h("p", null, "No poller runs: nothing is sent. `postbacks up` or `postbacks poll` starts one."),
  draw: ({ pollers }) => table({ caption: "Pollers", rows: pollers, columns: [
    { title: "State", cell: ({ isAlive }) => shape(isAlive ? "alive" : "silent") },
    { title: "Host", cell: ({ host }) => brief(host) }, { title: "Version", cell: ({ version }) => brief(version) },
    { title: "Started", cell: ({ startedAt }) => when(startedAt) },
    { title: "Heartbeat", cell: ({ secondsAgo }) => `${span(secondsAgo)} ago` },
    ...[["In flight", "inFlight"], ["Claimed", "claimed"], ["Delivered", "delivered"], ["Retried", "retried"],
      ["Failed", "failed"]].map(([title, name]) => ({ title, kind: "number", cell: (poller) => count(poller[name]) })),
    { title: "Problem", kind: "wide", cell: ({ problem }) => (problem ? h("span", { class: "fault" }, said(problem)) : none()) },
  ] }),
})

/** A button that calls a function and refreshes what the call has changed. */
const act = (name, key, run) => {
  const node = button(name, () => busy(node, async () => {
    try {
      const text = await run()
      if (!text) return
      notice(text)
      await Promise.all([destinations, paused, owed].map((one) => one.refresh()))
    } catch (error) {
      notice(said(error.message))
    }
  }), { "data-key": key, class: "manages" })
  return node
}

async function limit({ destination, maxInFlight }) {
  const control = h("input", { inputmode: "numeric", autocomplete: "off" })
  control.value = maxInFlight ?? ""
  const saved = await dialog({
    title: "Requests in flight", action: "Save",
    content: [h("p", null, said(destination)), field({ label: "At most in flight", name: "maxInFlight", control,
      hint: "Empty means no limit of its own." })],
    submit: () => call("configureDestination", { destination, maxInFlight: control.value.trim() ? whole(control.value) : null }),
  })
  return saved && "Saved the limit."
}

/** Changes all postbacks of a destination, after saying how many these are; answers what was done. */
async function every(destination, changes, name, past) {
  async function change(dryRun) {
    let sum = 0
    for (let after; ;) {
      const { changed, next } = await call("updatePostbacks", { filter: { destination }, changes, dryRun, after })
      sum += changed
      if (!next) return sum
      after = next
    }
  }
  const number = await change(true)
  let text
  await confirm({
    title: `${name} the postbacks of a destination`, action: name, isDanger: false,
    content: [h("p", null, said(destination)), h("p", null, `${counted(number, "postback")} will be ${past}.`)],
    run: async () => { text = `${counted(await change(false), "postback")} ${past}.` },
  })
  return text
}

const standing = ({ blockedUntil, failures, maxInFlight }) => {
  if (blockedUntil) return shape("blocked")
  if (failures) return shape("retrying", "failing")
  return maxInFlight === null || maxInFlight === undefined ? shape("open") : shape("paced")
}

const destinations = panel({
  title: "Destinations",
  load: () => call("listDestinations", { limit: 100 }),
  isEmpty: ({ destinations: list }) => !list.length,
  empty: h("p", null, "No destinations yet. Each scheme, host and port of a postback's URL is one."),
  draw: ({ destinations: list, next }) => [table({ caption: "Destinations", rows: list, columns: [
    { title: "State", cell: standing },
    { title: "Destination", kind: "wide", cell: ({ destination }) => to("deliveries", { destination }, brief(destination)) },
    { title: "Postbacks", kind: "number", cell: ({ postbacks }) => count(postbacks) },
    { title: "At most in flight", kind: "number", cell: ({ maxInFlight }) => maxInFlight ?? none() },
    { title: "Failures", kind: "number", cell: ({ failures }) => count(failures) },
    { title: "Failing since", cell: ({ failingSince }) => when(failingSince) },
    { title: "Blocked until", cell: ({ blockedUntil }) => when(blockedUntil) },
    { title: "Action", kind: "action", cell: (one) => [
      one.blockedUntil && act("Unblock", `${one.destination}:unblock`, async () => {
        await call("configureDestination", { destination: one.destination, resume: true })
        return "Unblocked the destination."
      }),
      act("Pause", `${one.destination}:pause`, () => every(one.destination, { active: false }, "Pause", "paused")),
      act("Resume", `${one.destination}:resume`,
        () => every(one.destination, { active: true, resume: true }, "Resume", "resumed")),
      act("Limit", `${one.destination}:limit`, () => limit(one))] },
  ] }), h("p", { class: "pages" },
    `${counted(list.length, "destination")} shown${next ? "; there are more" : "; these are all"}`)],
})

const paused = panel({
  title: "Paused postbacks",
  load: async () => {
    const { paused: list, pausedCount } = await health()
    return { list, pausedCount }
  },
  isEmpty: ({ list }) => !list.length,
  empty: h("p", null, "No postback is paused."),
  draw: ({ list, pausedCount }) => [table({ caption: "Paused postbacks", rows: list, columns: [
    { title: "Postback", kind: "number", cell: ({ postbackId, offerId }) =>
      to("offer", { id: offerId, postback: postbackId }, String(postbackId)) },
    { title: "Offer", cell: ({ offerId }) => brief(offerId) },
    { title: "Affiliate", cell: ({ affiliateId }) => brief(affiliateId) },
    { title: "Reason", kind: "wide", cell: ({ reason }) => said(reason) },
    { title: "Paused", cell: ({ pausedAt }) => when(pausedAt) },
    { title: "Held", kind: "number", cell: ({ held, postbackId }) =>
      to("deliveries", { postbackId, state: "held" }, count(held)) },
    { title: "Action", kind: "action", cell: ({ postbackId }) => act("Resume", `${postbackId}:resume`, async () => {
      await call("updatePostback", { postbackId, resume: true })
      return `Resumed postback ${postbackId}.`
    }) },
  ] }), h("p", { class: "pages" }, `${count(list.length)} of ${count(pausedCount ?? list.length)} shown`)],
})

main.append(headline("Health"), owed.node, rates.node, pollers.node, destinations.node, paused.node)
