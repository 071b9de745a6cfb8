import FaultLedger
import Testing

/// Tests the checker: a correct ledger passes, and each violation is reported under the name of its invariant.
struct LedgerTests {
    private func broken(_ change: (inout Evidence) -> Void) -> Set<Invariant> {
        var evidence = Evidence()
        change(&evidence)
        return evidence.broken
    }

    @Test func `a correct ledger passes, and its totals are counted`() {
        let ledger = Evidence().ledger
        #expect(ledger.breaches.isEmpty)
        let totals = ledger.totals
        #expect(
            [totals.recorded, totals.owed, totals.sent, totals.repeats, totals.unknown, totals.lost] == [
                2, 4, 7, 1, 1, 0,
            ])
        #expect(totals.states == ["delivered": 3, "dead": 1])
    }

    @Test func `what was offered and never answered may be recorded or not`() {
        #expect(broken { $0.account.answers["t2"] = nil }.isEmpty)
    }

    @Test func `I11: the statistics count an attempt twice, not at all, or with another outcome`() {
        let right = Evidence().rightCounts
        #expect(broken { $0.counts = right + [right[0]] } == [.counted])
        #expect(broken { $0.counts = Array(right.dropFirst()) } == [.counted])
        #expect(
            broken { $0.counts = right.map { .init(postback: $0.postback, outcome: "failed", attempts: 1) } } == [
                .counted
            ])
        // The last attempt of a dead delivery counts as dead.
        #expect(
            broken {
                $0.counts = right.map {
                    .init(postback: $0.postback, outcome: $0.outcome == "retry" ? "dead" : $0.outcome, attempts: 1)
                }
            }.isEmpty)
    }

    @Test func `I1: a conversion that was answered is gone`() {
        let broken = broken {
            $0.books.conversions.removeLast()
            $0.books.events.removeLast()
        }
        #expect(broken.contains(.complete))
    }

    @Test func `I1: a conversion of nobody, a second one of the same transaction, another id than was answered`() {
        let stray = Books.Conversion(id: 3, offer: "none", transaction: "t9", sequence: 1)
        let event = Books.Event(id: 103, conversion: 3, sequence: 1, status: "pending")
        for transaction in ["t9", "t2"] {
            #expect(
                broken {
                    $0.books.conversions.append(stray)
                    $0.books.conversions[2].transaction = transaction
                    $0.books.events.append(event)
                } == [.complete])
        }
        #expect(broken { $0.account.answers["t2"] = .init(conversion: 7, deliveries: [], at: 1) } == [.complete])
    }

    @Test func `I1: an event is missing, is there twice, or belongs to nobody`() {
        #expect(broken { $0.books.conversions[1].sequence = 2 } == [.complete])
        #expect(broken { $0.books.events.append($0.books.events[0]) } == [.complete])
        #expect(
            broken { $0.books.events.append(.init(id: 103, conversion: 9, sequence: 1, status: "done")) }
                == [.complete])
    }

    @Test func `I1: a change of status that was answered is not there, or is there and was not asked for`() {
        #expect(broken { $0.account.changes[2] = .init(conversion: 2, deliveries: [], at: 1) } == [.complete])
        let changed: (inout Evidence) -> Void = {
            $0.books.conversions[1].sequence = 2
            $0.books.events.append(.init(id: 103, conversion: 2, sequence: 2, status: "done"))
            $0.books.postbacks.removeLast()
        }
        #expect(broken(changed) == [.complete])
        #expect(
            broken {
                changed(&$0)
                $0.account.offeredChanges = [2]
                $0.account.changes[2] = .init(conversion: 2, deliveries: [], at: 1)
            }.isEmpty)
    }

    @Test func `I1: a delivery is missing, is owed twice, or belongs to no event`() {
        let lacking = broken {
            $0.books.deliveries.removeLast()
            $0.books.attempts.removeLast(2)
            $0.sightings.removeLast(2)
        }
        #expect(lacking == [.complete])
        let second = Books.Delivery(
            id: 23, event: 102, postback: 2, state: "owed", lease: 0, isLeased: false, attempts: 0)
        #expect(broken { $0.books.deliveries.append(second) } == [.complete])
        #expect(
            broken {
                $0.books.deliveries.append(second)
                $0.books.deliveries[4].event = 999
            } == [.complete])
        #expect(
            broken {
                $0.books.deliveries.append(second)
                $0.books.deliveries[4].postback = 4
            } == [.complete])
    }

    @Test func `I1: a delivery that was answered is not there; a good conversion was refused`() {
        #expect(broken { $0.account.answers["t1"] = .init(conversion: 1, deliveries: [11, 13], at: 1) } == [.complete])
        #expect(broken { $0.account.refusals["t3"] = "internal" } == [.complete])
    }

    @Test func `I2: a request without an attempt`() {
        #expect(
            broken { $0.sightings.append(.init(delivery: 11, attempt: 2, digest: "of 11", at: 2)) }
                .contains(.recordedRequests))
        // An attempt that is sent twice is also one request too many.
        #expect(
            broken { $0.sightings.append(.init(delivery: 22, attempt: 2, digest: "of 22", at: 2)) }
                .contains(.recordedRequests))
        #expect(
            broken { $0.sightings.append(.init(delivery: 99, attempt: 1, digest: "of 99", at: 2)) }
                == [.recordedRequests])
    }

    @Test func `I2: the attempt of an open lease is recorded later`() {
        let inFlight: (inout Evidence) -> Void = {
            $0.books.deliveries[3] = .init(
                id: 22, event: 102, postback: 2, state: "in_flight", lease: 3, isLeased: true, attempts: 2)
            $0.sightings.append(.init(delivery: 22, attempt: 3, digest: "of 22", at: 2))
        }
        #expect(broken(inFlight).isEmpty)
        #expect(
            broken {
                inFlight(&$0)
                $0.books.deliveries[3].isLeased = false
            } == [.recordedRequests])
    }

    @Test func `I2: delivered, and nobody saw it, or the answer was cut off`() {
        #expect(broken { $0.sightings.removeFirst() } == [.recordedRequests])
        #expect(
            broken { $0.sightings[0] = .init(delivery: 11, attempt: 1, digest: "of 11", at: 1, answer: .cut) }
                == [.recordedRequests])
    }

    @Test func `I3: another request under the same id`() {
        #expect(
            broken { $0.sightings[1] = .init(delivery: 12, attempt: 1, digest: "other", at: 1) } == [.sameRequest])
    }

    @Test func `I4: more repeats than allowed, and one behind an accepted attempt`() {
        #expect(broken { $0.bounds.repeats = 0 } == [.boundedRepeats])
        #expect(
            broken {
                $0.books.deliveries[0].attempts = 2
                $0.books.deliveries[0].lease = 2
                $0.books.attempts.append(.init(delivery: 11, lease: 2, number: 2, outcome: "delivered"))
                $0.bounds.repeats = 9
            }.contains(.boundedRepeats))
    }

    @Test func `I5: a state that the last attempt does not explain, or a count that is not the attempts'`() {
        #expect(broken { $0.books.attempts[2].outcome = "retry" }.contains(.fenced))
        #expect(broken { $0.books.deliveries[3].state = "delivered" } == [.fenced])
        // The answer of lease 1 was stored although lease 2 existed.
        #expect(broken { $0.books.deliveries[0].lease = 2 } == [.fenced])
        #expect(broken { $0.books.deliveries[0].attempts = 3 } == [.fenced])
        #expect(
            broken { $0.books.attempts.append(.init(delivery: 99, lease: 1, number: 1, outcome: "retry")) }
                == [.fenced])
    }

    @Test func `I5: recorded as delivered, and the receiver did not accept that attempt`() {
        #expect(
            broken { $0.sightings[0] = .init(delivery: 11, attempt: 1, digest: "of 11", at: 1, status: 500) }
                == [.fenced])
    }

    @Test func `I6: two outcomes of one lease`() {
        #expect(
            broken {
                $0.books.attempts.append(.init(delivery: 22, lease: 2, number: 3, outcome: "retry"))
                $0.books.deliveries[3].attempts = 3
                $0.bounds.attempts = 3
            } == [.oneOutcome])
    }

    @Test func `I7: more attempts than the schedule has`() {
        #expect(broken { $0.bounds.attempts = 1 } == [.attemptLimit])
    }

    @Test func `probes are no attempts: none is spent, and nobody has seen one`() {
        let probed: (inout Evidence) -> Void = {
            $0.books.attempts += [
                .init(delivery: 22, lease: 3, number: 2, outcome: "retry", isProbe: true),
                .init(delivery: 22, lease: 4, number: 2, outcome: "retry", isProbe: true),
            ]
            $0.books.deliveries[3].lease = 4
        }
        #expect(broken(probed).isEmpty)
        // A request that the receiver saw has used up an attempt, whatever the database says.
        let seen = Sighting(delivery: 22, attempt: 2, digest: "of 22", at: 2)
        #expect(
            broken {
                probed(&$0)
                $0.sightings.append(seen)
            }.contains(.recordedRequests))
        // If they counted as attempts, they would be too many, and more than the delivery has.
        #expect(
            broken {
                probed(&$0)
                for index in $0.books.attempts.indices { $0.books.attempts[index].isProbe = false }
            } == [.fenced, .attemptLimit])
    }

    @Test func `a breach names the invariant and the ids`() {
        let text = "\(Breach(.complete, "they are gone", ids: [3, 1, 2]))"
        #expect(text.hasPrefix("I1 is broken"))
        #expect(text.hasSuffix("they are gone: 1, 2, 3"))
    }

    @Test func `I10: a later event came before an earlier one, within the hold and to the same destination`() {
        let change = { (evidence: inout Evidence, destination: Int, at: Int64) in
            evidence.books.conversions[0].sequence = 2
            evidence.books.events.append(.init(id: 103, conversion: 1, sequence: 2, status: "done"))
            evidence.account.changes[1] = Account.Answer(conversion: 1, deliveries: [13], at: 1)
            evidence.account.offeredChanges = [1]
            evidence.books.postbacks[3].destination = destination
            evidence.books.deliveries.append(
                .init(id: 13, event: 103, postback: 4, state: "delivered", lease: 1, isLeased: false, attempts: 1))
            evidence.books.attempts.append(.init(delivery: 13, lease: 1, number: 1, outcome: "delivered"))
            evidence.sightings.append(Sighting(delivery: 13, attempt: 1, digest: "of 13", at: at, answer: .given))
        }
        #expect(broken { change(&$0, 0, 0) } == [.inOrder])
        #expect(broken { change(&$0, 0, 2) }.isEmpty)
        #expect(broken { change(&$0, 7, 0) }.isEmpty)
        #expect(
            broken {
                $0.bounds.orderHold = 0
                change(&$0, 0, 0)
            }.isEmpty)
    }
}
