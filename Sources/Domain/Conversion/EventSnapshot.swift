package import Input

/// An event: a conversion came into a status. A fixture may leave out everything but the status.
package struct EventSnapshot: Sendable, Hashable {
    package var id: Int?
    package var sequence: Int?
    package var status: ConversionStatus
    package var previousStatus: ConversionStatus?
    package var at: Timestamp?

    package init(
        id: Int? = nil, sequence: Int? = nil, status: ConversionStatus, previousStatus: ConversionStatus? = nil,
        at: Timestamp? = nil
    ) {
        self.id = id
        self.sequence = sequence
        self.status = status
        self.previousStatus = previousStatus
        self.at = at
    }
}

extension Rule<EventSnapshot> {
    package static var event: Rule {
        object { fields in
            EventSnapshot(
                id: fields.optional("id", .assignedID, "The event's id."),
                sequence: fields.optional(
                    "sequence", .assignedID, "1 for the conversion's first event."),
                status: fields.required("status", .conversionStatus, "The conversion's new status."),
                previousStatus: fields.optional(
                    "previousStatus", .conversionStatus, "The status before."),
                at: fields.optional("at", .timestamp, "The time of the change."))
        }
    }
}
