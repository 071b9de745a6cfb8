import { call, counted, dialog, field, group, h, input, notice, shape, word } from "./kit.js"

/** The statuses to which a status may change. No status leads back to pending. */
const targets = { pending: ["done", "rejected"], done: ["rejected"], rejected: ["done"] }
const amounts = [["payout", "Payout"], ["revenue", "Revenue"], ["saleAmount", "Sale amount"]]

/** Changes the status of a conversion to one of those that are allowed; answers undefined if it was cancelled. */
export function changeStatus({ id, status }) {
  const options = targets[status].map((target, index) => h("label.tick",
    h("input", { type: "radio", name: "status", value: target, checked: index === 0 }), " ", shape(target)))
  const fields = Object.fromEntries([["statusReason"], ...amounts].map(([name]) => [name, input()]))
  const content = h("div",
    group({ label: "New status", name: "status", content: options, hint: `It is ${word(status)} now.` }),
    field("Reason", "statusReason", fields.statusReason),
    h("div.pair", amounts.map(([name, label]) => field(label, name, fields[name], "Empty leaves it as it is."))))
  return dialog({
    title: `Change status of conversion ${id}`, action: "Change status", content,
    async submit() {
      const given = Object.entries(fields).map(([name, { value }]) => [name, value.trim() || undefined])
      const answer = await call("updateConversionStatus", { conversionId: id, expectedStatus: status,
        status: content.querySelector("input:checked").value, ...Object.fromEntries(given) })
      notice(`Conversion ${id} is ${word(answer.conversion.status)}; ${counted(answer.deliveries.length, "postback")} fired.`)
      return answer
    },
  })
}
