extension BenchResults {
  /// The recipe for sets with few speakers, which changes the sound of every clip.
  private static let augmentingRecipe = "robust"

  /// What to try where the network's training did not suit the data; nil where it did, and where there was none.
  public var trainingHint: String? {
    guard !recipe.isEmpty else { return nil }
    return switch base.accuracy?.fit {
    case .overtrained:
      "The network is overtrained: it knows the training clips, and others much less. Try "
        + (recipe == Self.augmentingRecipe ? "" : "--recipe \(Self.augmentingRecipe), ")
        + "fewer epochs, a smaller model, or more speakers."
    case .undertrained:
      "The network is undertrained: it does not even know the training clips. Try more epochs (--set recipe.epochs=N), "
        + "another learning rate, or a larger model."
    case .balanced, nil: nil
    }
  }
}
