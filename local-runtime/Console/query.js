import { whole } from "./json.js"
import { fromField } from "./time.js"

// What a page shows is in its URL: ids, filters, the place in a list and the open row.

const query = new URLSearchParams(location.search)

/** A value of the page's URL; undefined if it is missing or blank. */
export const param = (name) => query.get(name)?.trim() || undefined

/** The same for a number, whose digits are kept. */
export const id = (name) => (param(name) === undefined ? undefined : whole(param(name)))

/** The same for a time of a filter. */
export const time = (name) => fromField(param(name))

/** The link to a page; ids stand in the query, so that no character of theirs changes the path. */
export function link(page, values = {}) {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value))
  }
  return `${page}.html${search.size ? `?${search}` : ""}`
}

/** The link to this page with other values; undefined and null remove one. */
export const here = (values) =>
  link(location.pathname.split("/").pop().replace(/\.html$/, ""), { ...Object.fromEntries(query), ...values })

/** Writes a value into the URL without leaving the page. */
export function remember(name, value) {
  if (value === undefined || value === null) query.delete(name)
  else query.set(name, String(value))
  history.replaceState(null, "", here({}))
}
