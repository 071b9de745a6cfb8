import Configuration
import Domain
import Egress
import FunctionRuntime
import Input
import JSON
import Secrets
import Store
import System

@main
struct PreviewPostback: SimpleFunction {
    static let contract = Contract(
        "previewPostback", version: Version.current,
        summary:
            "shows the request that a postback would send, and the input with which deliverPostback sends it as a test.",
        example: ["postbackId": 1, "conversionId": 1],
        output: Schema.object(
            ["input": Schema.anyObject, "request": ["type": ["object", "null"]], "warnings": Schema.warnings],
            optional: ["error": Schema.anyObject]),
        settings: Database.settings + [Setting<EncryptionKeys?>.encryptionKey, Setting<EgressRules>.allowCIDRs],
        notes: MacroReference.help)

    struct Output: FunctionOutput {
        let preview: Preview
        let warnings: [PostbackWarning]

        var json: JSON {
            let json: JSON = [
                "input": preview.input, "request": preview.request ?? .null, "warnings": .array(warnings.map(\.json)),
            ]
            return preview.error.map { json.merging(["error": $0]) } ?? json
        }
    }

    private let egress: EgressRules
    private let previews: PostbackPreview

    init(_ settings: Settings) throws(FunctionError) {
        egress = try settings(.allowCIDRs)
        let database = try Database(settings, applicationName: PreviewPostback.contract.name)
        previews = PostbackPreview(database, keys: try settings(.encryptionKey))
    }

    func handle(_ input: Input) throws(FunctionError) -> Output {
        // No row has this number: a preview leaves no trace, and a receiver does not take its test for a repeat.
        let invented = Int.random(in: 1 << 52..<1 << 53)
        let now = Timestamp(milliseconds: WallClock.unixMilliseconds)
        let (id, version, template, status): (Int, Int, RequestTemplate, ConversionStatus)
        let warnings: [PostbackWarning]
        switch input.subject {
        case .stored(let postbackID):
            (id, version, template, status) = try previews.stored(postbackID)
            warnings = try previews.warnings(ofStored: id, template, firingOn: status)
        case .new(let postback):
            try egress.check(postback.template.url)
            (id, version, template, status) = (invented, 1, postback.template, postback.conversionStatus)
            warnings = try previews.warnings(of: postback)
        }
        let (event, conversion) =
            switch input.source {
            case .conversion(let id): try previews.event(ofConversion: id)
            case .sample(let sample): sample.event(status: sample.status ?? status, now: now)
            }
        return Output(
            preview: try previews.make(
                template, postbackID: id, version: version, event: event, conversion: conversion, deliveryID: invented,
                now: now), warnings: warnings)
    }
}
