/// A text that must not be shown. Printing, interpolation and reflection yield `***`.
package struct Secret: Sendable, Hashable {
    /// The text itself, for the code that must use it.
    package let revealed: String

    package init(_ text: String) { revealed = text }

    /// The replacement that is shown for a secret.
    package static let mask = "***"

    /// Compares in constant time.
    package static func == (one: Secret, other: Secret) -> Bool {
        isEqualInConstantTime(Array(one.revealed.utf8), Array(other.revealed.utf8))
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Secret.mask }
    package var debugDescription: String { Secret.mask }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
