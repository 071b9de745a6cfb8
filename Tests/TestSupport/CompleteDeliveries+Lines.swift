package import Domain
import JSON
package import Store

extension CompleteDeliveries {
    /// Stores the answers in lines of deliverPostback, `{"id":…,"output":{…}}`. A line that is not an answer is left out.
    package init(lines: [[UInt8]], orderHold: Duration, schedule: RetrySchedule) {
        self.init(lines.compactMap(Self.record), orderHold: orderHold, schedule: schedule)
    }

    private static func record(_ line: [UInt8]) -> Outbox.AttemptRecord? {
        guard let answer = Outbox.AttemptRecord.outline(of: line), let id = answer["id"]?.text,
            let output = answer.outline("output")
        else { return nil }
        return Outbox.AttemptRecord(lineID: id, output: output)
    }
}
