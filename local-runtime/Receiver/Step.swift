/// One step of a receiver on a connection. After the last step it takes the next request.
package enum Step: Sendable {
    case send([UInt8])
    /// Delays the next step.
    case wait(Duration)
    /// Sends these bytes one at a time, each after a delay.
    case drip([UInt8], interval: Duration)
    /// Sends the same bytes repeatedly while the other side takes them.
    case endlessly([UInt8])
    /// Sends nothing more, and reads what comes.
    case silence
    /// Sends nothing more and reads nothing, so that the other side's sending stops.
    case deafness
    case close
    case reset
}

/// When a receiver may do something on a connection.
package enum Occasion {
    /// The connection was accepted on this port.
    case connected(port: UInt16)
    /// The headers of a request have come, and its body has not.
    case head(ReceivedRequest)
    case request(ReceivedRequest)
}

/// The steps of a receiver on an occasion; nil for none, which leaves it to the next occasion.
package typealias Conduct = (Occasion) -> [Step]?
