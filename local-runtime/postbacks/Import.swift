import ArgumentParser
import Bulk
import FunctionRuntime
import Glibc
import JSON
import POSIX

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stream any number of rows from a file through a function.",
        discussion: """
            conversions go through recordConversion, statuses through updateConversionStatus,
            postbacks through createPostback. A row is a line of JSON (the function's input) or
            of CSV: the columns are the function's fields, a member of a field is written with
            dots (params.sub1, basicAuth.login), an empty cell is a field left out, the items
            of a list stand between |. FUNCTION --help lists the fields.

            CSV as spreadsheets write it is taken where it is clear what is meant: cells between
            commas, semicolons or tabs; UTF-8 or UTF-16; columns such as "Offer ID"; TRUE, yes
            and 1; amounts such as 12,30 and 1.234,56; times such as 2026-06-01 12:00 (in UTC)
            and 01.06.2026. Where it is not, the row is refused and its result says what to do:
            1,234 may be two amounts, 06/01/2026 two days, and of an id that was saved as
            1.23457E+18 the digits are lost.

            FILE.results.jsonl gets a line for each row: recorded, created, updated, unchanged,
            duplicate, conflict, not_found, invalid (with the reason), valid (in a dry run),
            unavailable or failed; and the function's warnings, such as a country that is none. --resume goes on after a stop: it passes over all rows but
            those without a result and those that are unavailable or failed. Importing a file
            once more does no harm.

              postbacks import conversions june.csv --dry-run
              postbacks import conversions june.csv
              zcat june.jsonl.gz | postbacks import conversions -

            Exit status: 0 all rows are done; 65 some were refused, or the file cannot be read;
            66 there is no results file to resume; 67 it is there, or is another import's;
            70 some failed by a bug;
            75 the database is away, --resume later; 78 a setting is wrong; 130 Ctrl-C.
            """)

    @Argument(help: "conversions, statuses or postbacks.")
    var kind: ImportKind

    @Argument(help: "The file; - is the standard input.")
    var file: String

    @Option(help: "csv or jsonl. (default: by the file's name; jsonl for -)")
    var format: BulkFormat?

    @Option(
        help: "\(FileEncoding.allCases.map(\.rawValue).joined(separator: ", ")). (default: by the file's beginning)")
    var encoding: FileEncoding?

    @Flag(help: "Only judge the rows, by the function's own rules. The database is not touched.")
    var dryRun = false

    @Flag(help: "Conversions only: record them as history, so that nothing fires.")
    var silent = false

    @Flag(help: "Go on where the results file ends.")
    var resume = false

    @Option(
        help: "The results file; - is the standard output. (default: FILE.results.jsonl; .dry-run.jsonl for a dry run)")
    var results: String?

    @Option(help: "For how many seconds a database that is away is waited for.")
    var patience = 60.0

    func validate() throws {
        guard (0...86400).contains(patience) else { throw ValidationError("--patience is from 0 to 86400 seconds.") }
        guard !silent || kind == .conversions else { throw ValidationError("--silent is for conversions.") }
    }

    func run() throws {
        try reportingFailure {
            let signals = try SignalDescriptor.ofEnd()
            let installation = try Installation()
            let program = try installation.function(kind.function)
            let connectionString = dryRun ? nil : try installation.connectionString()
            let environment = try installation.environmentBesideUp(
                of: kind.function, connectionString: connectionString)
            let source = try open(program, environment)
            let results = try openResults(source)
            let importer = try Importer(
                kind, program: program, environment: environment, isDryRun: dryRun, isSilent: silent,
                patience: patience, from: source, to: results, signals: signals)
            let end = try importer.run { progress, bytes, size in
                guard Terminal.isErrorOutput, let bar = progress.bar(bytes: bytes, of: size) else { return }
                Terminal.drawOver(bar)
            }
            if Terminal.isErrorOutput { Terminal.drawOver("") }
            Terminal.printError("\(importer.progress.summary)\nresults: \(results.path)")
            try report(end, importer.progress)
        }
    }

    private var resolvedFormat: BulkFormat { format ?? (file == "-" ? .jsonl : BulkFormat(of: file)) }

    private func open(_ program: String, _ environment: [String: String]) throws -> ImportSource {
        let schema = try ChildProcess.run(program, ["--schema"], environment: environment)
        guard schema.status == .exited(0), let json = try? JSON(parsing: schema.output), let input = json["input"]
        else {
            throw FunctionError(.misconfigured, "\(kind.function) --schema answers no schema: \(schema.errorText)")
        }
        do throws(SystemError) {
            return try ImportSource(file, resolvedFormat, encoding: encoding, schema: input)
        } catch {
            throw FunctionError(.invalidRequest, "\(error)")
        }
    }

    private func openResults(_ source: ImportSource) throws -> ResultsFile {
        let path = results ?? "\(file == "-" ? "stdin" : file).\(dryRun ? "dry-run" : "results").jsonl"
        func heading(_ length: Int?) throws -> ResultsFile.Heading {
            ResultsFile.Heading(
                kind, resolvedFormat, isDryRun: dryRun, isSilent: silent, input: try source.fingerprint(length))
        }
        guard resume else { return try ResultsFile(creating: path, try heading(nil), replacing: dryRun) }
        guard path != "-" else {
            throw FunctionError(.invalidRequest, "--resume needs a results file that can be read")
        }
        return try ResultsFile(resuming: path, heading: heading)
    }

    private func report(_ end: Importer.End, _ progress: ImportProgress) throws {
        let again = "go on with the same command and --resume"
        switch end {
        case .complete:
            if progress.failed > 0 { throw ExitCode(FunctionError.Code.internal.exitStatus) }
            if progress.refused > 0 { throw ExitCode(FunctionError.Code.invalidRequest.exitStatus) }
        case .interrupted(let signal):
            Terminal.printError("stopped; \(again)")
            throw ExitCode(128 + signal)
        case .stopped(let error):
            throw FunctionError(error.code, "\(error.message)\nstopped; \(again)", details: error.details)
        }
    }
}

extension ImportKind: ExpressibleByArgument {}
extension FileEncoding: ExpressibleByArgument {}
extension BulkFormat: ExpressibleByArgument {}
