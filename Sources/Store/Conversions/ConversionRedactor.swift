package import FunctionRuntime
package import JSON
import Postgres

/// What became of an erasure request.
package struct Redaction {
    /// The conversion as it stands now.
    package let conversion: JSON
    /// How many attempts lost their request, answer or message; those that a call before has blanked do not count again.
    package let attempts: Int
    /// How many of its deliveries were being sent meanwhile: what these attempts keep is stored after this.
    package let inFlight: Int
}

/// Blanks what is kept of the person behind a conversion.
package struct ConversionRedactor {
    private let database: Database

    package init(_ database: Database) {
        self.database = database
    }

    /// Blanks one conversion, its events' snapshots and its attempts in one transaction; ids, amounts and states stay. A
    /// conversion that is blank already stays as it is.
    /// - Throws: `not_found`.
    package func redact(_ conversionID: Int) throws(FunctionError) -> Redaction {
        var trip = RoundTrip()
        trip.add(LockConversion(conversionID: conversionID))
        let redact = trip.append(RedactConversion(conversionID: conversionID))
        guard let redaction = try database.run(trip).answer(redact) else { throw .unknownConversion(conversionID) }
        return redaction
    }
}
