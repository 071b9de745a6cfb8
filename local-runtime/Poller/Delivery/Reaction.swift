/// The meaning of a request's end for its destination.
enum Reaction: Equatable {
    /// It answered with any status but 429 and 503.
    case answered
    /// It answered 429 or 503; `pause` is its Retry-After in seconds, or 0.
    case overloaded(pause: Double)
    /// No answer came: no address, no connection, no TLS, no answer in time, or no HTTP.
    case failed
    /// Nothing was sent, or the result is unknown.
    case untried

    var isAnswer: Bool {
        switch self {
        case .answered, .overloaded: true
        case .failed, .untried: false
        }
    }
}
