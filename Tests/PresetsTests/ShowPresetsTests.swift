import JSON
import System
import TestSupport
import TestThreads
import Testing

/// Runs the real command.
@Suite(.ownThreads) struct ShowPresetsTests {
    private func run(_ arguments: String...) throws -> ChildProcess.Outcome {
        try Programs.run("postbacks", ["presets"] + arguments)
    }

    @Test func `the list names every receiver, its statuses and what it needs`() throws {
        let list = try run().text
        for word in ["keitaro", "Binom", "Voluum", "RedTrack", "Affise", "Everflow", "TUNE", "CAKE", "json"] {
            #expect(list.contains(word))
        }
        #expect(list.contains("--domain --key"))
    }

    @Test func `its output piped into createPostback makes the postbacks, each status that the receiver takes`() throws
    {
        let installation = try Installation.make()
        try installation.configure()
        let one = try run("voluum", "--affiliate", "a", "--offer", "o", "--domain", "v.example.com")
        #expect(try installation.call("createPostback", one.text).status == .exited(0))
        let all = try run(
            "keitaro", "--affiliate", "a", "--offer", "*", "--domain", "k.example.com", "--key", "1a", "--status",
            "all", "--stream")
        let answers = try installation.stream("createPostback", all.text.split(separator: "\n").map(String.init))
        #expect(
            Set(answers.compactMap { $0.at("output.postback.conversionStatus")?.text }) == [
                "pending", "done", "rejected",
            ])
        let partly = try run(
            "voluum", "--affiliate", "a", "--offer", "o", "--domain", "v.example.com", "--status", "all")
        #expect(partly.text.split(separator: "\n").count == 1)
        #expect(partly.errorText.contains("left out: rejected; "))
    }

    @Test func `it fails on what is missing or refused, names it, and prints nothing that could be piped on`() throws {
        let failures: [([String], Int32, String)] = [
            (["voluum", "--affiliate", "a", "--offer", "o"], 65, "--domain"),
            (["voluum", "--domain", "v.example.com"], 65, "--affiliate and --offer"),
            (["keitaro", "--affiliate", "a", "--offer", "o"], 65, "--key"),
            (["cake", "--offer", "o", "--event", "1"], 65, "needs --affiliate and --domain and --their-offer"),
            (["voluum", "--convert", "https://t.example.com/"], 64, "--convert cannot be combined"),
            (
                ["voluum", "--affiliate", "a", "--offer", "o", "--domain", "v.example.com", "--status", "rejected"], 67,
                "counted as one more conversion"
            ),
            (["voluum", "--status", "rejcted"], 65, "did you mean \"rejected\"?"),
            (["volum"], 66, "did you mean \"voluum\"?"),
            (["--convert", "https://t.example.com/?a={payuot}"], 65, "the nearest is {payout}"),
        ]
        for (arguments, status, words) in failures {
            let outcome = try Programs.run("postbacks", ["presets"] + arguments)
            #expect(outcome.status == .exited(status))
            #expect(outcome.text == "")
            #expect(outcome.errorText.contains(words), "\(outcome.errorText)")
        }
    }

    @Test func `a converted URL stands alone on standard output, the report on standard error`() throws {
        let outcome = try run("--convert", "https://t.example.com/postback?cid=#s2#&payout=[payout]")
        #expect(outcome.status == .exited(0))
        #expect(outcome.text == "https://t.example.com/postback?cid={sub2}&payout={payout}\n")
        #expect(outcome.errorText.contains("guessed: cid=#s2# is {sub2}; "))
        #expect(outcome.errorText.contains("recognised: payout=[payout] is {payout}"))
    }

    @Test func `the facts of a preset are for reading, with their sources`() throws {
        let text = try run("keitaro", "--facts").text
        #expect(text.contains("checked: https://docs.keitaro.io/en/conversions/postback.html"))
        #expect(text.contains("https://<domain>/<key>/postback"))
    }
}
