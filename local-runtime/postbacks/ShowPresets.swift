import ArgumentParser
import Domain
import FunctionRuntime
import Input
import JSON
import Presets

struct ShowPresets: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "presets",
        abstract:
            "List presets for well-known trackers, print one as the input of createPostback, or convert a URL.",
        discussion: """
            Without a name, it prints the list. With a name, it prints the input of
            createPostback on standard output, and on standard error the facts that
            nobody has checked. If an option for your account is missing, it fails and
            names the option.

              postbacks presets voluum --facts
              postbacks presets voluum --affiliate a1 --offer o1 \\
                --domain track.example.com | createPostback

            `--status all` prints a line for each status that the receiver can take. To
            create them all, in one process or one by one:

              postbacks presets … --status all --stream | createPostback --stream
              postbacks presets … --status all |
                while read -r input; do printf '%s' "$input" | createPostback; done

            `--convert` takes another network's postback URL and prints it with the macros
            of createPostback. It knows #s2#, [payout], %subid%, {clickid}, {{name}},
            ${NAME}, <name>, __NAME__ and %%name%%. Standard error shows what was
            recognised and what was guessed. With an unknown macro it prints no URL, and
            the exit status is 65.

              postbacks presets --convert \\
                'https://track.example.com/postback?cid=#s2#&payout=[payout]'
            """)

    @Argument(help: "A preset's name.")
    var name: String?

    @Option(help: "The affiliate's id in this system; * for all.")
    var affiliate: String?

    @Option(help: "The offer's id in this system; * for all.")
    var offer: String?

    @Option(help: "A goal's id here.")
    var goal: String?

    @Option(help: "The conversion status that fires it: pending, done, rejected or all.")
    var status = "done"

    @Option(help: "The receiver's host, such as track.example.com.")
    var domain: String?

    @Option(help: "The path of the tracker's file, if it is not the usual one.")
    var path: String?

    @Option(help: "The account's postback key.")
    var key: String?

    @Option(help: "The account's or network's id at the receiver.")
    var account: String?

    @Option(help: "A token with which the receiver identifies the caller.")
    var token: String?

    @Option(help: "An event, goal or conversion type at the receiver.")
    var event: String?

    @Option(help: "The offer's id at the receiver.")
    var theirOffer: String?

    @Option(help: "The receiver's whole URL.")
    var url: String?

    @Flag(help: "Print what the preset sends, and where each of its facts was read.")
    var facts = false

    @Flag(help: "Print lines for createPostback --stream.")
    var stream = false

    @Option(help: "A postback URL of another network.")
    var convert: String?

    func validate() throws {
        if convert != nil, name != nil { throw ValidationError("--convert cannot be combined with a preset's name") }
    }

    func run() throws {
        try reportingFailure {
            if let convert {
                try ShowPresets.convert(convert)
            } else if let name {
                let preset = try Preset.named(name)
                if facts { Terminal.print(preset.description) } else { try print(preset) }
            } else {
                Terminal.print(ShowPresets.list)
            }
        }
    }

    private static var list: String {
        let rows = Preset.all.map { preset in
            [
                preset.name, preset.title, preset.statuses.map(\.rawValue).joined(separator: " "),
                preset.neededOptions.map { "--\($0.rawValue)" }.joined(separator: " "),
            ]
        }
        return Terminal.table([["PRESET", "RECEIVER", "STATUSES", "NEEDS"]] + rows)
    }

    private func print(_ preset: Preset) throws {
        let statuses = try statuses(of: preset)
        guard let affiliate, let offer else {
            let owner = [("affiliate", affiliate), ("offer", offer)].filter { $0.1 == nil }.map(\.0)
            let missing = owner + preset.neededOptions.filter { given[$0] == nil }.map(\.rawValue)
            throw FunctionError(
                .invalidRequest,
                "the preset \(preset.name) needs \(missing.map { "--\($0)" }.joined(separator: " and ")); --facts says more"
            )
        }
        let owner = Preset.Owner(affiliate: affiliate, offer: offer, goal: goal)
        var inputs: [JSON] = []
        for status in statuses { inputs.append(try preset.input(owner, status: status, given)) }
        for (index, input) in inputs.enumerated() {
            let line: JSON = stream ? ["id": .integer(index + 1), "input": input] : input
            Terminal.print(Terminal.isOutput && inputs.count == 1 && !stream ? line.pretty() : line.encodedText)
        }
        for fact in preset.uncheckedFacts { Terminal.printError("not checked: \(fact.claim)") }
        for note in preset.notes { Terminal.printError("note: \(note)") }
    }

    /// The statuses that are asked for. For `all`, those that the receiver takes; the reasons for leaving out the
    /// others are printed.
    private func statuses(of preset: Preset) throws -> [ConversionStatus] {
        if status == "all" {
            for status in ConversionStatus.allCases {
                guard let reason = preset.refusal(of: status) else { continue }
                Terminal.printError("left out: \(status.rawValue); \(reason)")
            }
            return preset.statuses
        }
        guard let status = ConversionStatus(rawValue: status) else {
            let words = ConversionStatus.allCases.map(\.rawValue) + ["all"]
            throw FunctionError(
                .invalidRequest,
                "--status takes \(words.joined(separator: ", ")), not \(status)\(Spelling.hint(for: status, among: words))"
            )
        }
        return [status]
    }

    private var given: [PresetOption: String] {
        let values: [(PresetOption, String?)] = [
            (.domain, domain), (.path, path), (.key, key), (.account, account), (.token, token), (.event, event),
            (.theirOffer, theirOffer), (.url, url),
        ]
        return Dictionary(uniqueKeysWithValues: values.compactMap { option, value in value.map { (option, $0) } })
    }

    /// Prints the URL on standard output if all of it is understood, and the report on standard error.
    private static func convert(_ text: String) throws {
        let converted = ConvertedURL(text)
        for finding in converted.findings { Terminal.printError(Terminal.safe(finding.description)) }
        let url = try converted.checked()
        if converted.findings.isEmpty {
            Terminal.printError("note: the URL has no macro that is known; it is the same")
        }
        Terminal.print(url)
    }
}
