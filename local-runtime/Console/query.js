import { h } from "./dom.js"

// What a page shows is in its URL: ids, filters, the place in a list and the open row.

const query = new URLSearchParams(location.search)

/** A value of the page's URL; undefined if it is missing or blank. */
export const param = (name) => query.get(name)?.trim() || undefined

/** The address of a page; ids stand in the query, so that no character of theirs changes the path. */
export function address(page, values = {}) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "")
  return `${page}.html${given.length ? `?${new URLSearchParams(given)}` : ""}`
}

export const to = (page, values, content, properties) => h("a", { href: address(page, values), ...properties }, content)

/** The link to a postback, which is on the page of its offer. */
export const toPostback = (id, offerId, content = String(id)) => to("offer", { id: offerId, postback: id }, content)

const page = location.pathname.split("/").pop().replace(".html", "")

/** The address of this page with other values; undefined and null remove one. */
export const here = (values) => address(page, { ...Object.fromEntries(query), ...values })

export function remember(name, value) {
  query.set(name, value ?? "")
  history.replaceState(null, "", here())
}
