import { signIn } from "./session.js"

// The page calls functions over HTTP like every other client, with JSON whose numbers keep their digits: JSON.parse
// alone would change 9007199254740993 and 12.30.

/** A number that a JavaScript number would not show as it was written. */
class Digits {
  constructor(text) { this.text = text }
  toString() { return this.text }
  toJSON() { return JSON.rawJSON(this.text) }
}

export const read = (text) => JSON.parse(text, (_, value, { source }) =>
  (typeof value === "number" && String(value) !== source ? new Digits(source) : value))

export const write = (value, indent) => JSON.stringify(value, null, indent)

/** A whole number that a person or a URL gives as text, such as an id; other text stays text. */
export const whole = (text) => (/^\s*[1-9]\d{0,37}\s*$/.test(text) ? read(text) : text)

/** The error that a function or the gateway answered, or that kept the call from being answered. */
const failure = (error, status) => Object.assign(new Error(), { details: [], retryable: false, ...error, status })

const patience = 30_000

/** Sends JSON to a path of the gateway, or gets it where `input` is undefined. Asks for a key where one is needed. */
export async function send(path, input, { headers, method = input ? "POST" : "GET", isSigningIn } = {}) {
  const [answer, text] = await fetch(path, {
    method, headers: { "Content-Type": "application/json", ...headers }, body: write(input), cache: "no-store",
    redirect: "error", signal: AbortSignal.timeout(patience),
  }).then(async (found) => [found, await found.text()]).catch(({ name }) => {
    throw failure({ code: "unreachable", retryable: true, message: name === "TimeoutError"
      ? `There was no answer within ${patience / 1000} seconds.`
      : "The gateway cannot be reached. Is `postbacks serve` running?" })
  })
  const { status } = answer
  if (status === 401 && !isSigningIn && (await signIn())) return send(path, input, { headers, method, isSigningIn: true })
  const wait = answer.headers.get("Retry-After")
  let content
  try {
    content = text ? read(text) : null
  } catch (error) {
    throw failure({ code: "no_json", message: `The answer (HTTP ${status}) is no JSON: ${error.message}.` }, status)
  }
  if (status < 400) return content
  const error = failure({ code: `http_${status}`, message: `The gateway answered HTTP ${status}.`, ...content?.error }, status)
  if (wait) error.message += ` Try again in ${wait} s.`
  throw error
}

/** Calls a function. A call with an idempotency key is made once, however often it is sent. */
export const call = (name, input = {}, key) =>
  send(`/function/${encodeURIComponent(name)}`, input, { headers: key && { "Idempotency-Key": key } })

/** The answers of a function, page after page. `key` answers the idempotency key of a page. */
export async function* pages(name, input, key) {
  for (let after, page = 0; after !== null; page += 1) {
    const answer = await call(name, { ...input, after }, key?.(page))
    yield answer
    after = answer.next ?? null
  }
}

export async function total(name, input, number) {
  let sum = 0
  for await (const answer of pages(name, input)) sum += number(answer)
  return sum
}

/** The postback as it is now; undefined if it cannot be known. */
export const postbackNow = (postbackId) =>
  call("listPostbacks", { postbackId }).then(({ postbacks }) => postbacks[0], () => undefined)

export const newKey = () => crypto.getRandomValues(new Uint8Array(16)).toHex()
