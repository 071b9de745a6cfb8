import { call } from "./call.js"
import { clockFace } from "./clock.js"
import { button, h } from "./dom.js"
import { to } from "./list.js"
import { link } from "./query.js"
import { me, signOut } from "./session.js"
import { said } from "./text.js"

// What every page has: the navigation, the search for an id, the clock, who is signed in, and the place for messages.

const places = [
  ["offers", "Offers"], ["conversions", "Conversions"], ["deliveries", "Deliveries"], ["health", "Health"],
  ["functions", "Functions"],
]

/** Where a found record is shown. */
const address = {
  conversion: ({ id }) => link("conversion", { id }),
  delivery: ({ id }) => link("deliveries", { deliveryId: id, open: id }),
  postback: ({ id, offerId, deleted }) =>
    (deleted ? link("deliveries", { postbackId: id }) : link("offer", { id: offerId, postback: id })),
  offer: ({ id }) => link("offer", { id }),
  affiliate: ({ id }) => link("conversions", { affiliateId: id }),
}
const words = { id: "by its id", transactionId: "by its transaction", clickId: "by its click" }

function finder() {
  const text = h("input", { type: "search", "aria-label": "Find any id", placeholder: "Find any id", maxlength: 4096 })
  const results = h("div", { popover: "auto", class: "found", role: "status" })
  const form = h("form", { role: "search", class: "find" }, text, results)
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    const wanted = text.value.trim()
    if (!wanted) return
    try {
      const { matches, more } = await call("findRecords", { text: wanted })
      const known = matches.filter(({ kind }) => address[kind])
      if (known.length === 1) {
        location.assign(address[known[0].kind](known[0]))
        return
      }
      results.replaceChildren(...known.map((match) => h(
        "a", { href: address[match.kind](match) }, h("b", null, match.kind), " ", said(match.id, { limit: 80 }),
        h("small", null, match.name !== undefined ? said(match.name, { limit: 80 }) : (words[match.matched] ?? "")))))
      if (!known.length) results.append(h("p", null, "Nothing has the id ", said(wanted, { limit: 80 }), "."))
      if (more) results.append(h("p", null, "There are more matches."))
    } catch (error) {
      results.replaceChildren(h("p", { class: "fault" }, said(error.message)))
    }
    results.showPopover()
    results.querySelector("a")?.focus()
  })
  return form
}

async function caller(node, isAnew) {
  const who = await me(isAnew)
  if (!who) return
  document.documentElement.dataset.scope = who.scope ?? ""
  if (who.open) {
    const title = "No key exists: everybody who reaches this address may do everything. `postbacks keys create` makes one."
    node.replaceChildren(h("span", { class: "open", title }, "Open, no key"))
    return
  }
  if (!who.name) return
  const limits = [who.scope, who.affiliateId && `affiliate ${who.affiliateId}`, who.offerId && `offer ${who.offerId}`]
  node.replaceChildren(
    h("span", { title: limits.filter(Boolean).join(", ") }, said(who.name, { limit: 40 })),
    button("Sign out", signOut, { class: "quiet" }))
}

/** Draws what every page has, and answers the element for the rest. `place` is the page's place in the navigation. */
export function start(place) {
  const main = h("main", { id: "main", tabindex: "-1" })
  const who = h("div", { class: "who" })
  document.body.prepend(
    h("a", { class: "skip", href: "#main" }, "Skip to the content"),
    h(
      "header", { class: "top" }, to("offers", {}, "Postbacks", { class: "brand" }),
      h("nav", { "aria-label": "Pages" }, places.map(([page, name]) =>
        to(page, {}, name, page === place ? { "aria-current": "page" } : undefined))),
      finder(), clockFace(), who),
    h("div", { id: "notices", role: "status" }), main)
  caller(who)
  document.addEventListener("signed-in", () => caller(who, true))
  return main
}

/** The heading of a page, with a way back and actions. */
export function headline(title, { back, actions, below } = {}) {
  return h(
    "div", { class: "headline" },
    h("div", null, back && h("p", { class: "back" }, back), h("h1", null, title), below),
    h("div", { class: "tools" }, actions))
}
