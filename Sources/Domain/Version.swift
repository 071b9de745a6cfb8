/// The product's version, which it also tells every receiver.
package enum Version {
    package static let current = "0.1.0"
}
