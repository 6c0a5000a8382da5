/// What the reader in snnTorch, the one most in use beside the `nir` package itself, does with a graph.
///
/// Source: snnTorch 0.9, `snntorch/import_nir.py`, `_nir_to_snntorch_module`.
extension NIRGraph {
  /// The nodes it knows.
  private static let known: Set<String> = ["Input", "Output", "Affine", "Linear", "Flatten", "LIF"]

  /// Remarks on what it refuses, passes over or reads as something else, one line each.
  var remarks: [String] {
    let types = Set(nodes.map(\.type))
    let foreign = types.subtracting(Self.known).sorted()
    var remarks: [String] = []
    if !foreign.isEmpty {
      remarks.append(
        "the nir package reads the file; snnTorch's import_from_nir refuses its nodes "
          + foreign.joined(separator: ", ")
          + (types.contains("Threshold")
            ? " (of Leaky it knows reset \"zero\" with a decay below 1 alone)" : ""))
    }
    if types.contains("LIF"), timeStep != NIRModel.defaultTimeStep {
      remarks.append(
        "snnTorch's import_from_nir takes every time step for \(NIRModel.defaultTimeStep) s, whatever --dt is"
      )
    }
    return remarks
  }
}
