import Foundation

/// Files made wrong, and what reads them: see ``MutationHunt``.
protocol MutatedFiles: Sendable {
  associatedtype Trial: MutationTrial

  /// `files`, `sounds`: of the command that hunts, and in the names of findings.
  static var name: String { get }
  static var abstract: String { get }

  /// - Throws: what prevents that mutations have something to start from.
  init() throws

  /// One file, and the name of what it was made from, where that has one.
  func file(seed: UInt64, number: Int) -> (origin: String?, bytes: Data)

  /// What reads them, one after the other.
  func trial() throws -> Trial
}

protocol MutationTrial {
  /// - Throws: ``Finding``
  func run(_ file: Data, number: Int) throws
}
