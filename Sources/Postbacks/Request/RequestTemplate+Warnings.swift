import JSON

extension RequestTemplate {
    /// Whether a receiver could tell in which status the conversion is: by the macro, or by the status itself as a word.
    package func tells(_ status: ConversionStatus) -> Bool {
        let texts = [url.text, requestParams.json.encodedText].map { $0.lowercased() }
        return texts.contains { text in
            text.contains("{status") || text.contains("{_status") || text.contains(status.rawValue)
        }
    }
}
