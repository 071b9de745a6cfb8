/// A parser's fault. Each enclosing container adds its step to the path while the error is thrown outwards.
struct ParserFault: Error {
    enum Step {
        case member(String)
        case item(Int)
    }

    /// The fault as a predicate; it repeats no value.
    let message: String
    /// The index of the faulty byte; nil if the whole text is wrong.
    let position: Int?
    /// A suggestion for the correction.
    let advice: String?
    /// Whether the path of the fault is left out, because the fault concerns the whole document.
    let isOfTheWhole: Bool
    /// The path from the inside to the outside.
    private var steps: [Step] = []
    /// Where the value of the last step begins.
    private var start = 0

    init(_ message: String, at position: Int?, advice: String? = nil, isOfTheWhole: Bool = false) {
        self.message = message
        self.position = position
        self.advice = advice
        self.isOfTheWhole = isOfTheWhole
    }

    /// `start` is the index at which the member's value or the item begins.
    func inside(_ step: Step, from start: Int) -> ParserFault {
        var outer = self
        outer.steps.append(step)
        outer.start = start
        return outer
    }

    func malformedJSON(_ bytes: [UInt8]) -> MalformedJSON {
        var path = Path.root
        if !isOfTheWhole {
            for step in steps.reversed() {
                switch step {
                case .member(let name): path = path.member(name)
                case .item(let index): path = path.item(index)
                }
            }
        }
        return MalformedJSON(
            path: path, problem: message, place: position.map { TextPlace(ofByte: $0, in: bytes) },
            placeInMember: position.map { TextPlace(ofByte: max(0, $0 - start), in: Array(bytes[start...])) },
            advice: advice)
    }
}
