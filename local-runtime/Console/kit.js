// Functions that most of the other files use.
export * from "./call.js"
export * from "./dialog.js"
export * from "./dom.js"
export * from "./list.js"
export * from "./query.js"
export * from "./text.js"
export * from "./shell.js"
