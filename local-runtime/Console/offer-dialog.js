import { call, dialog, field, group, input, tick, write } from "./kit.js"
import { textRows } from "./pairs.js"

/** The dialog New Offer, or Edit Offer for one that is there. Answers the saved offer, or undefined. */
export async function offerDialog(offer) {
  const id = input({ required: true, disabled: Boolean(offer), value: offer?.id ?? "" })
  const name = input({ value: offer?.name ?? "" })
  const enabled = tick("Enabled Goals")
  const rows = textRows(["Goal ID", "Goal name"], "Add goal", offer?.goals.map((goal) => [goal.id, goal.name]))
  const goals = () => rows.value().map(([goalId, goalName]) => ({ id: goalId, name: goalName || undefined }))
  const before = write(goals())
  return dialog({
    title: offer ? "Edit Offer" : "New Offer", action: "Save",
    content: [
      field("Offer ID", "offerId", id, "Your own id, up to 128 characters."),
      field("Name", "name", name), !offer && enabled,
      group({ label: "Goals", name: "goals", content: [rows.node, rows.add],
        hint: "A goal is a step of the offer, such as a deposit. The id is your own; the name is for people." }),
    ],
    async submit() {
      const goalsEnabled = offer ? undefined : enabled.firstChild.checked
      return (await call("configureOffer", { offerId: id.value, name: name.value || undefined, goalsEnabled,
        goals: offer && write(goals()) === before ? undefined : goals() })).offer
    },
  })
}
