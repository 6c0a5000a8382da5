-- A filter bank of seventy thousand million numbers.
-- expect: memory limit or error
return require("nightjar").audio.mel_filterbank { n_freqs = 2 ^ 20, n_mels = 65536 }
