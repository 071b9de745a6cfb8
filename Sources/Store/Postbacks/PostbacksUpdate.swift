package import Domain
package import Input
import JSON

/// The same changes to all postbacks that a filter selects.
package struct PostbacksUpdate: Sendable {
    package let filter: PostbackFilter
    package let changes: Changes
    /// Whether the call only answers what it would change, and changes nothing.
    package let isDryRun: Bool
    let page: Page

    package init(_ fields: inout Fields) {
        filter = fields.required(
            "filter", .filterOfChanges,
            "Selects by conditions, all of which must hold. Deleted postbacks are never selected.")
        changes = fields.required("changes", .changesOfPostbacks, "What is changed; everything else stays as it is.")
        isDryRun = fields.optional("dryRun", .boolean, default: false, "Only answers what would be done.")
        page = Page(ofChanges: &fields)
    }

    package struct Changes: Sendable {
        let isActive: Bool?
        let resumes: Bool?
        package let replacement: OriginReplacement?

        fileprivate init(_ fields: inout Fields) {
            isActive = fields.optional("active", .boolean)
            resumes = fields.optional("resume", .boolean, "Ends pauses: the held deliveries are sent, in order.")
            replacement = fields.optional(
                "replaceOrigin", Rule<OriginReplacement>.object { fields in OriginReplacement(&fields) },
                "Moves URLs to another origin; the deliveries that are owed go there too. URLs elsewhere stay as they are."
            )
        }

        fileprivate var isEmpty: Bool { isActive == nil && resumes == nil && replacement == nil }

        /// The update of one postback; nil if there is nothing to change.
        /// - Throws: if the new URL would be too long.
        func update(of postback: StoredPostback) throws(Invalid) -> PostbackUpdate? {
            let active = isActive == postback.isActive ? nil : isActive
            let resumes = resumes == true && postback.pausedAt != nil
            let url = try replacement?.url(insteadOf: postback.template.url)
            if active == nil, !resumes, url == nil { return nil }
            return PostbackUpdate(postback.id, url: url, isActive: active, resumes: resumes)
        }
    }

    /// An origin that takes the place of another one in URLs.
    package struct OriginReplacement: Sendable {
        let from: PostbackURL
        package let to: PostbackURL

        fileprivate init(_ fields: inout Fields) {
            from = fields.required("from", .origin, "The origin of the URLs that are changed.")
            to = fields.required("to", .origin, "Their new origin; path and query stay.")
            if fields.faults.isEmpty, from.origin == to.origin { fields.refuse("to", "must differ from \"from\"") }
        }

        /// The new URL; nil if the URL has another origin than `from`.
        fileprivate func url(insteadOf url: PostbackURL) throws(Invalid) -> PostbackURL? {
            url.origin == from.origin ? try url.moved(to: to) : nil
        }
    }
}

extension Rule<PostbackFilter> {
    /// A filter with at least one condition: without one it would select every postback.
    fileprivate static var filterOfChanges: Rule {
        object { fields in PostbackFilter(ofChanges: &fields) }
            .notEmpty("must name at least one condition", \.isEmpty)
    }
}

extension Rule<PostbacksUpdate.Changes> {
    fileprivate static var changesOfPostbacks: Rule {
        object { fields in PostbacksUpdate.Changes(&fields) }.notEmpty("must name at least one change", \.isEmpty)
    }
}
