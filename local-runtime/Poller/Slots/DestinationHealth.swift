/// The health of a destination. With the ceilings of its row it decides how much is claimed, how many requests may
/// start, and to whom. The other files of this folder apply this table:
///
///     health     in flight to      with the         looked for   slots of   all requests in    bytes of all
///                one destination   waiting claims   by itself    its group  flight             large lines
///     quick      window            4 × window       yes          all        all                all
///     flowing    window            2 × window       yes          all        all                all
///     answering  window            window           yes          all        all                all
///     unknown    2                 2                yes          half       all − half slots   half
///     silent     2                 2                yes          half       all − half slots   half
///     failing    1                 1                no           half       all − half slots   half
///
/// Retries may take three quarters of a destination's requests, of its claims, and of all slots.
///
/// An answer that waits here counts towards the destination's maximum in flight until it is on its way to the database:
/// if the poller is killed, its request is repeated. What is on its way is stored, even if the poller ends.
///
/// The first three are the group `trusted`, the other three the group `doubtful`; the slots of a group are counted
/// together. `SlotLimits` has the numbers that "all" stands for. Each part is at least 1. The window is twice the
/// largest number of requests that were in flight to the destination when it answered one of them. It is 1 after a
/// request without an answer. Each destination also has a maximum in flight, which an operator sets.
///
/// The purpose of the table is that a destination that hangs costs no other destination anything. Its requests give
/// their slots back after `silence`, and then cost only a socket each. Until then it is not known whether the
/// destination answers. Such doubtful destinations together can take neither all slots nor all sockets. So a
/// destination that answers always finds a slot, however many others hang.
enum DestinationHealth {
    /// It is flowing, and its last answer came within the time `flow` of its request.
    case quick
    /// It has answered within the time `flow`, and has not asked for a slower pace.
    case flowing
    /// Its last answer is younger than the time `memory`. If one of its requests has waited for the time `silence`, the
    /// last answer must be younger than `silence`.
    case answering
    /// The destination is new, or its last answer is older than the time `memory`.
    case unknown
    /// One of its requests has waited for the time `silence`, and no other was answered within that time.
    case silent
    /// Its last request got no answer, or it was blocked and has not answered since. Each request is a probe.
    case failing

    /// How long after its last answer a destination counts as so fast that claiming ahead saves time. What is claimed
    /// ahead for a quick one starts within three times that.
    static let flow: Duration = .milliseconds(100)
    /// How long after its last answer a destination counts as answering.
    static let memory: Duration = .seconds(1)
    /// How long a request without an answer holds its slot. After that it waits on with a socket only.
    static let silence: Duration = .milliseconds(250)

    /// The destination's row of the table.
    var ceilings: Ceilings {
        switch self {
        // A claim for many requests costs the server a third of what several claims cost.
        case .quick: Ceilings(inFlight: nil, timesTaken: 4, isLookedFor: true, group: .trusted)
        // As soon as a request ends, a waiting claim starts: that saves a round trip to the database.
        case .flowing: Ceilings(inFlight: nil, timesTaken: 2, isLookedFor: true, group: .trusted)
        // Claims ahead would wait too long, because the next answer may come late.
        case .answering: Ceilings(inFlight: nil, timesTaken: 1, isLookedFor: true, group: .trusted)
        // The second request is on its way while the first one shows whether the destination answers.
        case .unknown: Ceilings(inFlight: 2, timesTaken: 1, isLookedFor: true, group: .doubtful)
        // Its requests may only be slow. Those that hang fail when their time is up.
        case .silent: Ceilings(inFlight: 2, timesTaken: 1, isLookedFor: true, group: .doubtful)
        // A look through the outbox finds it soon enough.
        case .failing: Ceilings(inFlight: 1, timesTaken: 1, isLookedFor: false, group: .doubtful)
        }
    }
}

/// A row of the table: the ceilings for one destination, and the group with which it shares the others.
struct Ceilings {
    /// Requests in flight to one destination; nil for its window.
    let inFlight: Int?
    /// How many times that number may be in flight and waiting here.
    let timesTaken: Int
    /// Whether a look for known destinations includes this destination. Otherwise only a look through the outbox finds
    /// what is due to it.
    let isLookedFor: Bool
    let group: Group

    /// The part of each number, of one destination's and of all slots, that retries may take. A quarter is left, so
    /// that a storm of retries keeps no first attempt waiting.
    static let retries = Part(3, of: 4)

    var claimsAhead: Bool { timesTaken > 1 }

    /// The destinations that share ceilings.
    enum Group {
        /// They have answered lately.
        case trusted
        /// Nobody knows whether they answer.
        case doubtful

        /// The part of all slots that its requests may hold; nil for all that are free.
        var slots: Part? {
            switch self {
            case .trusted: nil
            case .doubtful: .half
            }
        }

        /// The part of the slots that stays reserved for the other group in the limit of all requests in flight: this
        /// group starts requests only below that limit less this part. Nil reserves nothing.
        var requestsLeft: Part? {
            switch self {
            case .trusted: nil
            case .doubtful: .half
            }
        }

        /// The part of the bytes of large lines up to which its requests start.
        var largeBytes: Part {
            switch self {
            case .trusted: .all
            case .doubtful: .half
            }
        }
    }
}

/// A part of a number: at least 1.
struct Part {
    private let numerator: Int
    private let denominator: Int

    static let all = Part(1, of: 1)
    static let half = Part(1, of: 2)

    init(_ numerator: Int, of denominator: Int) {
        self.numerator = numerator
        self.denominator = denominator
    }

    func of(_ whole: Int) -> Int { max(1, whole * numerator / denominator) }
}
