import { copyButton, curl } from "./copy.js"
import { facts, h, isGiven, none, said, shape, span, toPostback, when, write } from "./kit.js"

// What was sent and what was answered. Bodies are texts, so that no digit of them changes.

const part = (title, text, content) =>
  h("div.part", h("div.head", h("span.label", title), copyButton("Copy", text)), content)

const block = (title, text, isCut) => part(title, text ?? "", text
  ? h("pre", said(text, { lines: true }), isCut && h("span.cut", "cut here: only this much was kept")) : h("p.none", "empty"))

const headers = (fields) => block("Headers",
  Object.entries(fields ?? {}).map(([name, value]) => `${name}: ${[value].flat().join(", ")}`).join("\n"))

/** A request: what goes over the wire, with secrets masked. */
export function requestView(request, more) {
  if (!request) return h("p.none", "No request could be made.")
  const { method, url, body, truncated } = request
  return h("div.sides", part("URL", url, h("p.line", h("b", method), " ", said(url))), headers(request.headers),
    isGiven(body) && block("Body", body, truncated), h("div.tools", copyButton("Copy as curl", () => curl(request)), more))
}

function answerView(response) {
  if (!response) return h("p.none", "No answer came.")
  const { status, incomplete, body, truncated } = response
  return h("div.sides",
    h("p.line", h("b", `HTTP ${status}`), incomplete && h("span.fault", said(incomplete.message ?? incomplete.code))),
    headers(response.headers), block("Body", body, truncated))
}

/** Milliseconds, with two digits where there are few. */
export const milliseconds = (value, unit = " ms") =>
  (isGiven(value) ? `${value < 10 ? Number(Number(value).toPrecision(2)) : Math.round(value)}${unit}` : none())

export function result({ response, error }) {
  if (error && error.code !== "http_status") return said(`${response ? `${response.status} · ` : ""}${error.code}`)
  return response?.status ? said(`HTTP ${response.status}`) : none()
}

const phases = { dnsMs: "DNS", connectMs: "Connect", tlsMs: "TLS", firstByteMs: "First byte", totalMs: "Total" }

/** One attempt. `postback` is the postback as it is now; undefined if it is not known. */
export function attemptView(attempt, postback) {
  const { at, timing, error, remoteAddress, postbackVersion: version, retryInSeconds } = attempt
  const hasChanged = version && postback && version !== postback.version
  return h("div.attempt",
    error && h("p.fault", h("code", error.code), " ", said(error.message)),
    facts([
      ["At", at && when(at, true)],
      ...Object.entries(phases).map(([name, title]) => [title, timing && milliseconds(timing[name])]),
      ["Address", remoteAddress && said(remoteAddress)],
      ["Postback's version", hasChanged
        ? toPostback(postback.id, postback.offer.id, `${version}, changed since (now ${postback.version})`) : version],
      ["Tried again after", retryInSeconds && span(retryInSeconds)],
    ]),
    h("div.both",
      h("section", { "aria-label": "Sent" }, h("h3", "Sent"),
        requestView(attempt.request, copyButton("Copy all as JSON", () => write(attempt, 2)))),
      h("section", { "aria-label": "Got" }, h("h3", "Got"), answerView(attempt.response))))
}

/** The attempts of a delivery, each to be opened; the last one is open if `isLastOpen`. */
export function attemptList({ id, attempts, attemptCount }, postback, isLastOpen) {
  if (!attempts.length) return h("p.none", attemptCount ? "Its attempts are not kept any more." : "It was not attempted yet.")
  return h("div.attempts", attempts.map((attempt, index) => h(
    "details", { "data-key": `attempt-${id}-${index}`, open: isLastOpen && index === attempts.length - 1 },
    h("summary", shape(attempt.outcome), h("span", attempt.probe ? "Probe" : `Attempt ${attempt.attempt}`), when(attempt.at),
      result(attempt), attempt.timing && h("span.number", milliseconds(attempt.timing.totalMs))),
    attemptView(attempt, postback))))
}
