/// Text that must not be shown: whatever prints it, interpolates it or looks into it sees `***`.
package struct Secret: Sendable, Hashable {
    /// The text itself, for the one place that needs it.
    package let revealed: String

    package init(_ text: String) { revealed = text }

    /// What stands for a secret wherever one is shown.
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
