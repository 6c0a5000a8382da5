import Audio
import Networks

/// Errors of the core in the words of scripts: Lua's names, and indices from 1.
enum CoreErrorTranslation {
  /// The error as a script's author reads it; one that needs no translation is returned as it is.
  static func translate(_ error: any Error) -> any Error {
    switch error {
    case let error as NetworkError: error.forScripts
    // Options of features have torchaudio's names in Lua too.
    case let error as FeatureError: error
    default: error
    }
  }
}
