/// A value of the user's account with the receiver, which a preset cannot know. The raw value is the option on the
/// command line.
package enum PresetOption: String, CaseIterable, Sendable {
    case domain, path, key, account, token, event, url
    case theirOffer = "their-offer"
}
