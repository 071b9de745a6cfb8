import { call } from "./call.js"
import { button, h } from "./dom.js"
import { to } from "./query.js"
import { me, signOut } from "./session.js"
import { said } from "./text.js"

// What every page has: the navigation, the search for an id, the clock, who is signed in, and the place for messages.

const places = ["Offers", "Conversions", "Deliveries", "Health", "Functions"]

/** The pages of the records that the search finds, and the values of their addresses. */
const targets = {
  conversion: ({ id }) => ["conversion", { id }],
  delivery: ({ id }) => ["deliveries", { deliveryId: id, open: id }],
  postback: ({ id, offerId, deleted }) =>
    (deleted ? ["deliveries", { postbackId: id }] : ["offer", { id: offerId, postback: id }]),
  offer: ({ id }) => ["offer", { id }],
  affiliate: ({ id }) => ["conversions", { affiliateId: id }],
}
const words = { id: "by its id", transactionId: "by its transaction", clickId: "by its click" }
const short = { limit: 80 }

function finder() {
  const text = h("input", { type: "search", "aria-label": "Find any id", placeholder: "Find any id", maxlength: 4096 })
  const results = h("div.found", { popover: "auto", role: "status" })
  async function find(wanted) {
    const { matches, more } = await call("findRecords", { text: wanted })
    const links = matches.filter(({ kind }) => targets[kind]).map((match) =>
      to(...targets[match.kind](match), [h("b", match.kind), " ", said(match.id, short),
        h("small", said(match.name ?? words[match.matched], short))]))
    if (links.length === 1) return location.assign(links[0].href)
    return h("div", links, !links.length && h("p", "Nothing has the id ", said(wanted, short), "."),
      more && h("p", "There are more matches."))
  }
  return h("form.find", { role: "search", async onsubmit(event) {
    event.preventDefault()
    const wanted = text.value.trim()
    if (!wanted) return
    const found = await find(wanted).catch((error) => h("p.fault", said(error.message)))
    if (!found) return
    results.replaceChildren(found)
    results.showPopover()
    results.querySelector("a")?.focus()
  } }, text, results)
}

// One clock refreshes everything on a page. It stops while the page is hidden, while a dialog or a menu is open, while
// rows are selected, after a sign-in that was cancelled, and when it is told to.

const period = 5000
const refreshes = []
let [isStopped, isRunning, last] = [false, false, Date.now()]

export const follow = (refresh) => refreshes.push(refresh)

const hindrances = {
  "html[data-signed-out]": "Waits: signed out", "dialog[open], :popover-open": "Waits: a dialog is open",
  "input[data-row]:checked": "Waits: rows are selected",
}

function hindrance() {
  if (isStopped) return "Stopped"
  if (document.hidden) return "Waits: hidden"
  return hindrances[Object.keys(hindrances).find((selector) => document.querySelector(selector))]
}

/** Calls each `refresh(isAsked)`; `isAsked` is false for a turn of the clock. */
export async function refreshPage(isAsked = true) {
  isRunning = true
  await Promise.allSettled(refreshes.map((refresh) => refresh(isAsked)))
  ;[isRunning, last] = [false, Date.now()]
}

function clock() {
  const face = h("span", { id: "clock" })
  const stop = button("Stop refreshing", () => {
    isStopped = !isStopped
    stop.textContent = isStopped ? "Start refreshing" : "Stop refreshing"
    show()
  }, { class: "quiet" })
  function show() {
    const why = hindrance()
    face.textContent = why ?? "Live"
    face.dataset.live = !why
    if (!why && !isRunning && Date.now() - last >= period) refreshPage(false)
  }
  setInterval(show, 500)
  document.addEventListener("visibilitychange", show)
  show()
  return h("div.clock", face, stop)
}

async function showCaller(node, isAnew) {
  const who = await me(isAnew)
  document.documentElement.dataset.scope = who?.scope ?? ""
  if (who?.open) {
    const title = "No key exists: everybody who reaches this address may do everything. `postbacks keys create` makes one."
    node.replaceChildren(h("span.open", { title }, "Open, no key"))
  } else if (who?.name) {
    node.replaceChildren(h("span", { title: who.scope }, said(who.name, { limit: 40 })),
      button("Sign out", signOut, { class: "quiet" }))
  }
}

/** Draws what every page has, and answers the element for the rest. `place` is the page's place in the navigation. */
export function start(place, title = place) {
  const main = h("main", { id: "main", tabindex: "-1" })
  const who = h("div.who")
  document.title = `${title} · Postbacks`
  document.body.prepend(
    h("a.skip", { href: "#main" }, "Skip to the content"),
    h("header.top", to("offers", {}, "Postbacks", { class: "brand" }),
      h("nav", { "aria-label": "Pages" }, places.map((name) =>
        to(name.toLowerCase(), {}, name, { "aria-current": name === place && "page" }))),
      finder(), clock(), who),
    h("div", { id: "notices", role: "status" }), main)
  showCaller(who)
  document.addEventListener("signed-in", () => showCaller(who, true))
  return main
}
