// What a page shows is in its URL: ids, filters, the place in a list and the open row.

const query = new URLSearchParams(location.search)

/** A value of the page's URL; undefined if it is missing or blank. */
export const param = (name) => query.get(name)?.trim() || undefined

/** The link to a page; ids stand in the query, so that no character of theirs changes the path. */
export function link(page, values = {}) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "")
  return `${page}.html${given.length ? `?${new URLSearchParams(given)}` : ""}`
}

/** The link to this page with other values; undefined and null remove one. */
export const here = (values) =>
  link(location.pathname.split("/").pop().replace(/\.html$/, ""), { ...Object.fromEntries(query), ...values })

export function remember(name, value) {
  query.delete(name)
  if (value !== undefined) query.set(name, value)
  history.replaceState(null, "", here({}))
}
