import { call } from "./call.js"
import { notice } from "./dialog.js"
import { button, h } from "./dom.js"
import { pages, table, to } from "./list.js"
import { offerDialog } from "./offer-dialog.js"
import { panel } from "./panel.js"
import { here, link, param } from "./query.js"
import { shape } from "./shape.js"
import { headline, start } from "./shell.js"
import { brief, counted } from "./text.js"
import { when } from "./time.js"

const main = start("offers")

const add = button("New Offer", async () => {
  const offer = await offerDialog()
  if (!offer) return
  notice("Saved the offer. ", to("offer", { id: offer.id }, "Configure its postbacks"))
  offers.refresh()
}, { class: "primary manages", "data-key": "new" })

const columns = [
  { title: "ID", cell: ({ id }) => brief(id) },
  { title: "Name", kind: "wide", cell: ({ id, name }) => to("offer", { id }, brief(name)) },
  { title: "Goals", cell: ({ goals }) => (goals.length ? counted(goals.length, "goal") : "no goals") },
  { title: "Enabled Goals", cell: ({ goalsEnabled }) => (goalsEnabled ? shape("on") : shape("off")) },
  { title: "Created", cell: ({ createdAt }) => when(createdAt) },
  { title: "Updated", cell: ({ updatedAt }) => when(updatedAt) },
  { title: "Action", kind: "action", cell: ({ id }) =>
    h("a", { class: "button", href: link("offer", { id }), "data-key": `${id}:configure` }, "Configure") },
]

const offers = panel({
  title: "Offers", isHeadingHidden: true,
  load: () => call("listOffers", { limit: 50, after: param("after") }),
  isEmpty: ({ offers }) => !offers.length,
  empty: h("p", null, "No offers yet. An offer is what is advertised; New Offer makes the first one."),
  noMatch: param("after") && "There are no offers on this page.", clear: here({ after: null }),
  draw: ({ offers, next }) => [table({ caption: "Offers", columns, rows: offers }), pages(offers.length, next, "offer")],
})
const everyOffer = to("offer", { id: "*" }, "Postbacks of every offer", { class: "button quiet" })
main.append(headline("Manage Offers", { actions: [everyOffer, add] }), offers.node)
