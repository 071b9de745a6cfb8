import { dialog } from "./dialog.js"
import { h } from "./dom.js"
import { field, showFaults } from "./fields.js"

// Who is signed in. The key is posted once; after that an HttpOnly cookie stands for it, which no script can read.
// The gateway decides what the key may do. The page only hides what the gateway would refuse.

const path = "/console/session"

let told

/** What the gateway says about the caller: `{open, name, scope, affiliateId, offerId, attempts}`; null if nothing. */
export const me = (isAnew = false) => {
  if (isAnew) told = undefined
  return (told ??= fetch(path, { cache: "no-store" }).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null))
}

let asking

/** Asks for the key, once for all calls that need it; answers whether one was accepted. */
export const signIn = () => (asking ??= ask().finally(() => { asking = undefined }))

async function ask() {
  const key = h("input", { type: "password", autocomplete: "off", spellcheck: "false", required: true, autofocus: true })
  const content = field({
    label: "Key", name: "key", control: key,
    hint: "A key begins with pbk_. `postbacks keys create --name NAME --scope read` makes one.",
  })
  const isSignedIn = await dialog({
    title: "Sign in", content, action: "Sign in",
    async submit() {
      const answer = await fetch(path, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ key: key.value.trim() }),
      }).catch(() => null)
      if (answer?.ok) {
        document.dispatchEvent(new Event("signed-in"))
        return true
      }
      const said = await answer?.json().catch(() => null)
      const message = said?.error?.message ?? "The gateway cannot be reached."
      showFaults(content, { details: [{ field: "key", message }] })
      key.select()
      return undefined
    },
  })
  // The clock waits until somebody signs in or asks again: it must not open the dialog anew.
  if (isSignedIn) delete document.documentElement.dataset.signedOut
  else document.documentElement.dataset.signedOut = ""
  return isSignedIn === true
}

/** Ends the session in this browser; the key stays valid. */
export async function signOut() {
  await fetch(path, { method: "DELETE" }).catch(() => null)
  location.reload()
}
