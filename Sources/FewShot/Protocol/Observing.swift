import Support

/// Observers at work: one that fails is left out from then on, and the others go on.
struct ObserverList {
  private var observers: [any SessionObserver]
  /// Of those that failed, and of numbers that are none, the reason.
  private(set) var failures: [String: String] = [:]

  init(_ observers: [any SessionObserver]) { self.observers = observers }

  var isEmpty: Bool { observers.isEmpty }

  /// - Parameter weights: the network's tensors, which nobody may change.
  mutating func each(_ weights: TensorSnapshot?, _ body: (any SessionObserver) throws -> Void) throws {
    var kept: [any SessionObserver] = []
    for observer in observers {
      do {
        defer { if weights?.haveChanged == true { try? weights?.restore() } }
        try body(observer)
        guard weights?.haveChanged != true else {
          throw observer.violation(
            ErrorMessage(
              "it changed the network's weights, which the learner goes on with",
              hint: "only look, or work on a copy"))
        }
        kept.append(observer)
      } catch let failure as any NightjarError where failure.isRecoverable {
        failures[observer.name] = failure.description
      }
    }
    observers = kept
  }

  /// What all of them measured; a number that is NaN is a failure, not a number.
  mutating func finish(_ weights: TensorSnapshot?) throws -> [String: [Double]] {
    var measures: [String: [Double]] = [:]
    var none: [String: String] = [:]
    try each(weights) { observer in
      for (name, numbers) in try observer.finish() {
        guard let place = numbers.firstIndex(where: \.isNaN) else {
          measures[name] = measures[name] ?? numbers
          continue
        }
        let which = numbers.count == 1 ? "it" : "number \(place + 1) of \(numbers.count)"
        let kind = observer.name.split(separator: "/").dropLast().map { $0 + "/" }.joined()
        none[kind + name] =
          observer.violation(
            ErrorMessage(
              "\(name): \(which) is NaN", hint: "look for 0/0, such as the mean over no samples")
          )
          .description
      }
    }
    failures.merge(none) { first, _ in first }
    return measures
  }
}
