package import Input

extension Rule<String> {
    /// The code of the error with which an attempt or a delivery ended.
    package static var deliveryErrorCode: Rule {
        oneOf(AttemptError.Code.allCases.map(\.rawValue) + AttemptError.codesOfPollers)
    }
}

extension AttemptError {
    /// The codes that deliverPostback does not return: no answer came and the request may have been sent (`lost`), a
    /// later event of the conversion was delivered first (`superseded`), or the poller could not use the answer
    /// (`internal`).
    fileprivate static let codesOfPollers = ["lost", "superseded", "internal"]
}
