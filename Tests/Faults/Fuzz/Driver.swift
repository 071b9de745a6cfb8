import System

/// libFuzzer's entry point. `POSTBACKS_FUZZ_TARGET` names the target.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    do throws(Violation) {
        try target.check(bytes)
    } catch {
        fatalError("\(target.rawValue): \(error)")
    }
    return 0
}

private let target: FuzzTarget = {
    let name = ProcessEnvironment["POSTBACKS_FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        fatalError("POSTBACKS_FUZZ_TARGET is none of \(FuzzTarget.allCases.map(\.rawValue))")
    }
    return target
}()
