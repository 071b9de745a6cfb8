/// The limits of a poller. The table of ceilings (`DestinationHealth`) allows each health a part of these numbers.
struct SlotLimits {
    /// Requests that hold a slot.
    let slots: Int
    /// Requests in flight to one destination, unless its row has another number.
    let perDestination: Int
    /// All requests in flight, including those that have given their slots back.
    let requests: Int
    /// Bytes of all large lines that are claimed or in flight. The number of requests bounds the bytes of the others.
    let largeBytes = 64 << 20

    /// A line with more bytes is large.
    static let largeLine = 16 << 10
    /// The most requests that one delivery process takes.
    private static let most = 4096

    /// `openFiles` is the limit of open files of a delivery process; each request needs a socket.
    init(slots: Int, perDestination: Int, openFiles: Int = .max) {
        self.init(
            slots: slots, perDestination: perDestination,
            requests: min(SlotLimits.most, PollerSettings.requests(openFiles: openFiles)))
    }

    /// `requests` is at most 4,096, the limit of one delivery process.
    init(slots: Int, perDestination: Int, requests: Int) {
        self.slots = min(slots, requests)
        self.perDestination = perDestination
        self.requests = requests
    }

    /// Claims that wait here for a slot.
    var waiting: Int { slots }

    /// Slots that requests to a group may hold together; nil for all that are free.
    func slots(of group: Ceilings.Group) -> Int? { group.slots?.of(slots) }

    /// The number of all requests in flight below which requests to a group start.
    func requests(of group: Ceilings.Group) -> Int {
        guard let left = group.requestsLeft else { return requests }
        return max(1, requests - left.of(slots))
    }

    /// The bytes of all large lines up to which requests to a group start.
    func largeBytes(of group: Ceilings.Group) -> Int { group.largeBytes.of(largeBytes) }

    /// Slots that retries may hold together.
    var retries: Int { Ceilings.retries.of(slots) }

    /// The bytes of a line that count as large.
    static func large(_ bytes: Int) -> Int { bytes > largeLine ? bytes : 0 }
}
