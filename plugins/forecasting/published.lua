-- What NeuroBench publishes (its leaderboard of January 2024): one series, of delay 17, thirty repeats, in float64.
return {
  { model = "ESN", SMAPE = 14.79, Footprint = 2.81e5, ConnectionSparsity = 0.876, ActivationSparsity = 0,
    Dense = 3.52e4, Effective_MACs = 4.37e3, source = "NeuroBench, arXiv 2304.04640" },
  { model = "LSTM", SMAPE = 13.37, Footprint = 4.90e5, ConnectionSparsity = 0, ActivationSparsity = 0.530,
    Dense = 6.03e4, Effective_MACs = 6.03e4, source = "NeuroBench, arXiv 2304.04640" },
}
