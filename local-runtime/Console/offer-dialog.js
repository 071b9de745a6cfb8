import { call } from "./call.js"
import { dialog } from "./dialog.js"
import { button, h } from "./dom.js"
import { field, group, tick } from "./fields.js"

/** Rows with the id and the name of goals. */
export function goalRows(goals) {
  const rows = h("div", { class: "rows" })
  const row = ({ id = "", name = "" } = {}) => {
    const input = (label, value) => {
      const control = h("input", { "aria-label": label, placeholder: label, autocomplete: "off" })
      control.value = value
      return control
    }
    const node = h("div", { class: "row" }, input("Goal ID", id), input("Goal name", name),
      button("Remove", () => { node.remove(); add.focus() }, { class: "quiet" }))
    rows.append(node)
    return node
  }
  const add = button("Add goal", () => row().querySelector("input").focus(), { class: "quiet" })
  goals.forEach(row)
  const value = () => [...rows.children].map((node) => [...node.querySelectorAll("input")].map((control) => control.value))
    .filter(([id, name]) => id.trim() || name.trim()).map(([id, name]) => ({ id, name: name || undefined }))
  return { node: group({ label: "Goals", name: "goals", content: [rows, add],
    hint: "A goal is a step of the offer, such as a deposit. The id is your own; the name is for people." }), value }
}

/** The dialog New Offer, or Edit Offer for one that is there. Answers the saved offer, or undefined. */
export async function offerDialog(offer) {
  const id = h("input", { required: true, autocomplete: "off", disabled: Boolean(offer) })
  const name = h("input", { autocomplete: "off" })
  if (offer) [id.value, name.value] = [offer.id, offer.name]
  const enabled = tick("Enabled Goals", false)
  const goals = goalRows(offer?.goals ?? [])
  const before = JSON.stringify(goals.value())
  return dialog({
    title: offer ? "Edit Offer" : "New Offer", action: "Save",
    content: [
      field({ label: "Offer ID", name: "offerId", control: id, hint: "Your own id, up to 128 characters." }),
      field({ label: "Name", name: "name", control: name }), !offer && enabled, goals.node,
    ],
    async submit() {
      const input = { offerId: id.value, name: name.value || undefined }
      if (!offer) input.goalsEnabled = enabled.querySelector("input").checked
      if (!offer || JSON.stringify(goals.value()) !== before) input.goals = goals.value()
      return (await call("configureOffer", input)).offer
    },
  })
}
