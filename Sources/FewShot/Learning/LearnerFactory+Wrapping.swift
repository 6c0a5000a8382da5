extension LearnerFactory {
  /// The same learners, each wrapped in another that observes or tests it.
  public func wrapping(_ wrap: @escaping (any FewShotLearner) -> any FewShotLearner) -> LearnerFactory {
    LearnerFactory(name, title: title) { try wrap(make($0)) }
  }
}
