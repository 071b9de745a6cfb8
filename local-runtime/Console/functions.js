import { send, call } from "./call.js"
import { copyButton } from "./copy.js"
import { busy, button, h } from "./dom.js"
import { choice } from "./fields.js"
import { read, write } from "./json.js"
import { panel } from "./panel.js"
import { param, remember } from "./query.js"
import { headline, start } from "./shell.js"
import { counted, said } from "./text.js"

const main = start("functions")
const wanted = param("name")

/** The functions as the OpenAPI description names them. */
function described({ paths }) {
  const operations = Object.entries(paths).filter(([path]) => path.startsWith("/function/"))
  return operations.map(([path, { post }]) => {
    const body = post.requestBody?.content?.["application/json"] ?? {}
    return { name: path.slice("/function/".length), summary: (post.summary ?? post.description ?? "").replace(/\s+/g, " "),
      schema: body.schema ?? {}, fixtures: Object.entries(body.examples ?? {}).map(([name, { value }]) => [name, value]),
      answer: post.responses?.["200"]?.content?.["application/json"]?.schema }
  })
}

const schemaBlock = (title, schema) => schema && h(
  "details", null, h("summary", null, title), copyButton("Copy", () => write(schema, 2)),
  h("pre", { tabindex: "0", "aria-label": title }, said(write(schema, 2), { lines: true })))

function attempt({ name, schema, fixtures, answer }) {
  const input = h("textarea", { rows: 10, "aria-label": `Input of ${name}`, spellcheck: "false" })
  const first = (fixtures.find(([fixture]) => fixture === "success") ?? fixtures[0])?.[0] ?? ""
  const which = choice([["", "{}"], ...fixtures.map(([fixture]) => [fixture, fixture])], first, { "aria-label": "Fixture" })
  const fill = () => { input.value = write(fixtures.find(([fixture]) => fixture === which.value)?.[1] ?? {}, 2) }
  which.addEventListener("change", fill)
  fill()
  const output = h("div", { class: "result", role: "status" })
  const show = (title, text, kind) => output.replaceChildren(
    h("div", { class: "head" }, h("span", { class: `label ${kind ?? ""}` }, title), copyButton("Copy", text)),
    h("pre", { tabindex: "0", "aria-label": "Answer" }, said(text, { lines: true })))
  const go = button("Try", () => busy(go, async () => {
    try {
      show("Answer", write(await call(name, read(input.value || "{}")), 2))
    } catch (error) {
      if (error instanceof SyntaxError) return show("The input is no JSON", error.message, "fault")
      const { code, message, details } = error
      return show(`HTTP ${error.status}`, write({ error: { code, message, details } }, 2), "fault")
    }
    return undefined
  }), { class: "primary" })
  const asCurl = () => [
    `curl -sS -X POST '${location.origin}/function/${name}'`, "-H 'Content-Type: application/json'",
    '-H "Authorization: Bearer $POSTBACKS_API_KEY"', `--data-raw '${input.value.replaceAll("'", "'\\''")}'`,
  ].join(" \\\n  ")
  return h("div", { class: "try" },
    h("div", { class: "tools" }, h("span", null, "Fixture "), which, go, copyButton("Copy as curl", asCurl)), input, output,
    schemaBlock("Schema of the input", schema), schemaBlock("Schema of the answer", answer))
}

const list = panel({
  title: "Functions", isHeadingHidden: true, isLive: false,
  load: () => send("/openapi.json"),
  draw: (description) => {
    const functions = described(description)
    const sentence = `${counted(functions.length, "function")}. Try calls it for real, with what stands in the field.`
    return [h("p", { class: "hint" }, sentence),
      h("div", { class: "functions" }, functions.map((one) => {
        const details = h("details", { "data-key": one.name, open: one.name === wanted },
          h("summary", null, h("code", null, one.name), h("span", { class: "hint" }, said(one.summary))))
        const fill = () => { if (details.open && details.children.length === 1) details.append(attempt(one)) }
        details.addEventListener("toggle", () => {
          fill()
          if (details.open) remember("name", one.name)
        })
        fill()
        return details
      }))]
  },
})
main.append(headline("Functions"), list.node)
