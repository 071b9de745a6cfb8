import Domain
import Input
import JSON

/// The clicks of one batch, by the key that identifies their conversions. They are tracked here because a statement
/// does not see the rows that it inserts itself.
struct ClicksOfBatch {
    private struct Click: Hashable {
        let offer: [UInt8]
        let goal: [UInt8]?
        let click: [UInt8]
        let hasTransaction: Bool
    }

    private var seen: Set<Click> = []

    /// Notes a conversion.
    /// - Returns: whether an earlier conversion of the batch has the same click and the other key: one of the two has a
    ///   transaction id and the other has none.
    mutating func note(_ conversion: NewConversion) -> Bool {
        guard let click = conversion.clickID else { return false }
        func key(_ hasTransaction: Bool) -> Click {
            Click(
                offer: Array(conversion.offerID.utf8), goal: conversion.goalID.map { Array($0.utf8) },
                click: Array(click.utf8), hasTransaction: hasTransaction)
        }
        let hasTransaction = conversion.transactionID != nil
        seen.insert(key(hasTransaction))
        return seen.contains(key(!hasTransaction))
    }
}

extension FieldWarning {
    /// R6: the two keys are separate.
    static let clickKnown = FieldWarning(
        Path.root.member("clickId"), .clickKnown,
        "is also the click of another conversion; only one of the two conversions has a transactionId, so this one is not a repeat of it"
    )
}
