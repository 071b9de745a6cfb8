package import Domain
package import FunctionRuntime
import Postgres

/// The columns by which the statements look a conversion up.
struct ConversionKeyColumns {
    var conversion: String?
    var offer: String?
    /// Nil matches any goal; the empty text matches conversions without one.
    var goal: String?
    var transaction: String?
    var click: String?
}

extension ConversionKey {
    var columns: ConversionKeyColumns {
        switch self {
        case .conversion(let id): ConversionKeyColumns(conversion: String(id))
        case .transaction(let offer, let transaction, let goal):
            ConversionKeyColumns(offer: offer, goal: goal.column, transaction: transaction)
        case .click(let offer, let click, let goal):
            ConversionKeyColumns(offer: offer, goal: goal.column, click: click)
        }
    }

    /// The error if no conversion has the key.
    package var isUnknown: FunctionError {
        let name =
            if case .conversion(let id) = self { "there is no conversion \(id)" } else { "there is no such conversion" }
        return .notFound(field, name)
    }

    /// The error if several conversions have the key.
    package var isAmbiguous: FunctionError {
        .conflict(field, "names several conversions; add goalId (null: the one without a goal), or use conversionId")
    }
}

extension ConversionKey.Goal {
    fileprivate var column: String? {
        switch self {
        case .any: nil
        case .none: ""
        case .one(let id): id
        }
    }
}
