import {
  act, all, brief, busy, call, counted, facts, h, headline, list, named, notice, panel, param, said, shape, start, to, when
} from "./kit.js"
import { offerDialog } from "./offer-dialog.js"
import { backfill, erase, test } from "./postback-actions.js"
import { resend } from "./resend.js"

const main = start("Offers")
const offerId = param("id") ?? ""

/** The offer itself, from the list of all; "*" is every offer, for the postbacks that affiliates have for all of them. */
async function find() {
  if (offerId === "*") return { id: "*", name: "Every offer", goals: [], goalsEnabled: false }
  for (let after; ;) {
    const { offers, next } = await call("listOffers", { limit: 1000, after })
    const found = offers.find(({ id }) => id === offerId)
    if (found) return found
    if (!next) throw Object.assign(new Error(`There is no offer "${offerId}".`), { code: "not_found" })
    after = next
  }
}

/** Says what the switch will do, with the number of postbacks that have a goal. */
function consequence(goalsEnabled, number) {
  if (!number) return goalsEnabled ? "No postback has a goal." : "Turning it on lets postbacks have a goal."
  const those = counted(number, "postback")
  return goalsEnabled
    ? `Turning it off: ${those} ${number === 1 ? "keeps its goal" : "keep their goal"}; it will not count.`
    : `Turning it on: the goal of ${those} counts again, as it was.`
}

const back = to("offers", {}, "Manage Offers")

const top = panel({
  title: "Offer", isLive: false,
  async load() {
    const [found, { items }] = await Promise.all([find(), all("listPostbacks", "postbacks", { offerId })])
    return { found, withGoal: items.filter(({ goal }) => goal).length }
  },
  draw({ found, withGoal }) {
    document.title = `${found.name} · Postbacks`
    if (found.id === "*") {
      return headline(found.name, { back,
        below: h("p.hint", "These postbacks fire on the conversions of all offers of their affiliate.") })
    }
    const { goals, goalsEnabled } = found
    const goalsSwitch = h("button.switch.manages", {
      type: "button", role: "switch", "aria-checked": String(goalsEnabled), "aria-describedby": "consequence",
      "data-key": "switch",
      onclick: () => busy(goalsSwitch, async () => {
        let message
        try {
          const { offer } = await call("configureOffer", { offerId, goalsEnabled: !goalsEnabled })
          message = offer.goalsEnabled ? "Goals are on: the goals of postbacks count."
            : "Goals are off: the goals of postbacks are kept and do not count."
        } catch (error) {
          message = said(error.message)
        }
        await changed()
        notice(message)
      }),
    }, h("span.knob", { "aria-hidden": "true" }), "Enabled Goals")
    const edit = act("Edit Offer", "offer", async () => { if (await offerDialog(found)) await top.refresh() })
    return [
      headline(said(found.name), { back, actions: edit }),
      facts([["ID", brief(found.id)],
        ["Goals", goals.length ? goals.map((goal) => h("span.chip", named(goal))) : "none"],
        ["Created", when(found.createdAt)], ["Updated", when(found.updatedAt)]]),
      h("div.goals", goalsSwitch, h("p.hint", { id: "consequence" }, consequence(goalsEnabled, withGoal))),
    ]
  },
})

/** The dialog of a postback, which is loaded when it is opened for the first time. */
async function postbackDialog(stored) {
  const [offer, dialogs] = await Promise.all([find(), import("./postback.js")])
  return dialogs.postbackDialog({ offer, stored })
}

const changed = () => Promise.all([postbacks.refresh(), top.refresh()])

/** One of a row's buttons: it refreshes the page unless it was cancelled. Pause and Resume share the focus. */
const action = (postback, name, run, properties) => act(name, postback.id, async () => {
  if ((await run(postback)) !== undefined) await changed()
}, { "data-key": `${postback.id}:${name === "Resume" ? "Pause" : name}`, ...properties })

const isOn = ({ active, paused }) => active && !paused

async function pauseOrResume(postback) {
  const { id, active, paused } = postback
  await call("updatePostback", isOn(postback) ? { postbackId: id, active: false }
    : { postbackId: id, active: active ? undefined : true, resume: paused ? true : undefined })
  notice(isOn(postback) ? `Paused postback ${id}: new events do not fire it; what is owed is still sent.`
    : `Resumed postback ${id}.`)
  return true
}

const goalCell = ({ goal, goalApplies }) => (goal
  ? h("span", named(goal), !goalApplies && h("small.hint", "does not count: goals are off")) : h("span.none", "Any goal"))

const postbacks = list({
  title: "Postbacks", nouns: ["postback"], rows: (answer) => answer.postbacks, isEmpty: () => false,
  load: () => call("listPostbacks", { offerId, limit: 50, after: param("after") }),
  empty: "No postbacks yet. New Callback makes the first one.",
  rowKey: ({ id }) => (String(id) === param("postback") ? "chosen" : undefined),
  above: () => act("New Callback", "new", async () => { if (await postbackDialog()) await changed() },
    { class: "primary manages" }),
  columns: [
    ["ID", ({ id, offer }) => [String(id), offer.id === "*" && offerId !== "*" && h("small", "every offer")], "number"],
    ["Affiliate", ({ affiliate }) => (affiliate.id === "*" ? "Every affiliate" : named(affiliate)), "name"],
    ["Goal", goalCell],
    ["Conversion Status", ({ conversionStatus, active, paused }) => [shape(conversionStatus),
      paused && h("div.why", shape("paused"), said(paused.reason), when(paused.at)), !active && h("div.why", shape("inactive"))]],
    ["URL", ({ url }) => said(url, { limit: 300 }), "wide url"],
    ["HTTP Type", ({ httpType }) => h("code", httpType)],
    ["Created", ({ createdAt }) => when(createdAt, { stacked: true })],
    ["Updated", ({ updatedAt }) => when(updatedAt, { stacked: true })],
    ["Action", (postback) => h("div.six",
      action(postback, "Edit", postbackDialog), action(postback, "Test", test),
      action(postback, isOn(postback) ? "Pause" : "Resume", pauseOrResume),
      action(postback, "Resend", ({ id }) => resend({ filter: { postbackId: id }, what: `deliveries of postback ${id}` })),
      action(postback, "Backfill", backfill), action(postback, "Delete", erase, { class: "manages danger" })), "action"],
  ],
})

const tabs = h("div.tabs", { role: "tablist", "aria-label": "Offer" },
  h("button", { type: "button", role: "tab", id: "tab", "aria-selected": "true", "aria-controls": "postbacks" }, "Postbacks"))
main.append(top.node, tabs, h("div", { role: "tabpanel", id: "postbacks", "aria-labelledby": "tab" }, postbacks.node))
