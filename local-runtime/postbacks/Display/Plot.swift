/// A row of bars, one for each number.
enum Plot {
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let asciiBars: [Character] = ["_", ".", "-", "=", "+", "*", "%", "#"]

    /// The numbers in at most `width` columns; if there are more numbers, neighbours are added up. Zero is a space, so that
    /// it differs from the smallest bar.
    static func bars(_ numbers: [Int], width: Int, _ style: TerminalStyle) -> String {
        guard !numbers.isEmpty, width > 0 else { return "" }
        let share = (numbers.count + width - 1) / width
        let sums = stride(from: 0, to: numbers.count, by: share).map { start in
            numbers[start..<min(start + share, numbers.count)].reduce(0, +)
        }
        let most = sums.max() ?? 0
        let bars = style.isUnicode ? bars : asciiBars
        return String(
            sums.map { sum in
                sum == 0 ? " " : bars[(sum * bars.count - 1) / max(most, 1)]
            })
    }
}
