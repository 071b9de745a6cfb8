import { read, write } from "./json.js"
import { signIn } from "./session.js"

// The page calls functions over HTTP like every other client.

/** The error that a function or the gateway answered, or that kept the call from being answered. */
export class CallError extends Error {
  constructor({ code, message, details = [], retryable = false }, status) {
    super(message)
    Object.assign(this, { code, details, retryable, status })
  }
}

const patience = 30_000

async function request(path, input, idempotencyKey) {
  const headers = { "Content-Type": "application/json" }
  if (idempotencyKey) headers["Idempotency-Key"] = idempotencyKey
  try {
    const answer = await fetch(path, {
      method: input === undefined ? "GET" : "POST", headers: input === undefined ? {} : headers,
      body: input === undefined ? undefined : write(input), cache: "no-store", credentials: "same-origin",
      redirect: "error", signal: AbortSignal.timeout(patience),
    })
    return { status: answer.status, text: await answer.text(), retryAfter: answer.headers.get("Retry-After") }
  } catch (error) {
    const message = error.name === "TimeoutError"
      ? `There was no answer within ${patience / 1000} seconds.`
      : "The gateway cannot be reached. Is `postbacks serve` running?"
    throw new CallError({ code: "unreachable", message, retryable: true }, 0)
  }
}

function parsed({ status, text, retryAfter }) {
  let answer
  try {
    answer = text ? read(text) : null
  } catch (error) {
    throw new CallError({ code: "no_json", message: `The answer (HTTP ${status}) is no JSON: ${error.message}.` }, status)
  }
  if (answer?.error && (status >= 400 || Object.keys(answer).length === 1)) {
    const wait = retryAfter ? ` Try again in ${retryAfter} s.` : ""
    throw new CallError({ ...answer.error, message: `${answer.error.message ?? answer.error.code}${wait}` }, status)
  }
  if (status >= 400) throw new CallError({ code: `http_${status}`, message: `The gateway answered HTTP ${status}.` }, status)
  return answer
}

/** Sends JSON to a path of the gateway, or gets it where `input` is undefined. Asks for a key where one is needed. */
export async function send(path, input, { idempotencyKey } = {}) {
  let answer = await request(path, input, idempotencyKey)
  if (answer.status === 401 && (await signIn())) answer = await request(path, input, idempotencyKey)
  return parsed(answer)
}

/** Calls a function. */
export const call = (name, input = {}, options) => send(`/function/${encodeURIComponent(name)}`, input, options)

/** All pages of a list up to a number of records: `{items, isComplete}`. */
export async function all(name, member, input = {}, limit = 1000) {
  const items = []
  for (let after; ;) {
    const page = await call(name, { ...input, limit: Math.min(1000, limit), after })
    items.push(...page[member])
    if (!page.next || items.length >= limit) return { items, isComplete: !page.next }
    after = page.next
  }
}

/** A key for a call that must not be made twice. */
export const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
