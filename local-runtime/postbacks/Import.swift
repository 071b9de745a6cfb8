import ArgumentParser
import Bulk
import Domain
import FunctionRuntime
import Glibc
import JSON
import System

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stream any number of rows from a file through a function.",
        usage: "postbacks import KIND FILE [--dry-run] [--resume] [OPTIONS]",
        discussion: """
            conversions go through recordConversion, statuses through updateConversionStatus, \
            postbacks through createPostback. A row is a line of JSON (the function's input) or of \
            CSV: the columns are the function's fields, a member of a field is written with dots \
            (params.sub1, basicAuth.login), an empty cell is a field that is left out, the items of a \
            list are separated by |. FUNCTION --help lists the fields.

            Files of `postbacks export` can be imported: statuses find a conversion by its id, \
            and postbacks need their secrets, which an export shows as ***. Importing an export \
            into the database that it comes from creates each postback a second time.

            CSV of spreadsheets is read if its meaning is clear: cells separated by \
            commas, semicolons or tabs; UTF-8 or UTF-16; columns such as "Offer ID"; TRUE, yes and \
            1; amounts such as 12,30 and 1.234,56; times such as 2026-06-01 12:00 (in UTC) and \
            01.06.2026. 1,234 and 06/01/2026 have two meanings: other cells of the file decide, or \
            --decimal and --date-order; otherwise the row is refused. An id that was saved as \
            1.23457E+18 has lost its digits and is refused.

            FILE.results.jsonl gets a line for each row: recorded, created, updated, unchanged, \
            duplicate, conflict, not_found, invalid (with the reason), valid (in a dry run), \
            unavailable or failed; and the function's warnings, such as an unknown country. \
            FILE.refused.csv (.jsonl for lines of JSON) gets the refused rows, each with \
            its reason in an extra column: correct them there and import that file. --resume \
            continues after a stop: it skips all rows except those without a result and those \
            that are unavailable or failed. Importing a file again does no harm.

              postbacks import conversions june.csv --dry-run
              postbacks import conversions june.csv
              postbacks import conversions juni.csv --encoding windows-1252 --decimal ,
              zcat june.jsonl.gz | postbacks import conversions -

            Exit status: 0 all rows are done; 65 some were refused, or the header or the file is \
            invalid; 66 the file cannot be read, or there is no results file to resume; 67 the \
            results file exists, or belongs to another import; 70 some failed because of a bug; \
            73 and 74 the results cannot be written; 75 the database is not available, --resume \
            later; 78 a setting is wrong; 130 Ctrl-C.
            """)

    @Argument(help: "conversions, statuses or postbacks.")
    var kind: ImportKind

    @Argument(help: "The file; - is standard input.")
    var file: String

    @Option(help: "The format of the file. (default: by its name, or by its beginning)")
    var format: BulkFormat?

    @Option(help: "The encoding of the text. (default: by its beginning: UTF-8 or UTF-16)")
    var encoding: FileEncoding?

    @Option(help: "The separator of CSV cells: one character, or tab. (default: by the first line)")
    var separator: Separator?

    @Option(help: "The decimal sign of amounts: . or , (default: by the file's amounts)")
    var decimal: DecimalSign?

    @Option(help: "The order in dates with slashes or hyphens: dmy, mdy or ymd. (default: by the file's dates)")
    var dateOrder: DateOrder?

    @Flag(help: "Only validate the rows with the rules of the function. The database is not used.")
    var dryRun = false

    @Flag(help: "Conversions only: record them as history that fires no postbacks.")
    var silent = false

    @Flag(help: "Continue where the results file ends.")
    var resume = false

    @Option(
        help: "The results file; - is standard output. (default: FILE.results.jsonl; .dry-run.jsonl for a dry run)")
    var results: String?

    @Option(
        help: "The file for refused rows. (default: FILE.refused.csv or .jsonl; none for a dry run)")
    var refused: String?

    @Option(help: "The seconds to wait for a database that is not available.")
    var patience = 60.0

    func validate() throws {
        guard (0...86400).contains(patience) else { throw ValidationError("--patience is from 0 to 86400 seconds.") }
        guard !silent || kind == .conversions else { throw ValidationError("--silent is for conversions.") }
    }

    func run() throws {
        try reportingFailure {
            let input = try InputFile.open(file)
            let installation = try Installation()
            let program = try installation.function(kind.function)
            let connectionString = dryRun ? nil : try installation.connectionString()
            let environment = try installation.environmentBesideUp(
                of: kind.function, connectionString: connectionString)
            let source = try open(input, program, environment)
            // A faulty header is reported before any file is made. An import that goes on looks at its results first.
            if !resume { try explainHeader(source) }
            let refusedRows = try openRefused(source)
            let results = try openResults(source)
            if resume { try explainHeader(source) }
            // The first line of a stream has been read by now; until the signals are taken over, Ctrl-C ends that wait.
            let signals = try SignalDescriptor.ofEnd()
            let importer = try Importer(
                kind, program: program, environment: environment, isDryRun: dryRun, isSilent: silent,
                patience: .seconds(patience), from: source, to: results, refused: refusedRows, signals: signals)
            let end = try importer.run { progress, bytes, size in
                guard Terminal.isErrorOutput, let bar = progress.bar(bytes: bytes, of: size) else { return }
                Terminal.drawOver(bar)
            }
            if Terminal.isErrorOutput { Terminal.drawOver("") }
            Terminal.printError("\(importer.progress.summary)\nresults: \(results.path)")
            if refusedRows.isWritten, let path = refusedRows.path {
                Terminal.printError("refused rows, to be corrected and imported: \(path)")
            }
            try report(end, importer.progress, results)
        }
    }

    private func open(
        _ input: Descriptor, _ program: String, _ environment: [String: String]
    ) throws -> ImportSource {
        let answer = try ChildProcess.run(program, ["--schema"], environment: environment)
        guard answer.status == .exited(0), let json = try? JSON(parsing: answer.output), let schema = json["input"]
        else {
            throw FunctionError(.misconfigured, "\(kind.function) --schema answers no schema: \(answer.errorText)")
        }
        let description = ImportSource.Description(
            format: format, encoding: encoding, separator: separator?.byte,
            notation: CellNotation(decimal: decimal, dateOrder: dateOrder))
        return try ImportSource(input, named: file, kind, description, schema: schema)
    }

    private func explainHeader(_ source: ImportSource) throws {
        let names = try source.ignoredColumns()
        if names.isEmpty { return }
        Terminal.printError("ignored, since \(kind.function) does not accept it: \(names.joined(separator: ", "))")
    }

    /// The beginning of the names of files that are written beside the input and not named otherwise.
    private var stem: String { "\(file == "-" ? "stdin" : file)\(dryRun ? ".dry-run" : "")" }

    private func openRefused(_ source: ImportSource) throws -> RefusedFile {
        if let refused { return try RefusedFile(refused, continuing: resume) }
        if dryRun { return try RefusedFile(nil, continuing: false) }
        let isFile = results.map { FileSystem.kind(of: $0) != .other && $0 != "-" } ?? false
        let beside = isFile ? results.map { $0.hasSuffix(".jsonl") ? String($0.dropLast(6)) : $0 } : nil
        return try RefusedFile(beside: beside ?? stem, suffix: source.format.rawValue, continuing: resume)
    }

    private func openResults(_ source: ImportSource) throws -> ResultsFile {
        let path = results ?? (dryRun ? "\(stem).jsonl" : "\(stem).results.jsonl")
        func heading(_ length: Int?) throws -> ResultsFile.Heading {
            ResultsFile.Heading(
                kind, source.format, isDryRun: dryRun, isSilent: silent, input: try source.fingerprint(length))
        }
        guard resume else { return try ResultsFile(creating: path, try heading(nil), replacing: dryRun) }
        guard path != "-" else {
            throw FunctionError(.invalidRequest, "--resume needs a results file that can be read")
        }
        return try ResultsFile(resuming: path, heading: heading)
    }

    private func report(_ end: Importer.End, _ progress: ImportProgress, _ results: ResultsFile) throws {
        let again =
            results.path == "-"
            ? "continue with --resume --results FILE, where FILE contains these results"
            : "continue with the same command and --resume"
        switch end {
        case .complete:
            if progress.failed > 0 { throw ExitCode(FunctionError.Code.internal.exitStatus) }
            if progress.refused > 0 { throw ExitCode(FunctionError.Code.invalidRequest.exitStatus) }
        case .interrupted(let signal):
            let missing = results.unwrittenRows
            if let first = missing.min() {
                Terminal.printError(
                    """
                    stopped; nobody read the results of \(missing.count) rows, the first of them row \(first). \
                    If FILE contains the results that were read, --resume --results FILE continues after them; \
                    or import again: rows that were recorded are then duplicates
                    """)
            } else {
                Terminal.printError("stopped; \(again)")
            }
            throw ExitCode(128 + signal)
        case .stopped(let error):
            throw FunctionError(error.code, "\(error.message)\nstopped; \(again)", details: error.details)
        }
    }
}
