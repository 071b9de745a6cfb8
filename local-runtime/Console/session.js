import { send } from "./call.js"
import { dialog, field, showFaults } from "./dialog.js"
import { input } from "./dom.js"

// Who is signed in. The key is posted once; after that an HttpOnly cookie stands for it, which no script can read.
// The gateway decides what the key may do. The page only hides what the gateway would refuse.

const session = (key, method) => send("/console/session", key, { method, isSigningIn: true })

let told

/** What the gateway says about the caller: `{open, name, scope, attempts}`; null if nothing. */
export const me = (isAnew = false) => {
  if (isAnew) told = undefined
  return (told ??= session().catch(() => null))
}

let asking

/** Asks for the key, once for all calls that need it; answers whether one was accepted. */
export const signIn = () => (asking ??= ask().finally(() => { asking = undefined }))

async function ask() {
  const key = input({ type: "password", required: true, autofocus: true })
  const content = field("Key", "key", key,
    "A key begins with pbk_. `postbacks keys create --name NAME --scope read` makes one.")
  const isSignedIn = await dialog({
    title: "Sign in", content, action: "Sign in",
    async submit() {
      try {
        await session({ key: key.value.trim() })
        document.dispatchEvent(new Event("signed-in"))
        return true
      } catch ({ message }) {
        showFaults(content, { details: [{ field: "key", message }] })
        key.select()
        return undefined
      }
    },
  })
  // The clock waits until somebody signs in or asks again: it must not open the dialog anew.
  document.documentElement.toggleAttribute("data-signed-out", !isSignedIn)
  return isSignedIn === true
}

/** Ends the session in this browser; the key stays valid. */
export async function signOut() {
  await session(undefined, "DELETE").catch(() => undefined)
  location.reload()
}
