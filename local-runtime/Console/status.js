import { call } from "./call.js"
import { dialog, notice } from "./dialog.js"
import { h } from "./dom.js"
import { field, group } from "./fields.js"
import { shape, word } from "./shape.js"
import { counted } from "./text.js"

/** The statuses to which a status may change. No status leads back to pending. */
const targets = { pending: ["done", "rejected"], done: ["rejected"], rejected: ["done"] }

/** Changes the status of a conversion to one of those that are allowed; answers undefined if it was cancelled. */
export async function changeStatus({ id, status }) {
  const options = targets[status].map((target, index) => h("label", { class: "tick" },
    h("input", { type: "radio", name: "status", value: target, checked: index === 0, required: true }), " ", shape(target)))
  const amounts = ["payout", "revenue", "saleAmount"].map((name) =>
    [name, h("input", { inputmode: "decimal", autocomplete: "off" })])
  const reason = h("input", { autocomplete: "off", maxlength: 1024 })
  const content = h("div", null,
    group({ label: "New status", name: "status", content: options, hint: `It is ${word(status)} now.` }),
    field({ label: "Reason", name: "statusReason", control: reason }),
    h("div", { class: "pair" }, amounts.map(([name, control]) => field({
      label: { payout: "Payout", revenue: "Revenue", saleAmount: "Sale amount" }[name], name, control,
      hint: "Empty leaves it as it is." }))))
  return dialog({
    title: `Change status of conversion ${id}`, action: "Change status", content,
    async submit() {
      const input = { conversionId: id, status: content.querySelector("input:checked").value, expectedStatus: status }
      if (reason.value) input.statusReason = reason.value
      for (const [name, control] of amounts) if (control.value.trim()) input[name] = control.value.trim()
      const answer = await call("updateConversionStatus", input)
      notice(`Conversion ${id} is ${word(answer.conversion.status)}; ${counted(answer.deliveries.length, "postback")} fired.`)
      return answer
    },
  })
}
