/// The reason why a package cannot be written, as a sentence for people.
package struct PackagingError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
