import CGlibc
import Glibc

/// A point in time of the monotonic clock (CLOCK_MONOTONIC), which never goes back and is independent of the time of
/// day. Instants of different processes or machines cannot be compared.
package struct Instant: InstantProtocol {
    /// The time since the clock's start, which is arbitrary.
    private let sinceStart: Duration

    /// - Parameter sinceStart: the time since an arbitrary start, such as a test's.
    package init(sinceStart: Duration) { self.sinceStart = sinceStart }

    package static var now: Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(sinceStart: .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec))
    }

    /// An instant before all others that occur.
    package static let distantPast = Instant(sinceStart: .seconds(Int64.min / 4))
    /// An instant after all others that occur.
    package static let distantFuture = Instant(sinceStart: .seconds(Int64.max / 4))

    /// The time that has passed since this instant.
    package var elapsed: Duration { duration(to: .now) }

    /// The time left until this instant; zero once it has passed.
    package var remaining: Duration { max(Instant.now.duration(to: self), .zero) }

    package func advanced(by duration: Duration) -> Instant { Instant(sinceStart: sinceStart + duration) }
    package func duration(to other: Instant) -> Duration { other.sinceStart - sinceStart }

    package static func < (one: Instant, other: Instant) -> Bool { one.sinceStart < other.sinceStart }
    package static func + (instant: Instant, duration: Duration) -> Instant { instant.advanced(by: duration) }
    package static func - (instant: Instant, duration: Duration) -> Instant { instant.advanced(by: .zero - duration) }
    package static func - (one: Instant, other: Instant) -> Duration { other.duration(to: one) }
    package static func += (instant: inout Instant, duration: Duration) { instant = instant + duration }
}
