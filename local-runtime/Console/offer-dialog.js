import { call, dialog, field, group, tick, to, write } from "./kit.js"
import { textRows } from "./pairs.js"

/** The dialog New Offer, or Edit Offer for one that is there. Answers what was done. */
export function offerDialog(offer) {
  const rows = textRows(["Goal ID", "Goal name"], "Add goal", (_, index) => `goals[${index}]`)
  const goals = () => rows.value().map(([id, name]) => ({ id, name: name || undefined }))
  rows.set(offer?.goals.map(({ id, name }) => [id, name]) ?? [])
  const before = offer && write(goals())
  return dialog({
    title: offer ? "Edit Offer" : "New Offer", action: "Save",
    content: [
      field("Offer ID", "offerId", { required: true, disabled: Boolean(offer), value: offer?.id ?? "" },
        "Your own id, up to 128 characters."),
      field("Name", "name", { value: offer?.name ?? "" }),
      !offer && tick("Enabled Goals", "goalsEnabled"),
      group("Goals", "goals", "A goal is a step of the offer, such as a deposit. The id is your own; the name is for people.",
        rows.node, rows.add),
    ],
    async submit({ offerId = "", ...given }) {
      const saved = await call("configureOffer",
        { offerId, ...given, goals: write(goals()) === before ? undefined : goals() })
      return ["Saved the offer. ", offer ? "" : to("offer", { id: saved.offer.id }, "Configure its postbacks")]
    },
  })
}
