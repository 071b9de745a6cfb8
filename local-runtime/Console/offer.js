import {
  act, brief, button, call, counted, facts, h, headline, list, named, panel, param, said, shape, start, to, total, when
} from "./kit.js"
import { offerDialog } from "./offer-dialog.js"
import { backfill, erase, test } from "./postback-actions.js"
import { resend } from "./resend.js"

const offerId = param("id") ?? ""

/** The offer itself; "*" is every offer, for the postbacks that affiliates have for all of them. */
async function find() {
  if (offerId === "*") return { id: "*", name: "Every offer", goals: [], goalsEnabled: false }
  const { offers: [offer] } = await call("listOffers", { offerId })
  if (!offer) throw Object.assign(new Error(`There is no offer "${offerId}".`), { code: "not_found" })
  return offer
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

const goalsSwitch = ({ goalsEnabled }) =>
  button([h("span.knob", { "aria-hidden": "true" }), "Enabled Goals"], async () => {
    await call("configureOffer", { offerId, goalsEnabled: !goalsEnabled })
    return goalsEnabled ? "Goals are off: the goals of postbacks are kept and do not count."
      : "Goals are on: the goals of postbacks count."
  }, { class: "switch manages", role: "switch", "aria-checked": String(goalsEnabled), "aria-describedby": "consequence",
    "data-key": "switch" })

const top = panel({
  title: "Offer", isLive: false,
  async load() {
    const haveGoal = ({ postbacks }) => postbacks.filter(({ goal }) => goal).length
    const [found, withGoal] = await Promise.all([find(), total("listPostbacks", { offerId, limit: 1000 }, haveGoal)])
    return { found, withGoal }
  },
  draw({ found, withGoal }) {
    const { id, name, goals, goalsEnabled, createdAt, updatedAt } = found
    document.title = `${name} · Postbacks`
    if (id === "*") {
      return headline(name, { back,
        below: h("p.hint", "These postbacks fire on the conversions of all offers of their affiliate.") })
    }
    const edit = act("Edit Offer", "offer", () => offerDialog(found))
    return [
      headline(said(name), { back, actions: edit }),
      facts([["ID", brief(id)], ["Goals", goals.length ? goals.map((goal) => h("span.chip", named(goal))) : "none"],
        ["Created", when(createdAt)], ["Updated", when(updatedAt)]]),
      h("div.goals", goalsSwitch(found), h("p.hint", { id: "consequence" }, consequence(goalsEnabled, withGoal))),
    ]
  },
})

/** The dialog of a postback, which is loaded when it is opened for the first time. */
async function postbackDialog(stored) {
  const [offer, dialogs] = await Promise.all([find(), import("./postback.js")])
  return dialogs.postbackDialog({ offer, stored })
}

const isOn = ({ active, paused }) => active && !paused

async function pauseOrResume(postback) {
  const { id, active, paused } = postback
  await call("updatePostback", isOn(postback) ? { postbackId: id, active: false }
    : { postbackId: id, active: active ? undefined : true, resume: paused ? true : undefined })
  return isOn(postback) ? `Paused postback ${id}: new events do not fire it; what is owed is still sent.`
    : `Resumed postback ${id}.`
}

/** The buttons of a row. Pause and Resume share the focus. */
const actions = (postback) => Object.entries({
  Edit: postbackDialog, Test: test, [isOn(postback) ? "Pause" : "Resume"]: pauseOrResume,
  Resend: ({ id }) => resend({ filter: { postbackId: id }, what: `deliveries of postback ${id}` }),
  Backfill: backfill, Delete: erase,
}).map(([name, run]) => act(name, postback.id, () => run(postback), {
  "data-key": `${postback.id}:${name.replace("Resume", "Pause")}`, class: name === "Delete" ? "manages danger" : "manages",
}))

const postbacks = list({
  title: "Postbacks", input: { offerId }, isEmpty: () => false,
  empty: "No postbacks yet. New Callback makes the first one.",
  rowKey: ({ id }) => (String(id) === param("postback") ? "chosen" : undefined),
  above: () => act("New Callback", "new", () => postbackDialog(), { class: "primary manages" }),
  columns: [
    ["ID", ({ id, offer }) => [String(id), offer.id === "*" && offerId !== "*" && h("small", "every offer")], "number"],
    ["Affiliate", ({ affiliate }) => (affiliate.id === "*" ? "Every affiliate" : named(affiliate)), "name"],
    ["Goal", ({ goal, goalApplies }) => (goal
      ? h("span", named(goal), !goalApplies && h("small.hint", "does not count: goals are off")) : h("span.none", "Any goal"))],
    ["Conversion Status", ({ conversionStatus, active, paused }) => [shape(conversionStatus),
      paused && h("div.why", shape("paused"), said(paused.reason), when(paused.at)), !active && h("div.why", shape("inactive"))]],
    ["URL", ({ url }) => said(url, { limit: 300 }), "wide url"],
    ["HTTP Type", "httpType", "code"],
    ["Created", "createdAt", "stacked"], ["Updated", "updatedAt", "stacked"],
    ["Action", (postback) => h("div.six", actions(postback)), "action"],
  ],
})

const tabs = h("div.tabs", { role: "tablist", "aria-label": "Offer" },
  h("button", { type: "button", role: "tab", id: "tab", "aria-selected": "true", "aria-controls": "postbacks" }, "Postbacks"))
start("Offers", "Offer").append(top, tabs,
  h("div", { role: "tabpanel", id: "postbacks", "aria-labelledby": "tab" }, postbacks))
