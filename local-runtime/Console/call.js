import { signIn } from "./session.js"

// The page calls functions over HTTP like every other client, with JSON whose numbers keep their digits: JSON.parse
// alone would change 9007199254740993 and 12.30.

/** A number that a JavaScript number would not show as it was written. */
class Digits {
  constructor(text) { this.text = text }
  toString() { return this.text }
  toJSON() { return JSON.rawJSON(this.text) }
}

const exact = (number, text) => (String(number) === text ? number : new Digits(text))

/** A whole number that a person or a URL gives as text, such as an id; other text stays text. */
export const whole = (text) => (/^[1-9]\d{0,37}$/.test(String(text).trim()) ? exact(Number(text), String(text).trim()) : text)

export const read = (text) =>
  JSON.parse(text, (_, value, { source }) => (typeof value === "number" ? exact(value, source) : value))

export const write = (value, indent) => JSON.stringify(value, null, indent)

/** The error that a function or the gateway answered, or that kept the call from being answered. */
class CallError extends Error {
  constructor({ code, message, details = [], retryable = false }, status) {
    super(message)
    Object.assign(this, { code, details, retryable, status })
  }
}

const patience = 30_000

async function request(path, input, headers, method = input === undefined ? "GET" : "POST") {
  try {
    const answer = await fetch(path, {
      method, headers: input === undefined ? {} : { "Content-Type": "application/json", ...headers },
      body: input === undefined ? undefined : write(input), cache: "no-store", redirect: "error",
      signal: AbortSignal.timeout(patience),
    })
    return { status: answer.status, text: await answer.text(), retryAfter: answer.headers.get("Retry-After") }
  } catch (error) {
    throw new CallError({ code: "unreachable", retryable: true, message: error.name === "TimeoutError"
      ? `There was no answer within ${patience / 1000} seconds.`
      : "The gateway cannot be reached. Is `postbacks serve` running?" }, 0)
  }
}

function parsed({ status, text, retryAfter }) {
  let answer
  try {
    answer = text ? read(text) : null
  } catch (error) {
    throw new CallError({ code: "no_json", message: `The answer (HTTP ${status}) is no JSON: ${error.message}.` }, status)
  }
  if (status < 400) return answer
  const error = answer?.error ?? { code: `http_${status}`, message: `The gateway answered HTTP ${status}.` }
  throw new CallError({ ...error, message: error.message + (retryAfter ? ` Try again in ${retryAfter} s.` : "") }, status)
}

/** Sends JSON to a path of the gateway, or gets it where `input` is undefined. Asks for a key where one is needed. */
export async function send(path, input, { headers, method, isSigningIn } = {}) {
  let answer = await request(path, input, headers, method)
  if (answer.status === 401 && !isSigningIn && (await signIn())) answer = await request(path, input, headers, method)
  return parsed(answer)
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

/** The first thousand records of a list: `{items, isComplete}`. */
export async function all(name, member, input) {
  const answer = await call(name, { ...input, limit: 1000 })
  return { items: answer[member], isComplete: !answer.next }
}

/** The postback as it is now; undefined if it cannot be known. */
export const postbackNow = (postbackId) =>
  call("listPostbacks", { postbackId }).then(({ postbacks }) => postbacks[0], () => undefined)

export const newKey = () => crypto.getRandomValues(new Uint8Array(16)).toHex()
