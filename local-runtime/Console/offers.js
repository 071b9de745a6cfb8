import { brief, button, call, counted, headline, here, list, notice, param, shape, start, to } from "./kit.js"
import { offerDialog } from "./offer-dialog.js"

const main = start("Offers")

const add = button("New Offer", async () => {
  const offer = await offerDialog()
  if (!offer) return
  notice("Saved the offer. ", to("offer", { id: offer.id }, "Configure its postbacks"))
  offers.refresh()
}, { class: "primary manages", "data-key": "new" })

const offers = list({
  title: "Offers", nouns: ["offer"], load: () => call("listOffers", { limit: 50, after: param("after") }),
  rows: (answer) => answer.offers,
  empty: "No offers yet. An offer is what is advertised; New Offer makes the first one.",
  noMatch: param("after") && "There are no offers on this page.", clear: here({ after: null }),
  columns: [
    ["ID", "id"],
    ["Name", ({ id, name }) => to("offer", { id }, brief(name)), "wide"],
    ["Goals", ({ goals }) => (goals.length ? counted(goals.length, "goal") : "no goals")],
    ["Enabled Goals", ({ goalsEnabled }) => shape(goalsEnabled ? "on" : "off")],
    ["Created", "createdAt", "time"], ["Updated", "updatedAt", "time"],
    ["Action", ({ id }) => to("offer", { id }, "Configure", { class: "button", "data-key": `${id}:configure` }), "action"],
  ],
})
const everyOffer = to("offer", { id: "*" }, "Postbacks of every offer", { class: "button quiet" })
main.append(headline("Manage Offers", { actions: [everyOffer, add] }), offers.node)
