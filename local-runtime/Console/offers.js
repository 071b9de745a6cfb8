import { act, brief, counted, headline, here, list, param, shape, start, to } from "./kit.js"
import { offerDialog } from "./offer-dialog.js"

const offers = list({
  title: "Offers",
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
const add = act("New Offer", "new", () => offerDialog(), { class: "primary manages" })
start("Offers", "Manage Offers").append(headline("Manage Offers", { actions: [everyOffer, add] }), offers)
