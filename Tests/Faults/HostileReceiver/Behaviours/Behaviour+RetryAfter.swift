import Receiver

extension Behaviour {
    /// Valid and invalid `Retry-After` headers. A valid one lengthens a wait, never shortens it, and gives six hours at
    /// most.
    package static let retryAfter: [Behaviour] =
        [
            ("zero", "0"), ("negative", "-1"), ("enormous", "1e300"), ("not-a-number", "NaN"), ("infinite", "Infinity"),
            ("hexadecimal", "0xFFFF"), ("fraction", "5000.5"), ("past-date", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("no-date", "Sun, 99 Foo 2999 25:61:61 GMT"), ("empty", ""), ("words", "tomorrow"),
            ("full-width-digits", "５０００"),
        ].map { answer("retry-after-\($0)", $1) }
        + [
            answer("retry-after-twice", "5000", "6000"),
            answer("retry-after-seconds", "5000", wait: 5000),
            answer("retry-after-year-9999", "Fri, 31 Dec 9999 23:59:59 GMT", wait: 21600),
            answer("retry-after-digits-without-end", String(repeating: "9", count: 5000), wait: 21600),
        ]

    private static func answer(_ name: String, _ values: String..., wait: Double? = nil) -> Behaviour {
        answering(
            name, .retry(status: 503, wait: wait),
            [.send(.answer("503 Busy", values.map { "Retry-After: \($0)" }, body: "busy\n"))])
    }
}
