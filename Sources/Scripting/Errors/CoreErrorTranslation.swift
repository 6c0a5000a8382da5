import Networks
import Tensors

/// Errors of the core in the words of scripts: Lua's names, and indices from 1.
package enum CoreErrorTranslation {
  /// The error as a script's author reads it; one that needs no translation is returned as it is. Options of audio
  /// features have torchaudio's names in Lua too.
  package static func translate(_ error: any Error) -> any Error {
    switch error {
    case let error as TensorError: error.forScripts
    case let error as NetworkError: error.forScripts
    default: error
    }
  }
}
