import { copyButton, quoted } from "./copy.js"
import { button, call, choice, counted, h, headline, panel, param, read, remember, said, send, start, write } from "./kit.js"

/** The functions in the gateway's description, as `{name, summary, schema, examples, answer}`. */
const functionsOf = ({ paths }) => Object.entries(paths).filter(([path]) => path.startsWith("/function/"))
  .map(([path, { post }]) => ({
    name: path.slice("/function/".length), summary: (post.summary ?? post.description ?? "").replace(/\s+/g, " "),
    ...post.requestBody?.content["application/json"], answer: post.responses["200"]?.content["application/json"].schema,
  }))

const block = (title, text) => h("pre", { tabindex: "0", "aria-label": title }, said(text, { lines: true }))
const schemaBlock = (title, schema) => schema && h("details", h("summary", title),
  copyButton("Copy", () => write(schema, 2)), block(title, write(schema, 2)))

function attempt({ name, schema, examples = {}, answer }) {
  const input = h("textarea", { rows: 10, "aria-label": `Input of ${name}`, spellcheck: "false" })
  const names = Object.keys(examples)
  const fill = () => { input.value = write(examples[which.value]?.value ?? {}, 2) }
  const usual = names.includes("success") ? "success" : names[0]
  const which = choice([["", "{}"], ...names], usual, { "aria-label": "Fixture", onchange: fill })
  fill()
  const output = h("div.result", { role: "status" })
  const show = (title, text, kind = "") => output.replaceChildren(
    h("div.head", h(`span.label${kind}`, title), copyButton("Copy", text)), block("Answer", text))
  const go = button("Try", async () => {
    try {
      show("Answer", write(await call(name, read(input.value || "{}")), 2))
    } catch (error) {
      const { code, message, details } = error
      if (error instanceof SyntaxError) show("The input is no JSON", message, ".fault")
      else show(`HTTP ${error.status}`, write({ error: { code, message, details } }, 2), ".fault")
    }
  }, { class: "primary" })
  const asCurl = () => [
    `curl -sS -X POST '${location.origin}/function/${name}'`, "-H 'Content-Type: application/json'",
    '-H "Authorization: Bearer $POSTBACKS_API_KEY"', `--data-raw ${quoted(input.value)}`,
  ].join(" \\\n  ")
  return h("div.try", h("div.tools", h("span", "Fixture "), which, go, copyButton("Copy as curl", asCurl)), input, output,
    schemaBlock("Schema of the input", schema), schemaBlock("Schema of the answer", answer))
}

const functions = panel({
  title: "Functions", isLive: false, load: () => send("/openapi.json"),
  draw(description) {
    const found = functionsOf(description)
    return [h("p.hint", `${counted(found.length, "function")}. Try calls it for real, with what stands in the field.`),
      h("div.functions", found.map((one) => {
        const details = h("details", { "data-key": one.name, open: one.name === param("name"), ontoggle() {
          if (!details.open) return
          if (details.children.length === 1) details.append(attempt(one))
          remember("name", one.name)
        } }, h("summary", h("code", one.name), h("span.hint", said(one.summary))))
        return details
      }))]
  },
})
start("Functions").append(headline("Functions"), functions)
