import CKissFFT
import Foundation

// The encoders' frames of 512 samples at 48 kHz are 171 at 16 kHz and 85 at 8 kHz; 400 is the spectrogram's default,
// the others are often used. An even frame takes a complex transform of half its length. A clip of a second at 16 kHz is
// filtered with 21,600 samples, or with 16,384 when no rooms are asked for.
let comparisons =
  [512, 171, 85, 400, 200, 256, 480, 1_024, 2_048].map(powerSpectra)
  + [256, 171, 200, 240, 512, 1_024].map(complexSpectra)
  + [21_600, 16_384].flatMap { [longSpectrum($0), longSignal($0)] }

let argument = CommandLine.arguments.dropFirst().first ?? "9"
guard let rounds = Int(argument), rounds > 0 else {
  print("compare: \"\(argument)\" is not a number of rounds. Hint: give 5 or more.")
  exit(2)
}

print("transform                  size   ours/µs   KissFFT/µs   KissFFT/ours: min median max   difference")
var isEqual = true
for comparison in comparisons {
  let difference = comparison.difference()
  isEqual = isEqual && difference < 1e-6
  let rows = comparison.measure(rounds: rounds)
  let ratios = rows.map { $0.kissFFT / $0.ours }.sorted()
  print(
    comparison.name.padding(toLength: 24, withPad: " ", startingAt: 0),
    String(
      format: "%6d %9.2f %12.2f %18.2f %6.2f %5.2f %12.1e", comparison.size, median(rows.map(\.ours)),
      median(rows.map(\.kissFFT)), ratios[0], median(ratios), ratios[rounds - 1], difference))
}
if !isEqual { print("The results differ by more than rounding.") }
exit(isEqual ? 0 : 1)

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
