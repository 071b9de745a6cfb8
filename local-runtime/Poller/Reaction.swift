/// What the end of a request says of its destination.
enum Reaction: Equatable {
    /// It answered, whatever it said.
    case answered
    /// It answered 429 or 503: fewer, and for so many seconds none, if it said that.
    case overloaded(pause: Double)
    /// No answer came: no address, no connection, no TLS, nothing in time, or no HTTP.
    case failed
    /// Nothing was tried, or nobody knows what came of it.
    case untried

    var isAnswer: Bool {
        switch self {
        case .answered, .overloaded: true
        case .failed, .untried: false
        }
    }
}
