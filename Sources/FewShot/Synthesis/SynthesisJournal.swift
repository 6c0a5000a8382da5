/// The record of a synthesis under way.
enum SynthesisJournal {
  static let file = "synthesis.journal"
}
