import { send } from "./call.js"
import { dialog } from "./dialog.js"
import { field } from "./form.js"

// Who is signed in. The key is posted once; after that an HttpOnly cookie stands for it, which no script can read.
// The gateway decides what the key may do. The page only hides what the gateway would refuse.

const session = (key, method) => send("/console/session", key, { method, isSigningIn: true })

let told

/** What the gateway says about the caller: `{open, name, scope, attempts}`; null if nothing. */
export function me(isAnew) {
  if (isAnew) told = undefined
  return (told ??= session().catch(() => null))
}

let asking

/** Asks for the key, once for all calls that need it; answers whether one was accepted. */
export const signIn = () => (asking ??= ask().finally(() => { asking = undefined }))

async function ask() {
  const isSignedIn = await dialog({
    title: "Sign in", action: "Sign in",
    content: field("Key", "key", { type: "password", required: true, autofocus: true },
      "A key begins with pbk_. `postbacks keys create --name NAME --scope read` makes one."),
    async submit({ key = "" }) {
      try {
        await session({ key: key.trim() })
      } catch (error) {
        throw Object.assign(error, { details: [{ field: "key", message: error.message }] })
      }
      document.dispatchEvent(new Event("signed-in"))
      return true
    },
  })
  // The clock waits until somebody signs in or asks again: it must not open the dialog anew.
  document.documentElement.toggleAttribute("data-signed-out", !isSignedIn)
  return isSignedIn
}

/** Ends the session in this browser; the key stays valid. */
export async function signOut() {
  await session(undefined, "DELETE").catch(() => undefined)
  location.reload()
}
