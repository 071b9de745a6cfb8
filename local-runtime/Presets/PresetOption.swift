/// What a preset cannot know: something of the receiver's own account. The raw value is the option on the command line.
package enum PresetOption: String, CaseIterable, Sendable {
    case domain, path, key, account, token, event, url
    case theirOffer = "their-offer"
}
