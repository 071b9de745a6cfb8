/// What a receiver does on one connection, one thing after another. After the last it takes the next request.
package enum Step: Sendable {
    case send([UInt8])
    /// Holds back what follows.
    case wait(milliseconds: Int)
    /// These bytes, one at a time, each after so many milliseconds.
    case drip([UInt8], milliseconds: Int)
    /// The same again and again, as long as the other side takes it.
    case endlessly([UInt8])
    /// Says nothing more, and takes what comes.
    case silence
    /// Says nothing more, and takes nothing: the other side's sending comes to a halt.
    case deafness
    case close
    case reset
}

/// When a receiver may do something on a connection.
package enum Occasion {
    /// It was accepted, on this port.
    case connected(port: UInt16)
    /// The headers of a request have come, and its body is still to come.
    case head(ReceivedRequest)
    case request(ReceivedRequest)
}

/// What a receiver does on an occasion; nil leaves it to the next one.
package typealias Conduct = (Occasion) -> [Step]?
