import { copyButton, curl } from "./copy.js"
import { h } from "./dom.js"
import { write } from "./json.js"
import { facts, to } from "./list.js"
import { shape } from "./shape.js"
import { none, said } from "./text.js"
import { span, when } from "./time.js"

// What was sent and what was answered. Bodies are texts, so that no digit of them changes.

const part = (title, text, content) => h(
  "div", { class: "part" },
  h("div", { class: "head" }, h("span", { class: "label" }, title), copyButton("Copy", text)), content)

const headerText = (headers) =>
  Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${[value].flat().join(", ")}`).join("\n")

const block = (text, isCut) =>
  text === null || text === undefined || text === ""
    ? h("p", { class: "none" }, "empty")
    : h("pre", null, said(text, { lines: true }), isCut && h("span", { class: "cut" }, "cut here: only this much was kept"))

/** A request: what goes over the wire, with secrets masked. */
export function requestView(request, ...more) {
  if (!request) return h("p", { class: "none" }, "No request could be made.")
  return h(
    "div", { class: "sides" },
    part("URL", request.url, h("p", { class: "line" }, h("b", null, request.method), " ", said(request.url))),
    part("Headers", headerText(request.headers), block(headerText(request.headers))),
    request.body !== null && request.body !== undefined && part("Body", request.body, block(request.body, request.truncated)),
    h("div", { class: "tools" }, copyButton("Copy as curl", () => curl(request)), more))
}

function answerView(response) {
  if (!response) return h("p", { class: "none" }, "No answer came.")
  return h(
    "div", { class: "sides" },
    h("p", { class: "line" }, h("b", null, `HTTP ${response.status}`),
      response.incomplete && h("span", { class: "fault" }, " ", said(response.incomplete.message ?? response.incomplete.code))),
    part("Headers", headerText(response.headers), block(headerText(response.headers))),
    part("Body", response.body ?? "", block(response.body, response.truncated)))
}

/** Milliseconds, with two digits where there are few. */
export const milliseconds = (value, unit = " ms") => (value === null || value === undefined ? none()
  : `${Number(value) < 10 ? Number(Number(value).toPrecision(2)) : Math.round(Number(value))}${unit}`)

/** The result of an attempt in a few words: the answer's status or the error. */
export function result({ response, error }) {
  if (error && error.code !== "http_status") return said(`${response ? `${response.status} · ` : ""}${error.code}`)
  return response?.status ? said(`HTTP ${response.status}`) : none()
}

/** One attempt. `postback` is the postback as it is now; undefined if it is not known. */
export function attemptView(attempt, postback) {
  const { timing } = attempt
  const hasChanged = postback && attempt.postbackVersion !== postback.version
  const version = attempt.postbackVersion ?? undefined
  return h(
    "div", { class: "attempt" },
    attempt.error && h("p", { class: "fault" }, h("code", null, attempt.error.code), " ", said(attempt.error.message)),
    facts([
      ["At", attempt.at && when(attempt.at, { exact: true })],
      ["DNS", timing && milliseconds(timing.dnsMs)], ["Connect", timing && milliseconds(timing.connectMs)],
      ["TLS", timing && milliseconds(timing.tlsMs)], ["First byte", timing && milliseconds(timing.firstByteMs)],
      ["Total", timing && milliseconds(timing.totalMs)],
      ["Address", attempt.remoteAddress && said(attempt.remoteAddress)],
      ["Postback's version", version && (hasChanged
        ? to("offer", { id: postback.offer.id, postback: postback.id }, `${version}, changed since (now ${postback.version})`)
        : String(version))],
      ["Tried again after", attempt.retryInSeconds ? span(attempt.retryInSeconds) : undefined],
    ]),
    h("div", { class: "both" },
      h("section", { "aria-label": "Sent" }, h("h3", null, "Sent"),
        requestView(attempt.request, copyButton("Copy all as JSON", () => write(attempt, 2)))),
      h("section", { "aria-label": "Got" }, h("h3", null, "Got"), answerView(attempt.response))))
}

/** The attempts of a delivery, each to be opened; the last one is open if `isLastOpen`. */
export function attemptList(delivery, postback, isLastOpen) {
  if (!delivery.attempts.length) {
    return h("p", { class: "none" }, delivery.attemptCount ? "Its attempts are not kept any more." : "It was not attempted yet.")
  }
  return h("div", { class: "attempts" }, delivery.attempts.map((attempt, index) => h(
    "details", { "data-key": `attempt-${delivery.id}-${index}`, open: isLastOpen && index === delivery.attempts.length - 1 },
    h("summary", null, shape(attempt.outcome), h("span", null, attempt.probe ? "Probe" : `Attempt ${attempt.attempt}`),
      when(attempt.at), result(attempt), attempt.timing && h("span", { class: "number" }, milliseconds(attempt.timing.totalMs))),
    attemptView(attempt, postback))))
}
