-- Tukey's ladder of powers: makes long-tailed features more like normal ones (Tukey 1977).
return function(x, power) return x:sign() * x:abs() ^ power end
