package import Domain
package import FunctionRuntime
import Input
package import JSON
import Postgres
package import Secrets

/// The request that a postback would send; it is not sent.
package struct Preview {
    /// The input with which deliverPostback sends it as a test.
    package let input: JSON
    /// The request with its secrets masked; nil if it cannot be rendered.
    package let request: JSON?
    /// Why the request cannot be rendered.
    package let error: JSON?
}

/// Creates previews. It only reads from the database.
package struct PostbackPreview {
    private let database: Database
    private let keys: EncryptionKeys?

    package init(_ database: Database, keys: EncryptionKeys?) {
        self.database = database
        self.keys = keys
    }

    /// The template and id of a stored postback, and the status on which it fires.
    package func stored(
        _ postbackID: Int
    ) throws(FunctionError) -> (id: Int, version: Int, template: RequestTemplate, status: ConversionStatus) {
        guard let stored = try database.run(ListPostbacks(ids: [postbackID]), planned: .anew).first else {
            throw .unknownPostback(postbackID)
        }
        return (postbackID, stored.version, stored.template, stored.conversionStatus)
    }

    /// The warnings that createPostback would return.
    package func warnings(of new: NewPostback) throws(FunctionError) -> [PostbackWarning] {
        let overlap = new.isActive ? try database.run(FindOverlappingPostbacks(subject: .new(new))).ofNew : nil
        return [overlap?.warning].compactMap(\.self) + new.template.warnings(firingOn: new.conversionStatus)
    }

    /// The warnings that updatePostback would return if it changed nothing.
    package func warnings(
        ofStored postbackID: Int, _ template: RequestTemplate, firingOn status: ConversionStatus
    ) throws(FunctionError) -> [PostbackWarning] {
        let overlaps = try database.run(FindOverlappingPostbacks(subject: .stored([postbackID]))).ofStored
        return [overlaps[postbackID]?.warning].compactMap(\.self) + template.warnings(firingOn: status)
    }

    /// The last event of a conversion, in the form that deliverPostback takes.
    package func event(ofConversion id: Int) throws(FunctionError) -> (event: JSON, conversion: JSON) {
        guard let found = try database.run(FindEvent(conversionID: id)) else { throw .unknownConversion(id) }
        return (found.event, found.conversion)
    }

    /// `postbackID` is the id to which sealed secrets are bound. `deliveryID` is the value in place of a delivery's id.
    /// It should be the id of no delivery, so that receivers do not take the request for a repeat.
    package func make(
        _ template: RequestTemplate, postbackID: Int, version: Int, event: JSON, conversion: JSON, deliveryID: Int,
        now: Timestamp
    ) throws(FunctionError) -> Preview {
        if template.hasPlainSecrets, keys == nil {
            throw FunctionError(
                .misconfigured, "POSTBACKS_ENCRYPTION_KEY is not set, and the postback has a secret that must be sealed"
            )
        }
        let head: JSON = ["id": .integer(postbackID), "version": .integer(version)]
        let input: JSON = [
            "deliveryId": .integer(deliveryID), "attempt": 1,
            "postback": head.merging(template.handedOut(of: postbackID, with: keys)), "event": event,
            "conversion": conversion, "isTest": true,
        ]
        var fields = Fields(input.members)
        let values = MacroValues(
            deliveryID: deliveryID, attempt: 1, isTest: true, now: now, event: fields.required("event", .event),
            conversion: fields.required("conversion", .conversion))
        let rendering = RequestRendering(template, postbackID: postbackID, keys: keys)
        do throws(RenderingError) {
            return Preview(input: input, request: try rendering.request(for: values).masked, error: nil)
        } catch {
            return Preview(input: input, request: nil, error: AttemptError(error.code, error.message).json)
        }
    }
}
