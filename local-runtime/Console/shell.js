import { call } from "./call.js"
import { button, h } from "./dom.js"
import { to } from "./list.js"
import { link } from "./query.js"
import { me, signOut } from "./session.js"
import { said } from "./text.js"

// What every page has: the navigation, the search for an id, the clock, who is signed in, and the place for messages.

const places = ["Offers", "Conversions", "Deliveries", "Health", "Functions"]

const address = {
  conversion: ({ id }) => link("conversion", { id }),
  delivery: ({ id }) => link("deliveries", { deliveryId: id, open: id }),
  postback: ({ id, offerId, deleted }) =>
    (deleted ? link("deliveries", { postbackId: id }) : link("offer", { id: offerId, postback: id })),
  offer: ({ id }) => link("offer", { id }),
  affiliate: ({ id }) => link("conversions", { affiliateId: id }),
}
const words = { id: "by its id", transactionId: "by its transaction", clickId: "by its click" }
const short = { limit: 80 }

function finder() {
  const text = h("input", { type: "search", "aria-label": "Find any id", placeholder: "Find any id", maxlength: 4096 })
  const results = h("div.found", { popover: "auto", role: "status" })
  const form = h("form.find", { role: "search" }, text, results)
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const wanted = text.value.trim()
    if (!wanted) return
    try {
      const { matches, more } = await call("findRecords", { text: wanted })
      const known = matches.filter(({ kind }) => address[kind])
      if (known.length === 1) return location.assign(address[known[0].kind](known[0]))
      results.replaceChildren(...known.map((match) => h("a", { href: address[match.kind](match) },
        h("b", match.kind), " ", said(match.id, short), h("small", said(match.name ?? words[match.matched], short)))))
      if (!known.length) results.append(h("p", "Nothing has the id ", said(wanted, short), "."))
      if (more) results.append(h("p", "There are more matches."))
    } catch (error) {
      results.replaceChildren(h("p.fault", said(error.message)))
    }
    results.showPopover()
    results.querySelector("a")?.focus()
    return undefined
  })
  return form
}

// One clock refreshes everything on a page. It stops while the page is hidden, while a dialog or a menu is open, while
// rows are selected, after a sign-in that was cancelled, and when it is told to.

const period = 5000
const refreshes = []
let [isStopped, isRunning, last] = [false, false, Date.now()]

export const follow = (refresh) => refreshes.push(refresh)

function hindrance() {
  if (isStopped) return "Stopped"
  if (document.querySelector("html[data-signed-out]")) return "Waits: signed out"
  if (document.hidden) return "Waits: hidden"
  if (document.querySelector("dialog[open], :popover-open")) return "Waits: a dialog is open"
  if (document.querySelector("input[data-row]:checked")) return "Waits: rows are selected"
  return undefined
}

async function turn() {
  isRunning = true
  await Promise.allSettled(refreshes.map((refresh) => refresh()))
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
    face.dataset.live = String(!why)
    return why
  }
  setInterval(() => {
    if (!show() && !isRunning && Date.now() - last >= period) turn()
  }, 500)
  document.addEventListener("visibilitychange", show)
  show()
  return h("div.clock", face, stop)
}

async function caller(node, isAnew) {
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
export function start(place) {
  const main = h("main", { id: "main", tabindex: "-1" })
  const who = h("div.who")
  document.body.prepend(
    h("a.skip", { href: "#main" }, "Skip to the content"),
    h("header.top", to("offers", {}, "Postbacks", { class: "brand" }),
      h("nav", { "aria-label": "Pages" }, places.map((name) =>
        to(name.toLowerCase(), {}, name, { "aria-current": name === place && "page" }))),
      finder(), clock(), who),
    h("div", { id: "notices", role: "status" }), main)
  caller(who)
  document.addEventListener("signed-in", () => caller(who, true))
  return main
}

export const headline = (title, { back, actions, below } = {}) => h("div.headline",
  h("div", back && h("p.back", back), h("h1", title), below), h("div.tools", actions))
