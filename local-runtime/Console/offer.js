import { all, call } from "./call.js"
import { notice } from "./dialog.js"
import { busy, button, h } from "./dom.js"
import { facts, pages, table, to } from "./list.js"
import { offerDialog } from "./offer-dialog.js"
import { panel } from "./panel.js"
import { backfill, erase, test } from "./postback-actions.js"
import { param } from "./query.js"
import { resend } from "./resend.js"
import { shape } from "./shape.js"
import { headline, start } from "./shell.js"
import { brief, counted, named, said } from "./text.js"
import { when } from "./time.js"

const main = start("offers")
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
function consequence({ goalsEnabled }, number) {
  if (!number) return goalsEnabled ? "No postback has a goal." : "Turning it on lets postbacks have a goal."
  const those = counted(number, "postback")
  return goalsEnabled
    ? `Turning it off: ${those} ${number === 1 ? "keeps its goal" : "keep their goal"}; it will not count.`
    : `Turning it on: the goal of ${those} counts again, as it was.`
}

const top = panel({
  title: "Offer", isHeadingHidden: true, isLive: false,
  async load() {
    const [found, { items }] = await Promise.all([find(), all("listPostbacks", "postbacks", { offerId })])
    return { found, withGoal: items.filter(({ goal }) => goal).length }
  },
  draw({ found, withGoal }) {
    document.title = `${found.name} · Postbacks`
    const sentence = h("p", { class: "hint", id: "consequence" }, consequence(found, withGoal))
    const goalsSwitch = h("button", {
      type: "button", role: "switch", "aria-checked": String(found.goalsEnabled), "aria-describedby": "consequence",
      class: "switch manages", "data-key": "switch",
      onclick: () => busy(goalsSwitch, async () => {
        let message
        try {
          const { offer: after } = await call("configureOffer", { offerId, goalsEnabled: !found.goalsEnabled })
          message = after.goalsEnabled ? "Goals are on: the goals of postbacks count."
            : "Goals are off: the goals of postbacks are kept and do not count."
        } catch (error) {
          message = said(error.message)
        }
        await changed()
        notice(message)
      }),
    }, h("span", { class: "knob", "aria-hidden": "true" }), "Enabled Goals")
    const edit = button("Edit Offer", async () => {
      if (await offerDialog(found)) top.refresh()
    }, { class: "manages", "data-key": "edit-offer" })
    if (found.id === "*") {
      return headline(found.name, { back: to("offers", {}, "Manage Offers"),
        below: h("p", { class: "hint" }, "These postbacks fire on the conversions of all offers of their affiliate.") })
    }
    return [
      headline(said(found.name), { back: to("offers", {}, "Manage Offers"), actions: edit }),
      facts([["ID", brief(found.id)],
        ["Goals", found.goals.length ? found.goals.map((goal) => h("span", { class: "chip" }, named(goal))) : "none"],
        ["Created", when(found.createdAt)], ["Updated", when(found.updatedAt)]]),
      h("div", { class: "goals" }, goalsSwitch, sentence),
    ]
  },
})

/** The dialog of a postback, which is loaded when it is opened for the first time. */
async function postbackDialog(request) {
  const [offer, dialogs] = await Promise.all([find(), import("./postback.js")])
  return dialogs.postbackDialog({ offer, ...request })
}

const changed = async () => { await Promise.all([list.refresh(), top.refresh()]) }

/** One of a row's buttons: it runs, tells an error, and refreshes the list. */
const act = (postback, name, run, properties) => {
  const node = button(name, () => busy(node, async () => {
    try {
      if ((await run(postback)) !== undefined) await changed()
    } catch (error) {
      notice(said(error.message))
    }
  }), { "data-key": `${postback.id}:${name === "Resume" ? "Pause" : name}`, class: "manages", ...properties })
  return node
}

async function pauseOrResume({ id, active, paused }) {
  const isResuming = !active || paused
  await call("updatePostback", isResuming
    ? { postbackId: id, active: active ? undefined : true, resume: paused ? true : undefined }
    : { postbackId: id, active: false })
  notice(isResuming ? `Resumed postback ${id}.` : `Paused postback ${id}: new events do not fire it; what is owed is still sent.`)
  return true
}

const goalCell = ({ goal, goalApplies }) => {
  if (!goal) return h("span", { class: "none" }, "Any goal")
  return h("span", null, named(goal), goalApplies ? undefined : h("small", { class: "hint" }, "does not count: goals are off"))
}

const columns = [
  { title: "ID", kind: "number", cell: ({ id, offer }) => [String(id),
    offer.id === "*" && offerId !== "*" && h("small", null, "every offer")] },
  { title: "Affiliate", kind: "name", cell: ({ affiliate }) => (affiliate.id === "*" ? "Every affiliate" : named(affiliate)) },
  { title: "Goal", cell: goalCell },
  { title: "Conversion Status", cell: ({ conversionStatus, active, paused }) => [shape(conversionStatus),
    paused && h("div", { class: "why" }, shape("paused"), said(paused.reason), when(paused.at)),
    !active && h("div", { class: "why" }, shape("inactive"))] },
  { title: "URL", kind: "wide url", cell: ({ url }) => said(url, { limit: 300 }) },
  { title: "HTTP Type", cell: ({ httpType }) => h("code", null, httpType) },
  { title: "Created", cell: ({ createdAt }) => when(createdAt, { stacked: true }) },
  { title: "Updated", cell: ({ updatedAt }) => when(updatedAt, { stacked: true }) },
  { title: "Action", kind: "action", cell: (postback) => h("div", { class: "six" },
    act(postback, "Edit", () => postbackDialog({ stored: postback })),
    act(postback, "Test", test), act(postback, postback.active && !postback.paused ? "Pause" : "Resume", pauseOrResume),
    act(postback, "Resend", ({ id }) => resend({ filter: { postbackId: id }, what: `deliveries of postback ${id}` })),
    act(postback, "Backfill", backfill), act(postback, "Delete", erase, { class: "manages danger" })) },
]

const newCallback = () => button("New Callback", async () => {
  try {
    if (await postbackDialog()) await changed()
  } catch (error) {
    notice(said(error.message))
  }
}, { class: "primary manages", "data-key": "new" })

const above = () => h("tr", { role: "row", class: "above" }, h("td", { role: "cell", colspan: columns.length - 1 }),
  h("td", { role: "cell", class: "action" }, newCallback()))

const chosen = param("postback")
const list = panel({
  title: "Postbacks", isHeadingHidden: true,
  load: () => call("listPostbacks", { offerId, limit: 50, after: param("after") }),
  draw: ({ postbacks, next }) => [
    table({ caption: "Postbacks", columns, rows: postbacks, above: above(),
      rowKey: ({ id }) => (String(id) === chosen ? "chosen" : undefined) }),
    postbacks.length
      ? pages(postbacks.length, next, "postback")
      : h("div", { class: "state nothing" }, h("p", null, "No postbacks yet. New Callback makes the first one.")),
  ],
})

const tabs = h("div", { role: "tablist", "aria-label": "Offer", class: "tabs" },
  h("button", { type: "button", role: "tab", id: "tab", "aria-selected": "true", "aria-controls": "postbacks" }, "Postbacks"))
main.append(top.node, tabs, h("div", { role: "tabpanel", id: "postbacks", "aria-labelledby": "tab" }, list.node))
