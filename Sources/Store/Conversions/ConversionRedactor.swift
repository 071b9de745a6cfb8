package import FunctionRuntime
package import JSON
import Postgres

/// The result of an erasure.
package struct Redaction {
    /// The conversion as it stands now.
    package let conversion: JSON
    /// The number of attempts whose request, answer or message was blanked now; those that an earlier call has blanked
    /// do not count.
    package let attempts: Int
    /// The number of deliveries that were in flight meanwhile. Their attempts are stored after the erasure and keep
    /// their contents.
    package let inFlight: Int
}

/// Blanks the personal data of a conversion.
package struct ConversionRedactor {
    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// Blanks one conversion, the snapshots of its events and its attempts in one transaction; ids, amounts and states
    /// stay. A conversion that is already blank does not change.
    /// - Throws: `not_found`.
    package func redact(_ conversionID: Int) throws(FunctionError) -> Redaction {
        var trip = RoundTrip()
        trip.add(LockConversion(conversionID: conversionID))
        let redact = trip.append(RedactConversion(conversionID: conversionID))
        guard let redaction = try database.run(trip).answer(redact) else { throw .unknownConversion(conversionID) }
        return redaction
    }
}
