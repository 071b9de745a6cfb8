import { call, counted, dialog, field, group, h, shape, word } from "./kit.js"

/** The statuses to which a status may change. No status leads back to pending. */
const targets = { pending: ["done", "rejected"], done: ["rejected"], rejected: ["done"] }
const amounts = { payout: "Payout", revenue: "Revenue", saleAmount: "Sale amount" }

/** Changes the status of a conversion to one of those that are allowed, and answers what was done. */
export const changeStatus = ({ id, status }) => dialog({
  title: `Change status of conversion ${id}`, action: "Change status",
  content: [
    group("New status", "status", `It is ${word(status)} now.`, targets[status].map((target, index) => h("label.tick",
      h("input", { type: "radio", name: "status", value: target, checked: index === 0 }), " ", shape(target)))),
    field("Reason", "statusReason"),
    h("div.pair", Object.entries(amounts).map(([name, label]) => field(label, name, {}, "Empty leaves it as it is."))),
  ],
  async submit(given) {
    const input = { conversionId: id, expectedStatus: status, ...given }
    const { conversion, deliveries } = await call("updateConversionStatus", input)
    return `Conversion ${id} is ${word(conversion.status)}; ${counted(deliveries.length, "postback")} fired.`
  },
})
